"""Short ways to what the tests are about: a connected account, an invoice, a paid page."""

import hashlib
import hmac
import json
import time
from typing import Any

from django.test import Client
from django.utils import timezone

from businesses.models import Business, User
from invoices.models import Invoice
from stripe_integration import connect, events, links, paying, sessions
from stripe_integration.models import CheckoutSession, StripeAccount, StripeEvent
from stripe_integration.tests.simulator import VISA_AU, WEBHOOK_SECRET, Stripe

ACCOUNT = "acct_1BlueLagoonDemo01"  # the simulator's first connected account


def connected(stripe: Stripe, business: Business, user: User, **choice: Any) -> StripeAccount:
    choice = choice or {"account": ACCOUNT}
    query = stripe.consent(connect.authorise_url(business, user=user), **choice)
    return connect.complete(query, user=user)


def path_of(invoice: Invoice) -> str:
    return f"/pay/{links.token_of(invoice)}/"


def opened(invoice: Invoice) -> CheckoutSession:
    """Go as far as Stripe's payment page."""
    paying.start(invoice)
    row = sessions.live(invoice)
    assert row is not None
    return row


def paid(stripe: Stripe, invoice: Invoice, card: str = VISA_AU) -> CheckoutSession:
    """Pay on Stripe's page, and never come back from it."""
    row = opened(invoice)
    stripe.pay(row.stripe_id, card=card)
    return row


def told(stripe: Stripe) -> list[dict[str, Any]]:
    """Return the account's events as webhooks carry them, in the order they happened."""
    found = stripe.listed("events", account=ACCOUNT)
    return [{**event, "account": ACCOUNT} for event in reversed(found)]


def signed(event: dict[str, Any], *, secret: str = WEBHOOK_SECRET, ago: int = 0) -> dict[str, Any]:
    """Return the arguments of a browser's POST that deliver an event as Stripe does.

    Source of the signature: docs.stripe.com/webhooks/signature.
    """
    body = json.dumps(event).encode()
    at = int(time.time()) - ago
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={at},v1={digest}"}
    return {"data": body, "content_type": "application/json", "headers": headers}


def deliver(client: Client, event: dict[str, Any], **how: Any) -> int:
    return client.post("/stripe/webhook/", **signed(event, **how)).status_code


def work() -> None:
    """Do what the workers would: take each event that waits."""
    for pk in list(events.due().order_by("pk").values_list("pk", flat=True)):
        events.take(pk)


def make_due() -> None:
    """Let every wait be over, and every lease of a dead worker, as time would."""
    StripeEvent.objects.update(not_before=timezone.now())
