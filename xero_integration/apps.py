"""Everything about Xero: connection, wizard, outbox, push, mappings, log."""

from django.apps import AppConfig


class XeroIntegrationConfig(AppConfig):
    name = "xero_integration"
    verbose_name = "Xero"

    def ready(self) -> None:
        # Receivers, followers and panels register themselves; all need the models to be loaded.
        from xero_integration import receivers  # noqa: F401
