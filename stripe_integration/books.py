"""The books of an account: each balance transaction of Stripe's becomes what it is here, once.

The balance at Stripe is the sum of all its balance transactions. Of those, what customers paid
became payments (`settling`); this makes money movements of all the rest, so that payments and
movements together are the balance, to the cent. Xero hears of them from invoices/.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from invoices.models import MoneyMovement, MovementKind
from invoices.services import Movement, credit_refund, record_movement
from pooltrackr.lib.money import ZERO, rounded
from stripe_integration import accounts, settling
from stripe_integration.holding import PROCESSOR, held_of
from stripe_integration.minor import from_cents
from stripe_integration.models import Charge, StripeAccount

Json = dict[str, Any]

# Stripe lists the newest first, by whole seconds; a repetition meets its row.
OVERLAP = dt.timedelta(minutes=5)
# Source: docs.stripe.com/reports/balance-transaction-types.
PAID_IN = {"charge", "payment"}
GIVEN_BACK = {"refund", "payment_refund", "refund_failure", "payment_failure_refund"}
PAID_OUT = {"payout", "payout_failure", "payout_cancel"}
DISPUTED = {"dispute", "dispute_reversal"}


@dataclass(frozen=True)
class Part:
    """One movement that a balance transaction contains."""

    kind: MovementKind
    source_id: str
    amount: Decimal
    tax: Decimal = ZERO


def read(account: StripeAccount) -> int:
    """Take over what moved the balance since the last time; return how many were looked at.

    Raises StripeRefused. Where it breaks off everything since the cursor is read again: it moves
    only once all of it is written down.
    """
    since = (account.books_read_to or account.connected_at) - OVERLAP
    since = max(since, account.connected_at.replace(microsecond=0))
    # The oldest first: a refund is divided by what its charge left without an invoice.
    found = list(_since(account, since))[::-1]
    newest = account.books_read_to or account.connected_at
    for said in found:
        _take(account, said)
        newest = max(newest, _moment(said))
    StripeAccount.objects.filter(pk=account.pk).update(books_read_to=newest)
    return len(found)


def booked(account: StripeAccount) -> Decimal:
    """Return the balance that the books here come to: payments by card, and movements.

    In the account's own currency: what Stripe keeps in others is told, and not booked.
    """
    charges = Charge.objects.filter(account=account).values("stripe_id")
    payments = account.business.payments.standing().filter(
        reference__in=charges, invoice__currency=account.currency
    )
    received = payments.aggregate(sum=Sum("amount"))["sum"]
    moved = _movements(account).aggregate(sum=Sum("amount"))["sum"]
    # SQLite adds up in binary fractions.
    return rounded((received or ZERO) + (moved or ZERO))


def _movements(account: StripeAccount) -> QuerySet[MoneyMovement]:
    rows = MoneyMovement.objects.filter(business=account.business, processor=PROCESSOR)
    return rows.filter(currency=account.currency)


def balance(account: StripeAccount) -> Decimal:
    """Return what Stripe owes the account now, in its currency. Raises StripeRefused."""
    return balances(account).get(account.currency, ZERO)


def balances(account: StripeAccount) -> dict[str, Decimal]:
    """Return what Stripe owes the account now, available and on its way, by currency."""
    said = accounts.door_to(account).balance()
    owed: Counter[str] = Counter()
    for one in [*said["available"], *said["pending"]]:
        owed[str(one["currency"]).upper()] += int(one["amount"])
    return {currency: from_cents(cents) for currency, cents in owed.items()}


def note_balance(account: StripeAccount) -> None:
    """Keep what Stripe owes now, to be shown beside the books. Raises StripeRefused."""
    owed = balances(account)
    own = owed.pop(account.currency, ZERO)
    others = {currency: str(amount) for currency, amount in owed.items() if amount}
    StripeAccount.objects.filter(pk=account.pk).update(
        owed=own, owed_elsewhere=others, owed_at=timezone.now()
    )


def by_kind(account: StripeAccount) -> list[tuple[str, Decimal]]:
    """Return what each kind of movement comes to, in the order of the kinds; none without."""
    sums = dict(_movements(account).order_by().values_list("kind").annotate(sum=Sum("amount")))
    return [(kind.label, rounded(sums[kind])) for kind in MovementKind if kind in sums]


def _since(account: StripeAccount, since: dt.datetime) -> Iterator[Json]:
    door, after = accounts.door_to(account), ""
    while True:
        page = door.movements(since=int(since.timestamp()), after=after)
        yield from page["data"]
        if not page.get("has_more") or not page["data"]:
            return
        after = page["data"][-1]["id"]


def _moment(said: Json) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(said["created"]), dt.UTC)


def _take(account: StripeAccount, said: Json) -> None:
    """Write one balance transaction down: the fee that was kept of it, and what it is."""
    source = said.get("source")
    source = source if isinstance(source, dict) else {"id": str(source or "")}
    charge = _charge(account, said, source)
    with transaction.atomic():
        for part in (*_fee(said), *_gross(said, source, charge)):
            _record(account, said, charge, part)


def _record(account: StripeAccount, said: Json, charge: Charge | None, part: Part) -> None:
    currency = str(said["currency"]).upper()
    if not part.amount or currency != account.currency:
        return
    data = Movement(
        kind=part.kind,
        source_id=part.source_id,
        date=_moment(said).astimezone(account.business.zone).date(),
        currency=currency,
        amount=part.amount,
        tax=part.tax,
        invoice=charge.invoice if charge else None,
        memo=str(said.get("description") or ""),
    )
    movement = record_movement(account.business, processor=PROCESSOR, data=data)
    if part.kind == MovementKind.REFUND and charge is not None:
        _credit(account, charge, movement)


def _credit(account: StripeAccount, charge: Charge, refund: MoneyMovement) -> None:
    """Make the credit note of what was given back. One that fails comes back without one."""
    invoice = charge.invoice
    same = refund.currency == invoice.currency
    if account.credits_refunds and refund.amount < 0 and same and not invoice.is_void:
        credit_refund(invoice, refund, reason="Refunded by card")


def _charge(account: StripeAccount, said: Json, source: Json) -> Charge | None:
    """Return our row of the charge that it is about; one that was not read yet is read now."""
    id = source["id"] if said["type"] in PAID_IN else str(source.get("charge") or "")
    if not id:
        return None
    charge = Charge.objects.filter(account=account, stripe_id=id).select_related("invoice").first()
    intent = str(source.get("payment_intent") or "")
    if charge is None or charge.booked_at is None:
        charge = settling.settle(account, intent) if intent else None
    return charge


def _fee(said: Json) -> Iterator[Part]:
    """What Stripe kept of it, with the tax that its own invoice shows."""
    details = said.get("fee_details") or []
    tax = sum(int(one["amount"]) for one in details if one.get("type") == "tax")
    fee = -from_cents(said["fee"])
    yield Part(MovementKind.FEE, f"{said['id']}:fee", fee, tax=-from_cents(tax))


def _gross(said: Json, source: Json, charge: Charge | None) -> Iterator[Part]:
    kind, amount = said["type"], from_cents(said["amount"])
    if kind in PAID_IN:
        # Ours is a payment, and its rest was held when it was booked (`settling`).
        if charge is None:
            yield Part(MovementKind.HELD, said["id"], amount)
    elif kind in GIVEN_BACK:
        yield from _refund(amount, said, source, charge)
    else:
        yield Part(_kind_of(said), said["id"], amount)


def _kind_of(said: Json) -> MovementKind:
    if said["type"] in PAID_OUT:
        return MovementKind.PAYOUT
    if said.get("reporting_category") in DISPUTED:
        return MovementKind.DISPUTE
    return MovementKind.FEE if said["type"] == "stripe_fee" else MovementKind.ADJUSTMENT


def _refund(amount: Decimal, said: Json, source: Json, charge: Charge | None) -> Iterator[Part]:
    """Give back first what no invoice needed; a refund that fails comes back as it went."""
    if charge is None:
        # All that came by it is held.
        yield Part(MovementKind.HELD, said["id"], amount)
        return
    first = said["id"] if amount < 0 else _first_of(source)
    earlier = _recorded(charge, first)
    if amount < 0 and earlier is None:
        held = min(held_of(charge), -amount)
    else:
        held = -earlier if earlier is not None else ZERO
    sign = -1 if amount < 0 else 1
    yield Part(MovementKind.HELD, _refunded(charge, said["id"]), sign * held)
    yield Part(MovementKind.REFUND, said["id"], amount - sign * held)


def _refunded(charge: Charge, transaction_id: str) -> str:
    return f"{charge.stripe_id}:refund:{transaction_id}"


def _recorded(charge: Charge, transaction_id: str) -> Decimal | None:
    """Return what of a refund came out of held money, if any of it did and is written down."""
    rows = MoneyMovement.objects.filter(business_id=charge.business_id, processor=PROCESSOR)
    found = rows.filter(source_id=_refunded(charge, transaction_id)).first()
    if found is not None:
        return found.amount
    # Written down without a part of held money: what is held since then is no part of it.
    return ZERO if rows.filter(source_id=transaction_id).exists() else None


def _first_of(refund: Json) -> str:
    """Return the balance transaction by which a refund went."""
    first = refund.get("balance_transaction")
    return str(first["id"] if isinstance(first, dict) else first or "")
