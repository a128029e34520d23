"""The rows of card payments. Never a card: only its brand, its kind and where it is from."""

from stripe_integration.models.account import AccountStatus, StripeAccount, StripeConsent, Way
from stripe_integration.models.charge import Charge
from stripe_integration.models.event import OPEN_EVENTS, EventStatus, StripeEvent
from stripe_integration.models.fees import Method, OnCharge, OnChargeChange
from stripe_integration.models.paying import (
    LIVE,
    CheckoutSession,
    ContactPaying,
    InvoicePaying,
    PayWay,
    SessionStatus,
)
from stripe_integration.models.payout import Payout, PayoutPart
from stripe_integration.models.saved_card import SavedCard

__all__ = [
    "LIVE",
    "OPEN_EVENTS",
    "AccountStatus",
    "Charge",
    "CheckoutSession",
    "ContactPaying",
    "EventStatus",
    "InvoicePaying",
    "Method",
    "OnCharge",
    "OnChargeChange",
    "PayWay",
    "Payout",
    "PayoutPart",
    "SavedCard",
    "SessionStatus",
    "StripeAccount",
    "StripeConsent",
    "StripeEvent",
    "Way",
]
