"""The rows of card payments. Never a card: only its brand, its kind and where it is from."""

from stripe_integration.models.account import AccountStatus, StripeAccount, StripeConsent, Way
from stripe_integration.models.paying import (
    LIVE,
    CheckoutSession,
    ContactPaying,
    InvoicePaying,
    SessionStatus,
)

__all__ = [
    "LIVE",
    "AccountStatus",
    "CheckoutSession",
    "ContactPaying",
    "InvoicePaying",
    "SessionStatus",
    "StripeAccount",
    "StripeConsent",
    "Way",
]
