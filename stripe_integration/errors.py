"""What went wrong at Stripe, classified once at the client's edge, by data, closed by default.

Everything above catches StripeRefused alone and acts on its class (what to do), its code (which
known cause) and on whether Stripe may have carried the request out. A status that no rule names is
UNKNOWN: it goes to a person and is never repeated by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ErrorClass(StrEnum):
    CARD = "card"  # the card was refused: the payer chooses another
    REQUEST = "request"  # asking the same again would be refused again
    ACCESS = "access"  # the key or the account is lost: an owner connects anew
    LIMIT = "limit"  # too many calls: later
    TEMPORARY = "temporary"  # Stripe is down, or nobody knows what became of it: the same again
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Rule:
    """The meaning of one HTTP status; with a `code`, only of Stripe's own code or type for it."""

    status: int
    error_class: ErrorClass
    code: str = ""
    is_unclear: bool = False


# In order; the first that fits wins. Source: docs.stripe.com/error-codes, /error-low-level,
# /connect/oauth-reference (invalid_grant, invalid_client).
RULES: tuple[Rule, ...] = (
    # The key went with another request before, and that one may have been carried out.
    Rule(400, ErrorClass.REQUEST, "idempotency_error", is_unclear=True),
    Rule(400, ErrorClass.REQUEST, "invalid_grant"),
    Rule(400, ErrorClass.REQUEST),
    Rule(401, ErrorClass.REQUEST, "invalid_client"),
    Rule(401, ErrorClass.ACCESS),
    Rule(402, ErrorClass.CARD),
    Rule(403, ErrorClass.ACCESS),
    Rule(404, ErrorClass.REQUEST),
    # The first request with this key is still being worked on.
    Rule(409, ErrorClass.TEMPORARY, is_unclear=True),
    Rule(429, ErrorClass.LIMIT),
    Rule(500, ErrorClass.TEMPORARY, is_unclear=True),
    Rule(502, ErrorClass.TEMPORARY, is_unclear=True),
    Rule(503, ErrorClass.TEMPORARY, is_unclear=True),
    Rule(504, ErrorClass.TEMPORARY, is_unclear=True),
)

MEANINGS = {
    ErrorClass.CARD: "The card was refused. Another card may work.",
    ErrorClass.REQUEST: "Stripe did not accept what Pooltrackr asked for.",
    ErrorClass.ACCESS: "Stripe no longer lets Pooltrackr in: an owner has to connect it again.",
    ErrorClass.LIMIT: "Stripe is asked too much at the moment. Try again in a minute.",
    ErrorClass.TEMPORARY: "Stripe did not answer. Try again in a minute.",
    ErrorClass.UNKNOWN: "Stripe said something that Pooltrackr does not know.",
}


class StripeRefused(Exception):
    """A call failed. `words` are Stripe's own, for a person's page; never logged."""

    def __init__(
        self, rule: Rule, *, code: str = "", words: str = "", request_id: str = ""
    ) -> None:
        super().__init__(f"{rule.error_class}: {code or 'no code'} ({rule.status or 'no status'})")
        self.error_class = rule.error_class
        self.status = rule.status
        self.is_unclear = rule.is_unclear
        self.code = code
        self.words = words
        self.request_id = request_id

    @property
    def meaning(self) -> str:
        return MEANINGS[self.error_class]

    @property
    def is_gone(self) -> bool:
        """Whether Stripe has no such object."""
        return self.code == "resource_missing" or self.status == 404


def classify(status: int | None, body: Any, *, request_id: str = "") -> StripeRefused:
    """Return the error of an answer that is not 2xx, or of none (`status` None)."""
    if not status:
        unanswered = Rule(0, ErrorClass.TEMPORARY, is_unclear=True)
        return StripeRefused(unanswered, code="no_answer")
    code, kind, words = _said(body)
    found = (one for one in RULES if one.status == status and one.code in ("", code, kind))
    rule = next(found, None) or Rule(
        status,
        ErrorClass.TEMPORARY if status >= 500 else ErrorClass.UNKNOWN,
        is_unclear=True,
    )
    return StripeRefused(rule, code=code or kind, words=words, request_id=request_id)


def _said(body: Any) -> tuple[str, str, str]:
    """Return code, type and message of an answer: the API nests them, OAuth does not."""
    error = body.get("error") if isinstance(body, Mapping) else None
    if isinstance(error, Mapping):
        parts = (error.get("code"), error.get("type"), error.get("message"))
    elif isinstance(error, str):
        parts = (error, error, body.get("error_description"))
    else:
        parts = ("", "", "")
    code, kind, words = (str(part or "") for part in parts)
    return code, kind, words
