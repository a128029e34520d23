"""Products, invoices and payments: all the money rules."""

from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "invoices"

    def ready(self) -> None:
        # All of these import models, which are not there before the registry is ready.
        from businesses import registry as dashboard
        from contacts import registry as contacts
        from invoices import receivers  # noqa: F401  (registers itself)
        from invoices.dashboard import dashboard_panel, figures
        from invoices.merging import InvoicesFollow
        from invoices.panels import contact_panel, what_archiving_means

        contacts.register_follower(InvoicesFollow(end="contact"))
        contacts.register_pool_follower(InvoicesFollow(end="pool"))
        contacts.register_panel(contact_panel)
        contacts.register_consequence("invoices", what_archiving_means)
        dashboard.register_figures("invoices", figures, order=20)
        dashboard.register_panel(dashboard_panel)
