"""Who uses the product: businesses (the tenants), their people, and the one access door."""

from django.apps import AppConfig


class BusinessesConfig(AppConfig):
    name = "businesses"
