"""Being paid for an invoice by card: by the customer on Stripe's page, by staff with a saved card.

One try for each invoice at a time. One that is to be replaced is closed at Stripe first, and only
when Stripe says that it is closed and unpaid does another take its place.
"""

import datetime as dt
import uuid
from decimal import Decimal

from django.db import IntegrityError
from django.utils import timezone

from businesses.models import User
from invoices.models import Invoice
from stripe_integration import checkout, fees, offer, parts, saved_cards, sessions, settling
from stripe_integration.fees import Option
from stripe_integration.models import (
    CheckoutSession,
    PayWay,
    SavedCard,
    SessionStatus,
    StripeAccount,
)
from stripe_integration.sessions import PayRefused, live

# A page that closes this soon is not given to somebody who only begins.
LEAST_LEFT = dt.timedelta(minutes=5)
PRESSED_TWICE = "This charge has been made already: see what came of it below."
FEE_CHANGED = (
    "The card fee has changed meanwhile. Look at the amount, and charge it if it is right."
)


def start(
    invoice: Invoice,
    *,
    cards: str = fees.ALL,
    amount: Decimal | None = None,
    keeps_card: bool = False,
) -> str:
    """Return the address of an open payment page for `amount`, or for all that is due.

    `cards` is the payer's choice, `keeps_card` the payer's consent. Raises PayRefused.
    """
    account = _account(invoice)
    amount = _amount(invoice, account, amount)
    options = fees.options(invoice, account, amount)
    chosen = next((one for one in options if one.cards == cards), None)
    if chosen is None:
        raise PayRefused(sessions.CHOOSE)
    keeps_card = keeps_card and account.keeps_cards
    row = live(invoice)
    if row is not None and not _fits(row, account, amount, chosen, keeps_card):
        close(row)
        row = None
    try:
        row = row or checkout.write_down(invoice, account, amount, chosen, keeps_card=keeps_card)
    except IntegrityError:
        # Two taps at once: the other one has prepared the page.
        row = live(invoice)
    if row is None or row.way != PayWay.PAGE:
        raise PayRefused(sessions.CHANGED)
    return row.url if row.status == SessionStatus.OPEN else checkout.open_page(row)


def _account(invoice: Invoice) -> StripeAccount:
    account = offer.of(invoice).account
    if account is None:
        raise PayRefused(sessions.NOT_OFFERED)
    if sessions.is_arriving(invoice):
        raise PayRefused(sessions.ARRIVING)
    return account


def _amount(invoice: Invoice, account: StripeAccount, amount: Decimal | None) -> Decimal:
    if amount is None or amount == invoice.amount_due:
        return invoice.amount_due
    if not parts.are_taken(invoice, account):
        raise PayRefused(sessions.CHANGED)
    parts.check(invoice, amount)
    return amount


def _fits(
    row: CheckoutSession,
    account: StripeAccount,
    amount: Decimal,
    chosen: Option,
    keeps_card: bool,
) -> bool:
    has_time = row.expires_at - timezone.now() > LEAST_LEFT
    asked = (PayWay.PAGE, account.pk, amount, chosen.fee, chosen.cards, keeps_card)
    has = (row.way, row.account_id, row.amount, row.fee, row.cards, row.keeps_card)
    return has == asked and has_time


# --- by staff -----------------------------------------------------------------------------------


def quote(invoice: Invoice, card: SavedCard, amount: Decimal) -> Option:
    """Return the fee that this card would be charged on top. Raises PayRefused."""
    options = fees.options(invoice, _account(invoice), amount)
    return next(one for one in options if fees.is_kept(one.cards, card.brand))


def charge(
    invoice: Invoice,
    card: SavedCard,
    *,
    amount: Decimal,
    fee: Decimal,
    key: uuid.UUID,
    by: User,
) -> None:
    """Charge a saved card, and enter what came of it. `key` is the form's: pressed twice is once.

    `fee` is what the staff were shown. Raises PayRefused, in words for the staff.
    """
    if CheckoutSession.objects.filter(pk=key).exists():
        raise PayRefused(PRESSED_TWICE)
    parts.check(invoice, amount)
    chosen = quote(invoice, card, amount)
    if chosen.fee != fee:
        raise PayRefused(FEE_CHANGED)
    before = live(invoice)
    if before is not None:
        close(before)
    row = _saved_row(invoice, card, amount, chosen, key=key, by=by)
    saved_cards.send(row)
    settling.settle(row.account, row.payment_intent)


def _saved_row(
    invoice: Invoice,
    card: SavedCard,
    amount: Decimal,
    chosen: Option,
    *,
    key: uuid.UUID,
    by: User,
) -> CheckoutSession:
    row = CheckoutSession(
        id=key,
        business_id=invoice.business_id,
        account=card.account,
        invoice=invoice,
        way=PayWay.SAVED,
        saved_card=card,
        started_by=by,
        amount=amount,
        fee=chosen.fee,
        cards=chosen.cards,
        currency=invoice.currency,
        # From then on the poll asks what became of it.
        expires_at=timezone.now() + saved_cards.UNCLEAR_FOR,
    )
    row.body = saved_cards.body_of(row)
    try:
        sessions.prepare(row)
    except IntegrityError:
        raise PayRefused(PRESSED_TWICE) from None
    return row


# --- what became of it --------------------------------------------------------------------------


def close(row: CheckoutSession) -> None:
    """End a live try at Stripe. Raises PayRefused where it was paid, or nobody knows."""
    if row.way == PayWay.PAGE:
        checkout.close(row)
        return
    look(row)
    if row.is_live or row.is_paid:
        raise PayRefused(sessions.CHANGED)


def look(row: CheckoutSession) -> None:
    """Take over what became of a try, and its money. Raises PayRefused, StripeRefused."""
    if row.way == PayWay.PAGE:
        checkout.look(row)
    else:
        saved_cards.look(row)
    if row.is_paid and row.payment_intent:
        settling.settle(row.account, row.payment_intent)
