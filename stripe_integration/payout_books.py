"""What of a payout is entered here: each part beside its payment, its fee, its movement."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from businesses.models import Business
from invoices.models import Invoice, MoneyMovement, MovementKind, Payment
from invoices.registry import PaymentNote, notes_of_money
from stripe_integration.holding import PROCESSOR
from stripe_integration.models import Charge, Payout, PayoutPart
from stripe_integration.payouts import PAID_IN


@dataclass
class Entry:
    """What one amount of a part is here. `notes` say how it stands in Xero."""

    label: str
    amount: Decimal
    is_booked: bool
    keys: list[UUID] = field(default_factory=list)
    notes: list[PaymentNote] = field(default_factory=list)


@dataclass
class Row:
    part: PayoutPart
    invoice: Invoice | None
    entries: list[Entry]

    @property
    def is_booked(self) -> bool:
        return all(entry.is_booked for entry in self.entries)


class Books:
    """The entries of some payouts, found in a few queries whatever their number."""

    def __init__(self, business: Business, payouts: Sequence[Payout]) -> None:
        self.parts = list(PayoutPart.objects.filter(payout__in=payouts).select_related("payout"))
        sources = {part.source for part in self.parts} - {""}
        charges = Charge.objects.filter(business=business, stripe_id__in=sources)
        self.charges = {one.stripe_id: one for one in charges.select_related("invoice__contact")}
        self.payments = self._payments(business)
        self.movements = self._movements(business, payouts)

    def _payments(self, business: Business) -> dict[str, list[Payment]]:
        found: dict[str, list[Payment]] = {}
        for one in business.payments.standing().filter(reference__in=self.charges):
            found.setdefault(one.reference, []).append(one)
        return found

    def _movements(
        self, business: Business, payouts: Sequence[Payout]
    ) -> dict[str, list[MoneyMovement]]:
        """Movements by the balance transaction that they are of."""
        wanted = {name for part in self.parts for name in (part.transaction, fee_of(part))}
        wanted |= {payout.transaction for payout in payouts}
        rows = MoneyMovement.objects.filter(business=business, processor=PROCESSOR)
        found: dict[str, list[MoneyMovement]] = {}
        for one in rows.filter(source_id__in=wanted - {""}):
            found.setdefault(one.source_id, []).append(one)
        for one in self._refunds_of_held(rows):
            found.setdefault(one.source_id.rpartition(":")[2], []).append(one)
        return found

    def _refunds_of_held(self, rows: QuerySet[MoneyMovement]) -> QuerySet[MoneyMovement]:
        """Return what was given back of held money at the time of the parts (`holding`)."""
        days = [part.happened_at.date() for part in self.parts]
        if not days:
            return rows.none()
        # The business's day and Stripe's are one apart at most.
        about = (min(days) - dt.timedelta(days=1), max(days) + dt.timedelta(days=1))
        return rows.filter(kind=MovementKind.HELD, date__range=about).filter(
            source_id__contains=":refund:"
        )

    def rows(self, payout: Payout) -> list[Row]:
        return [self._row(part) for part in self.parts if part.payout_id == payout.pk]

    def missing(self, payout: Payout) -> int:
        """Return how many of the parts of a payout are not, or not wholly, entered here."""
        return sum(not row.is_booked for row in self.rows(payout))

    def transfer(self, payout: Payout) -> Entry:
        """The payout itself: what took it from the balance at Stripe."""
        found = self.movements.get(payout.transaction, [])
        keys = [one.pk for one in found]
        return Entry("Paid out to the bank", -payout.amount, bool(found), keys)

    def _row(self, part: PayoutPart) -> Row:
        charge = self.charges.get(part.source)
        entries = [self._gross(part, charge)] if part.amount else []
        if part.fee:
            entries.append(self._moved("Stripe's fee", -part.fee, fee_of(part)))
        movement = next(iter(self.movements.get(part.transaction, [])), None)
        invoice = charge.invoice if charge else movement.invoice if movement else None
        return Row(part, invoice, entries)

    def _gross(self, part: PayoutPart, charge: Charge | None) -> Entry:
        if part.type not in PAID_IN or charge is None:
            label = part.type.replace("_", " ").capitalize()
            return self._moved(label, part.amount, part.transaction)
        payments = self.payments.get(charge.stripe_id, [])
        keys = [one.pk for one in payments]
        return Entry("Card payment", part.amount, charge.booked_at is not None, keys)

    def _moved(self, label: str, amount: Decimal, source: str) -> Entry:
        found = self.movements.get(source, [])
        return Entry(label, amount, bool(found), [one.pk for one in found])


def fee_of(part: PayoutPart) -> str:
    """Return the source id of the movement that a part's fee became (`books`)."""
    return f"{part.transaction}:fee"


def add_notes(business: Business, entries: Iterable[Entry]) -> None:
    """Say of each entry how it stands elsewhere."""
    entries = list(entries)
    notes = notes_of_money(business, {key for entry in entries for key in entry.keys})
    for entry in entries:
        entry.notes = [note for key in entry.keys for note in notes.get(key, [])]
