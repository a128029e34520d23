"""Card payments by Stripe."""

from django.apps import AppConfig


class StripeIntegrationConfig(AppConfig):
    name = "stripe_integration"
    verbose_name = "Stripe"

    def ready(self) -> None:
        # It needs the models, which are not there before the registry is ready.
        from contacts import registry as contacts
        from stripe_integration import panels, receivers  # noqa: F401
        from stripe_integration.followers import PayingFollows, SavedCardsFollow

        panels.register()
        contacts.register_follower(PayingFollows())
        contacts.register_follower(SavedCardsFollow())
