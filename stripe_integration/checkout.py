"""Stripe's payment page for one try: opened, closed, and looked at again."""

import datetime as dt
import logging
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from invoices.models import Invoice
from stripe_integration import accounts, fees, links, log
from stripe_integration.errors import ErrorClass, StripeRefused
from stripe_integration.fees import Option
from stripe_integration.minor import to_cents
from stripe_integration.models import CheckoutSession, SessionStatus, StripeAccount
from stripe_integration.sessions import CHANGED, DOWN, PayRefused, metadata, prepare, save_live

logger = logging.getLogger(__name__)


def write_down(
    invoice: Invoice, account: StripeAccount, amount: Decimal, chosen: Option, *, keeps_card: bool
) -> CheckoutSession:
    """Write a page down, to be opened. Raises IntegrityError where another try is live."""
    row = CheckoutSession(
        business_id=invoice.business_id,
        account=account,
        invoice=invoice,
        amount=amount,
        fee=chosen.fee,
        cards=chosen.cards,
        currency=invoice.currency,
        keeps_card=keeps_card,
        expires_at=timezone.now() + dt.timedelta(seconds=settings.STRIPE_PAGE_LIFE),
    )
    row.body = _body(row)
    prepare(row)
    return row


def _body(row: CheckoutSession) -> dict[str, Any]:
    """Return what Stripe is sent: amounts and the invoice's number, nothing about a person."""
    invoice = row.invoice
    back = f"{settings.SITE_URL}{reverse('stripe:pay', args=[links.token_of(invoice)])}"
    name = f"Invoice {invoice.number}"
    items = [_item(name, row.amount, row.currency)]
    if row.fee:
        items.append(_item("Card fee", row.fee, row.currency))
    intent: dict[str, Any] = {"description": name, "metadata": metadata(row)}
    if row.keeps_card:
        # Stripe's page then says so, beside the button.
        intent["setup_future_usage"] = "off_session"
    blocked = fees.BLOCKED[row.cards]
    only = {"card": {"restrictions": {"brands_blocked": blocked}}}
    return {
        "mode": "payment",
        "payment_method_types": ["card"],
        "client_reference_id": str(row.pk),
        "line_items": items,
        **({"payment_method_options": only} if blocked else {}),
        **({"customer_creation": "always"} if row.keeps_card else {}),
        "payment_intent_data": intent,
        "metadata": metadata(row),
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


def open_page(row: CheckoutSession) -> str:
    """Have Stripe open the page of a row, or find the one that it opened before."""
    try:
        said = accounts.door_to(row.account).create_session(row.body, key=str(row.pk))
    except StripeRefused as error:
        _not_opened(row, error)
        raise PayRefused(DOWN) from None
    row.stripe_id, row.url = str(said["id"]), str(said.get("url") or "")
    row.status = SessionStatus.OPEN
    save_live(row, "stripe_id", "url")
    if not row.url:
        # An answer repeated by its key may be of a page that has ended since.
        look(row)
        raise PayRefused(CHANGED)
    return row.url


def _not_opened(row: CheckoutSession, error: StripeRefused) -> None:
    """Keep a row that the same key may open yet. A page that was opened unseen, nobody can pay."""
    accounts.note(row.account, error)
    if error.error_class in (ErrorClass.TEMPORARY, ErrorClass.LIMIT):
        return
    row.status, row.error = SessionStatus.REFUSED, error.words
    save_live(row, "error")
    log.event(logger, "page-refused", session=row.pk, code=error.code)


def close(row: CheckoutSession) -> None:
    """Close a live page at Stripe. Raises PayRefused where it was paid, or nobody knows."""
    if row.status == SessionStatus.PREPARED:
        # Whether Stripe has it is found out by asking for it once more.
        open_page(row)
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
    if not row.stripe_id:
        # Nobody was ever given its address, so nobody can have paid.
        row.status = SessionStatus.EXPIRED
        save_live(row)
        return
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
    save_live(row, "payment_intent")
