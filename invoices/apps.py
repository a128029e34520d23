"""Products, invoices and payments: all the money rules."""

from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "invoices"
