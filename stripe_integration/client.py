"""The door to Stripe: the only module that imports `stripe`, and that only when it is used.

Every call has time-outs and the pinned version of the API; nothing is repeated here, so that who
calls knows what was asked. A write takes its idempotency key from a stored row. Answers are plain
dictionaries, failures StripeRefused. Log lines hold no key, no name, no card and no body.
"""

import json
import logging
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from stripe_integration import log
from stripe_integration.errors import StripeRefused, classify

Json = dict[str, Any]

logger = logging.getLogger(__name__)

# The version that this code was written for; raised together with the library.
API_VERSION = "2026-10-28.endive"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# A payment with its charge, and what Stripe kept of that.
WHOLE_PAYMENT = ["latest_charge.balance_transaction"]
PAGE = 100  # the most that Stripe lists at once


class SignatureRefused(Exception):
    """A delivery that Stripe did not sign, or signed too long ago."""


def sdk() -> Any:
    # Imported late: it takes nearly a second, which a page without card payments need not wait for.
    import stripe

    return stripe


@lru_cache(maxsize=4)
def _http(connect: int, read: int) -> Any:
    """Return the library's HTTP client with its pool of connections, one for each process."""
    return sdk().RequestsClient(timeout=(connect, read))


def _check_transport(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ValueError("Stripe is spoken to by https only, except on this machine.")


def _client(key: str, account: str = "") -> Any:
    bases = {"api": settings.STRIPE_API_URL, "connect": settings.STRIPE_CONNECT_URL}
    for address in bases.values():
        _check_transport(address)
    return sdk().StripeClient(
        key,
        stripe_account=account or None,
        stripe_version=API_VERSION,
        base_addresses=bases,
        client_id=settings.STRIPE_CLIENT_ID or None,
        max_network_retries=0,
        http_client=_http(settings.STRIPE_CONNECT_TIMEOUT, settings.STRIPE_READ_TIMEOUT),
    )


def _ask(name: str, call: Callable[[], Any]) -> Json:
    """Make one call and return its answer as a dictionary. Raises StripeRefused."""
    start = time.monotonic()
    refused: StripeRefused | None = None
    try:
        answer = call()
    except sdk().StripeError as error:
        request_id = str(error.request_id or "")
        refused = classify(error.http_status, error.json_body, request_id=request_id)
        raise refused from None
    finally:
        said = f"{refused.error_class}:{refused.code}" if refused else "ok"
        took = round((time.monotonic() - start) * 1000)
        log.event(logger, "stripe-call", name=name, said=said, ms=took)
    return dict(answer.to_dict())


def _in_order(body: Any) -> Any:
    """Return `body` with its members in alphabetical order, at any depth.

    A database may give a stored body back in another order (PostgreSQL's jsonb does), and Stripe
    takes a key only together with the very same request.
    """
    if isinstance(body, dict):
        return {name: _in_order(body[name]) for name in sorted(body)}
    return [_in_order(one) for one in body] if isinstance(body, list) else body


class Door:
    """Calls about one account: by the platform's key and its id, or by a key of its own."""

    def __init__(self, *, key: str = "", account: str = "") -> None:
        self._client = _client(key or settings.STRIPE_SECRET_KEY, "" if key else account)
        self.v1 = self._client.v1

    def account(self) -> Json:
        """Return whose account this is. `GET /v1/account`, which the library calls retrieve."""
        return _ask("account", self.v1.accounts.retrieve_current)

    def create_session(self, body: Json, *, key: str) -> Json:
        """Make a payment page. The same key with the same body gives the same page, for a day."""
        sent, options = _in_order(body), {"idempotency_key": key}
        return _ask("session-create", lambda: self.v1.checkout.sessions.create(sent, options))

    def session(self, id: str) -> Json:
        return _ask("session", lambda: self.v1.checkout.sessions.retrieve(id))

    def expire_session(self, id: str) -> Json:
        """Close a payment page. Raises StripeRefused (REQUEST) where it is not open any more."""
        return _ask("session-expire", lambda: self.v1.checkout.sessions.expire(id))

    def payment(self, intent: str) -> Json:
        """Return a payment intent with its latest charge and fee."""
        expand = {"expand": WHOLE_PAYMENT}
        return _ask("payment", lambda: self.v1.payment_intents.retrieve(intent, expand))

    def create_payment(self, body: Json, *, key: str) -> Json:
        """Charge a saved card. The same key with the same body charges once, for a day."""
        sent, options = _in_order(body), {"idempotency_key": key}
        return _ask("payment-create", lambda: self.v1.payment_intents.create(sent, options))

    def payments_of(self, customer: str) -> Json:
        """Return the latest payments of a customer, the newest first."""
        asked: Json = {"customer": customer, "limit": PAGE}
        return _ask("payments", lambda: self.v1.payment_intents.list(asked))

    def detach(self, method: str) -> Json:
        """Have Stripe forget a card. Raises StripeRefused (REQUEST) where it has it no longer."""
        return _ask("card-detach", lambda: self.v1.payment_methods.detach(method))

    def disputes(self, intent: str) -> Json:
        """Return the disputes about a payment, the newest first."""
        return _ask("disputes", lambda: self.v1.disputes.list({"payment_intent": intent}))

    def charge(self, id: str) -> Json:
        return _ask("charge", lambda: self.v1.charges.retrieve(id))

    def events(self, *, since: int, after: str = "") -> Json:
        """Return a page of events since a moment (seconds since 1970), the newest first."""
        asked: Json = {"created": {"gte": since}, "limit": PAGE}
        if after:
            asked["starting_after"] = after
        return _ask("events", lambda: self.v1.events.list(asked))

    def payouts(self, *, after: str = "") -> Json:
        asked: Json = {"limit": PAGE, **({"starting_after": after} if after else {})}
        return _ask("payouts", lambda: self.v1.payouts.list(asked))

    def balance(self) -> Json:
        return _ask("balance", lambda: self.v1.balance.retrieve())

    def movements(self, *, since: int, after: str = "") -> Json:
        """Return a page of all that moved the balance since a moment, the newest first."""
        asked: Json = {"created": {"gte": since}, "limit": PAGE, "expand": ["data.source"]}
        if after:
            asked["starting_after"] = after
        return _ask("movements", lambda: self.v1.balance_transactions.list(asked))

    def transactions(self, payout: str, *, after: str = "") -> Json:
        """Return a page of the movements that a payout is made of."""
        asked: Json = {"payout": payout, "limit": PAGE}
        if after:
            asked["starting_after"] = after
        return _ask("transactions", lambda: self.v1.balance_transactions.list(asked))


# --- Connect ------------------------------------------------------------------------------------


def authorise_url(*, state: str, redirect_uri: str) -> str:
    """Return the address of Stripe's consent page. No call is made."""
    params = {"state": state, "redirect_uri": redirect_uri, "scope": "read_write"}
    return str(_client(settings.STRIPE_SECRET_KEY).oauth.authorize_url(params))


def exchange(code: str) -> Json:
    """Turn the code of a callback into `stripe_user_id` and `livemode`. Raises StripeRefused."""
    params = {"grant_type": "authorization_code", "code": code}
    client = _client(settings.STRIPE_SECRET_KEY)
    return _ask("oauth-token", lambda: client.oauth.token(params))


def deauthorise(account: str) -> None:
    """End the platform's access to an account. Raises StripeRefused."""
    client = _client(settings.STRIPE_SECRET_KEY)
    params = {"stripe_user_id": account}
    _ask("oauth-deauthorise", lambda: client.oauth.deauthorize(params))


# --- webhooks -----------------------------------------------------------------------------------


def verified(body: bytes, *, signature: str) -> Json:
    """Return the event of a delivery that Stripe signed lately. Raises SignatureRefused."""
    secret, tolerance = settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_WEBHOOK_TOLERANCE
    if not secret:
        raise SignatureRefused
    try:
        sdk().WebhookSignature.verify_header(body.decode(), signature, secret, tolerance)
        event = json.loads(body)
    except (sdk().SignatureVerificationError, ValueError):
        raise SignatureRefused from None
    if not isinstance(event, dict):
        raise SignatureRefused
    return event
