"""The rows of card payments. Never a card: only its brand, its kind and where it is from."""

from stripe_integration.models.account import AccountStatus, StripeAccount, StripeConsent, Way

__all__ = ["AccountStatus", "StripeAccount", "StripeConsent", "Way"]
