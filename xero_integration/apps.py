"""Everything about Xero: connection, wizard, outbox, push, mappings, log."""

from django.apps import AppConfig


class XeroIntegrationConfig(AppConfig):
    name = "xero_integration"
    verbose_name = "Xero"

    def ready(self) -> None:
        # Receivers, followers, jobs and panels register themselves; all need the models.
        from contacts import registry
        from xero_integration import panels, receivers  # noqa: F401
        from xero_integration.linking import followers, merges
        from xero_integration.wizard import work

        registry.register_follower(followers.LinksFollow())
        registry.register_consequence("xero", followers.contacts_in_xero)
        registry.register_elsewhere("xero", merges.IN_XERO)
        registry.register_departed("xero", merges.sent_since)
        registry.register_use("xero", followers.contacts_in_use)
        work.register()
        panels.register()
