"""Trouble as Stripe makes it: its refusals beside those of the wire."""

from simulators.common.answers import Answer
from simulators.common.faults import WIRE_KINDS, Fault
from simulators.stripe.errors import StripeError

REFUSALS = frozenset({"429", "429_lock", "500", "503", "401", "409"})
# These change something and let the request go on.
BEFALLING = frozenset({"clock_jump", "disconnect"})
KINDS = WIRE_KINDS | REFUSALS | BEFALLING

RATE_LIMITED = (
    "Request rate limit exceeded. Learn more about rate limits here "
    "https://stripe.com/docs/rate-limits."
)
LOCKED = (
    "This object cannot be accessed right now because another API request or Stripe process is "
    "currently accessing it. If you see this error intermittently, retry the request."
)
IN_USE = (
    "There is currently another in-progress request using this Idempotent Key (that probably "
    "means you submitted twice, and the other request is still going through)."
)
SORRY = "An unknown error occurred"


def rate_limited() -> StripeError:
    return StripeError(RATE_LIMITED, status=429, code="rate_limit")


def key_in_use() -> StripeError:
    return StripeError(IN_USE, status=409, type="idempotency_error", code="idempotency_key_in_use")


def refusal(fault: Fault) -> Answer | None:
    """Return the answer of a kind that refuses, or None."""
    errors = {
        "429": rate_limited(),
        "429_lock": StripeError(LOCKED, status=429, code="lock_timeout"),
        "409": key_in_use(),
        "500": StripeError(fault.text or SORRY, status=500, type="api_error"),
        "503": StripeError(fault.text or SORRY, status=503, type="api_error"),
        "401": StripeError("Invalid API Key provided: sk_test_****", status=401),
    }
    error = errors.get(fault.kind)
    return error.answer() if error else None
