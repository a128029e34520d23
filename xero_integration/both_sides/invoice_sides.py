"""A sent invoice on both sides: what is compared, what differs, and what of it we can hold.

Pure: reads what it is given. What Xero has is kept as the mirror's own values, so that a change
there is known by comparing with what the last push was answered (`Link.agreed`); our side is
compared with it only where that is not known, and where a person chooses.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from invoices.models import Invoice, InvoiceLine
from invoices.totals import LineTotals, line_totals, totals
from pooltrackr.lib.money import rounded
from xero_integration.models import Link, XeroInvoice
from xero_integration.payloads import digest_of, tidy
from xero_integration.sending import rounding

Json = dict[str, Any]

LINES_DIFFER = (
    "Lines were added or taken out in Xero, and Pooltrackr cannot tell which product a new line "
    "is. Change the invoice here, or keep ours."
)
NO_DISCOUNT_AMOUNT = (
    "A line has a discount as a sum in Xero; here discounts are percentages. Change it here."
)
NO_WORDS = "A line has no text in Xero; here each line needs one."
OTHER_RATE = "The tax rate of a line was changed in Xero. Choose the rate here by hand."
NO_DAYS = "The invoice has no date or no due date in Xero."


def content(row: XeroInvoice) -> Json:
    """Return what is compared of the invoice in Xero; `row.lines` must be known."""
    return {
        "date": str(row.date or ""),
        "due": str(row.due_date or ""),
        "reference": row.reference,
        "total": f"{row.total:.2f}",
        "lines": row.lines,
    }


@dataclass(frozen=True)
class Pair:
    """One line of both sides; either may be missing."""

    ours: InvoiceLine | None
    theirs: Mapping[str, str] | None


@dataclass(frozen=True)
class Sides:
    """Our invoice with its lines, and Xero's."""

    invoice: Invoice
    lines: Sequence[InvoiceLine]
    link: Link
    row: XeroInvoice

    @property
    def pairs(self) -> list[Pair]:
        """Return the lines side by side, ours first; the line for some cents is left out."""
        ids: Mapping[str, str] = self.link.remote.get("lines", {})
        there = {one["id"]: one for one in self.row.lines or []}
        there.pop(ids.get(rounding.LINE, ""), None)
        pairs = [Pair(line, there.pop(ids.get(str(line.pk), ""), None)) for line in self.lines]
        if not ids:
            pairs, there = self._by_place(there)
        return [*pairs, *(Pair(None, one) for one in there.values())]

    def _by_place(self, there: Mapping[str, Json]) -> tuple[list[Pair], dict[str, Json]]:
        """Pair lines whose ids are not known by their place, if there are as many."""
        if len(there) != len(self.lines):
            return [Pair(line, None) for line in self.lines], dict(there)
        return [Pair(*one) for one in zip(self.lines, there.values(), strict=True)], {}

    @property
    def are_alike(self) -> bool:
        """Say whether Xero's stands as ours does, in all that we have of it."""
        return not self.head_differs and not self.sums_differ and not self.words_differ

    @property
    def head_differs(self) -> bool:
        days = (str(self.row.date or ""), str(self.row.due_date or ""))
        ours = (str(self.invoice.date), str(self.invoice.due_date))
        return days != ours or tidy(self.row.reference) != tidy(self.invoice.reference)

    @property
    def words_differ(self) -> bool:
        return any(
            tidy(pair.ours.description) != tidy(pair.theirs["description"])
            for pair in self.pairs
            if pair.ours and pair.theirs
        )

    @property
    def sums_differ(self) -> bool:
        """Say whether amounts or the date of the books differ: what money applied makes fast."""
        if self.invoice.total != self.row.total or self.invoice.date != self.row.date:
            return True
        return any(not _is_same_sum(pair) for pair in self.pairs)

    @property
    def version(self) -> str:
        """What changes when either side does."""
        return digest_of([self.our_digest, self.their_digest])[:16]

    @property
    def our_digest(self) -> str:
        head = (self.invoice.date, self.invoice.due_date, self.invoice.reference)
        sums = [[str(line.pk), *map(str, _sums(line)), line.description] for line in self.lines]
        return digest_of([*map(str, head), self.invoice.status, sums])

    @property
    def their_digest(self) -> str:
        return digest_of([self.row.status, content(self.row)])

    def why_not_theirs(self) -> str:
        """Say why Xero's side cannot be taken over; empty where it can."""
        return next(self._obstacles(), "")

    def _obstacles(self) -> Iterator[str]:
        pairs = self.pairs
        if any(pair.ours is None or pair.theirs is None for pair in pairs):
            yield LINES_DIFFER
            return
        theirs = [pair.theirs for pair in pairs if pair.theirs]
        if not (self.row.date and self.row.due_date):
            yield NO_DAYS
        if any(one["discount_amount"] and not one["discount"] for one in theirs):
            yield NO_DISCOUNT_AMOUNT
        if any(not one["description"].strip() for one in theirs):
            yield NO_WORDS
        if self._rates_changed(theirs):
            yield OTHER_RATE
        total = self._total_of_theirs(pairs)
        if total != self.row.total:
            yield f"With your tax rates it comes to {total:,.2f} here, in Xero {self.row.total:,}."
        if self.invoice.amount_paid and self.sums_differ:
            yield "It has payments here, so its amounts and its date stand. Reverse them first."

    def _rates_changed(self, theirs: Sequence[Mapping[str, str]]) -> bool:
        before = {one["id"]: one["tax_type"] for one in self.link.agreed.get("lines") or []}
        return any(before.get(one["id"], one["tax_type"]) != one["tax_type"] for one in theirs)

    def _total_of_theirs(self, pairs: Sequence[Pair]) -> Decimal:
        """Return what our own arithmetic makes of Xero's lines, with our rates."""
        mode = self.invoice.tax_mode
        sums = [_line_of_theirs(pair, mode) for pair in pairs]
        return totals(sums, tax_mode=mode).total + self._cents

    @property
    def _cents(self) -> Decimal:
        """What the line for some cents comes to in Xero, if it has one."""
        rounding_id = self.link.remote.get("lines", {}).get(rounding.LINE)
        mine = [one for one in self.row.lines or [] if one["id"] == rounding_id]
        return sum((Decimal(one["price"]) for one in mine), Decimal(0))


def _line_of_theirs(pair: Pair, mode: str) -> LineTotals:
    assert pair.ours is not None
    assert pair.theirs is not None
    one, percent = pair.theirs, pair.ours.tax_rate.percent
    quantity, price = Decimal(one["quantity"]), Decimal(one["price"])
    return line_totals(quantity, price, Decimal(one["discount"] or 0), percent, mode)


def _is_same_sum(pair: Pair) -> bool:
    if pair.ours is None or pair.theirs is None:
        return False
    one = pair.theirs
    there = (one["quantity"], one["price"], one["discount"] or 0)
    return _sums(pair.ours) == tuple(Decimal(value) for value in there)


def _sums(line: InvoiceLine) -> tuple[Decimal, Decimal, Decimal]:
    step = Decimal("0.0001")
    return (rounded(line.quantity, step), rounded(line.unit_price, step), line.discount_percent)
