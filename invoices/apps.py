"""Products, invoices and payments: all the money rules."""

from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "invoices"

    def ready(self) -> None:
        # All three import models, which are not there before the registry is ready.
        from contacts.registry import register_follower, register_panel
        from invoices import receivers  # noqa: F401  (registers itself)
        from invoices.merging import InvoicesFollow
        from invoices.panels import contact_panel

        register_follower(InvoicesFollow())
        register_panel(contact_panel)
