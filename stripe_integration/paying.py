"""A customer's way to Stripe's payment page: written down, committed, opened, and looked at again.

One live page for each invoice. A page that is to be replaced is closed at Stripe first, and only
when Stripe says that it is closed and unpaid does another take its place.
"""

import datetime as dt
import logging
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from invoices.models import Invoice
from stripe_integration import accounts, fees, links, log, offer
from stripe_integration.errors import ErrorClass, StripeRefused
from stripe_integration.fees import Option
from stripe_integration.minor import to_cents
from stripe_integration.models import LIVE, CheckoutSession, SessionStatus, StripeAccount

logger = logging.getLogger(__name__)

# A page that closes this soon is not given to somebody who only begins.
LEAST_LEFT = dt.timedelta(minutes=5)
METADATA = "pooltrackr"


class PayRefused(Exception):
    """Why the customer cannot go to the payment page, in words for the customer."""


DOWN = "The payment page could not be opened just now. Nothing was charged. Try again in a minute."
CHANGED = "This invoice has changed meanwhile. Look at the amount, and pay again if it is right."
CHOOSE = "Choose the card that you want to pay with."
NOT_OFFERED = "This invoice cannot be paid by card at the moment."


def start(invoice: Invoice, *, cards: str = fees.ALL) -> str:
    """Return the address of an open payment page for what is due, by the `cards` that were chosen.

    Raises PayRefused.
    """
    account = offer.of(invoice).account
    if account is None:
        raise PayRefused(NOT_OFFERED)
    chosen = next((one for one in fees.options(invoice, account) if one.cards == cards), None)
    if chosen is None:
        raise PayRefused(CHOOSE)
    row = live(invoice)
    if row is not None and not _fits(row, account, invoice.amount_due, chosen):
        close(row)
        row = None
    try:
        row = row or _prepare(invoice, account, chosen)
    except IntegrityError:
        # Two taps at once: the other one has prepared the page.
        row = live(invoice)
    if row is None:
        raise PayRefused(CHANGED)
    return row.url if row.status == SessionStatus.OPEN else _open(row)


def live(invoice: Invoice) -> CheckoutSession | None:
    rows = CheckoutSession.objects.filter(invoice=invoice, status__in=LIVE)
    return rows.select_related("account__business", "invoice").first()


def _fits(row: CheckoutSession, account: StripeAccount, due: Decimal, chosen: Option) -> bool:
    has_time = row.expires_at - timezone.now() > LEAST_LEFT
    is_same = (row.amount, row.fee, row.cards) == (due, chosen.fee, chosen.cards)
    return row.account_id == account.pk and is_same and has_time


def _prepare(invoice: Invoice, account: StripeAccount, chosen: Option) -> CheckoutSession:
    """Write the page down with the very body that will be sent."""
    expires_at = timezone.now() + dt.timedelta(seconds=settings.STRIPE_PAGE_LIFE)
    row = CheckoutSession(
        business_id=invoice.business_id,
        account=account,
        invoice=invoice,
        amount=invoice.amount_due,
        fee=chosen.fee,
        cards=chosen.cards,
        currency=invoice.currency,
        expires_at=expires_at,
    )
    row.body = _body(row)
    with transaction.atomic():
        row.save(force_insert=True)
    return row


def _body(row: CheckoutSession) -> dict[str, Any]:
    """Return what Stripe is sent: amounts and the invoice's number, nothing about a person."""
    invoice = row.invoice
    back = f"{settings.SITE_URL}{reverse('stripe:pay', args=[links.token_of(invoice)])}"
    name = f"Invoice {invoice.number}"
    items = [_item(name, row.amount, row.currency)]
    if row.fee:
        items.append(_item("Card fee", row.fee, row.currency))
    blocked = fees.BLOCKED[row.cards]
    only = {"card": {"restrictions": {"brands_blocked": blocked}}}
    return {
        "mode": "payment",
        "payment_method_types": ["card"],
        "client_reference_id": str(row.pk),
        "line_items": items,
        **({"payment_method_options": only} if blocked else {}),
        "payment_intent_data": {"description": name, "metadata": {METADATA: str(row.pk)}},
        "metadata": {METADATA: str(row.pk)},
        "success_url": f"{back}?end=paid",
        "cancel_url": f"{back}?end=cancelled",
        "expires_at": int(row.expires_at.timestamp()),
    }


def _item(name: str, amount: Decimal, currency: str) -> dict[str, Any]:
    price = {
        "currency": currency.lower(),
        "unit_amount": to_cents(amount),
        "product_data": {"name": name},
    }
    return {"price_data": price, "quantity": 1}


def _open(row: CheckoutSession) -> str:
    """Have Stripe open the page of a row, or find the one that it opened before."""
    try:
        said = accounts.door_to(row.account).create_session(row.body, key=str(row.pk))
    except StripeRefused as error:
        _not_opened(row, error)
        raise PayRefused(DOWN) from None
    row.stripe_id, row.url = str(said["id"]), str(said.get("url") or "")
    row.status = SessionStatus.OPEN
    _save_live(row, "stripe_id", "url")
    if not row.url:
        # An answer repeated by its key may be of a page that has ended since.
        look(row)
        raise PayRefused(CHANGED)
    return row.url


def _not_opened(row: CheckoutSession, error: StripeRefused) -> None:
    """Keep a row whose outcome is unclear: the next try asks with the same key."""
    accounts.note(row.account, error)
    if error.is_unclear or error.error_class is ErrorClass.LIMIT:
        return
    row.status, row.error = SessionStatus.REFUSED, error.words
    _save_live(row, "error")
    log.event(logger, "page-refused", session=row.pk, code=error.code)


def _save_live(row: CheckoutSession, *fields: str) -> None:
    """Save what was learnt of a row, unless something else ended it meanwhile."""
    live_row = CheckoutSession.objects.filter(pk=row.pk, status__in=LIVE)
    values = {name: getattr(row, name) for name in ("status", *fields)}
    live_row.update(**values, updated_at=timezone.now())


# --- what became of a page ----------------------------------------------------------------------


def close(row: CheckoutSession) -> None:
    """Close a live page at Stripe. Raises PayRefused where it was paid, or nobody knows."""
    if row.status == SessionStatus.PREPARED:
        # Whether Stripe has it is found out by asking for it once more.
        _open(row)
    try:
        said = accounts.door_to(row.account).expire_session(row.stripe_id)
    except StripeRefused as error:
        accounts.note(row.account, error)
        if error.error_class is not ErrorClass.REQUEST:
            raise PayRefused(DOWN) from None
        said = None
    take_session(row, said) if said else look(row)
    if row.status != SessionStatus.EXPIRED:
        raise PayRefused(CHANGED)


def look(row: CheckoutSession) -> None:
    """Read the page anew from Stripe and take over what became of it. Raises PayRefused."""
    try:
        said = accounts.door_to(row.account).session(row.stripe_id)
    except StripeRefused as error:
        accounts.note(row.account, error)
        raise PayRefused(DOWN) from None
    take_session(row, said)


def take_session(row: CheckoutSession, said: dict[str, Any]) -> None:
    """Take over a page as Stripe has just said it is."""
    row.payment_intent = str(said.get("payment_intent") or row.payment_intent)
    if said.get("payment_status") == "paid":
        row.status = SessionStatus.PAID
    elif said.get("status") == "expired":
        row.status = SessionStatus.EXPIRED
    _save_live(row, "payment_intent")
