"""What the page of an invoice's question shows: rows of both sides, and the ways to answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.formats import date_format

from invoices.figures import figure
from invoices.models import InvoiceLine
from xero_integration.both_sides.invoice_edits import GONE
from xero_integration.both_sides.invoice_sides import Pair, Sides
from xero_integration.models import Connection, InvoiceMatter
from xero_integration.reconciliation.repair import LOCKED, NOT_BACK, PAID_THERE


@dataclass(frozen=True)
class Shown:
    """One row of the comparison, as text."""

    label: str
    ours: str
    theirs: str
    # Two words for one thing, as the two sides have them for a status.
    is_same: bool = False

    @property
    def differs(self) -> bool:
        is_alike = " ".join(self.ours.split()) == " ".join(self.theirs.split())
        return not (self.is_same or is_alike)


@dataclass(frozen=True)
class Choice:
    """One answer; with `why_not` it cannot be given, and the reason stands in its place."""

    act: str
    label: str
    means: str
    why_not: str = ""


def rows(sides: Sides) -> list[Shown]:
    """Return both sides of an invoice from top to bottom."""
    invoice, row = sides.invoice, sides.row
    stands = row.status not in GONE
    return [
        Shown("Status", invoice.get_status_display(), row.status.capitalize(), is_same=stands),
        Shown("Date", _day(invoice.date), _day(row.date)),
        Shown("Due", _day(invoice.due_date), _day(row.due_date)),
        Shown("Reference", invoice.reference, row.reference),
        *_lines(sides),
        Shown("Total", f"{invoice.total:,.2f}", f"{row.total:,.2f}"),
        Shown("Paid", f"{invoice.amount_paid:,.2f}", f"{row.paid:,.2f}"),
    ]


def _day(day: object) -> str:
    return date_format(day, "j F Y") if day else ""  # type: ignore[arg-type]


def _lines(sides: Sides) -> Iterator[Shown]:
    for number, pair in enumerate(sides.pairs, start=1):
        yield Shown(f"Line {number}", _ours(pair.ours), _theirs(pair))


def _ours(line: InvoiceLine | None) -> str:
    if line is None:
        return ""
    discount = f", less {figure(line.discount_percent)} %" if line.discount_percent else ""
    price = figure(line.unit_price, places=2)
    return f"{line.description}\n{figure(line.quantity)} at {price}{discount}"


def _theirs(pair: Pair) -> str:
    if pair.theirs is None:
        return ""
    line = InvoiceLine(
        description=pair.theirs["description"],
        quantity=pair.theirs["quantity"],
        unit_price=pair.theirs["price"],
        discount_percent=pair.theirs["discount"] or 0,
    )
    line.clean_fields(exclude=["business", "invoice", "tax_rate", "description"])
    return _ours(line)


def choices(connection: Connection, sides: Sides, matter: InvoiceMatter) -> list[Choice]:
    """Return the answers to a question, the impossible ones with the reason."""
    if matter == InvoiceMatter.GONE:
        return list(_of_gone(sides))
    return [
        Choice(
            "ours",
            "Keep ours and send it again",
            f"{connection.organisation_name} then has the invoice as it stands here.",
            _why_not_ours(connection, sides),
        ),
        Choice(
            "theirs",
            "Take what Xero has",
            "The invoice here becomes what it is in Xero. Nothing is sent.",
            sides.why_not_theirs(),
        ),
        Choice(
            "leave",
            "Leave both as they are",
            "Nothing moves. You are asked again when either side changes.",
        ),
    ]


def _of_gone(sides: Sides) -> Iterator[Choice]:
    paid = sides.invoice.amount_paid
    money = f" The payments of {paid:,} are reversed here first." if paid else ""
    yield Choice("void", "Void it here as well", f"Nothing is owed on it then.{money}")
    yield Choice("leave", "Keep it here", f"It stands here alone. {NOT_BACK}")


def _why_not_ours(connection: Connection, sides: Sides) -> str:
    """Say what Xero would refuse of ours (facts.md 3.2)."""
    if not sides.sums_differ:
        return ""
    if sides.row.paid:
        return PAID_THERE
    locks = [connection.period_lock_date, connection.end_of_year_lock_date]
    last = max((lock for lock in locks if lock), default=None)
    days = [day for day in (sides.invoice.date, sides.row.date) if day]
    return LOCKED if last and any(day <= last for day in days) else ""
