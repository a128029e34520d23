"""Contacts and pools: the people a business serves and the water it looks after."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"
