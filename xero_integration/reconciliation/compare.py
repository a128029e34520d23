"""The comparison: our invoices of a period beside the mirror's. Reads, and writes nothing.

Each invoice is paired by its link, never by its figures. What is the same on both sides yields
nothing; one invoice may differ in several ways, and each is told apart.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from invoices.models import Invoice
from pooltrackr.lib.money import ZERO
from xero_integration.models import DifferenceKind, XeroInvoice

Json = dict[str, Any]

GONE = ("VOIDED", "DELETED")
SALE = "ACCREC"
# How far an invoice has come in Xero (facts.md 3.2, life cycle).
RANK = {"DRAFT": 0, "SUBMITTED": 1, "AUTHORISED": 2, "PAID": 2}


@dataclass(frozen=True)
class Found:
    """One difference: which invoice on each side, and by how much (here less there)."""

    kind: DifferenceKind
    invoice: Invoice | None = None
    row: XeroInvoice | None = None
    amount: Decimal = ZERO


@dataclass(frozen=True)
class Books:
    """Both sides of a period. Rows of Xero are by InvoiceID, and may lie outside the period."""

    ours: Iterable[Invoice]
    rows: Mapping[str, XeroInvoice]
    # What is ours: the InvoiceID of each invoice that is linked.
    links: Mapping[UUID, str]
    # The ContactIDs that may stand on a contact's invoices: its own, and of those merged into it.
    contacts: Mapping[UUID, set[str]]
    # Invoices that need not be in Xero: left out by a person, or of before the send-from date.
    need_not: set[UUID] = field(default_factory=set)
    # What an invoice here becomes there, and how our numbers begin.
    status: str = "AUTHORISED"
    prefix: str = ""


def differences(books: Books) -> Iterator[Found]:
    """Yield every difference between the two sides."""
    linked = {xero_id.lower() for xero_id in books.links.values()}
    unlinked = [row for row in books.rows.values() if row.xero_id.lower() not in linked]
    by_number = {row.number: row for row in unlinked if _counts(row)}
    numbers, twins = set(), set()
    for invoice in books.ours:
        numbers.add(invoice.number)
        for found in _of_ours(books, invoice, by_number):
            if found.kind == DifferenceKind.UNLINKED and found.row is not None:
                twins.add(found.row.xero_id)
            yield found
    for row in unlinked:
        is_ours = row.number in numbers or looks_ours(books, row)
        if is_ours and _counts(row) and row.xero_id not in twins:
            yield Found(DifferenceKind.EXTRA, row=row, amount=-row.total)


def looks_ours(books: Books, row: XeroInvoice) -> bool:
    """Say whether a number of Xero's begins as ours do: others are made there on purpose."""
    return bool(books.prefix) and row.number.startswith(books.prefix)


def _counts(row: XeroInvoice) -> bool:
    return row.type == SALE and row.status not in GONE


def _of_ours(
    books: Books, invoice: Invoice, by_number: Mapping[str, XeroInvoice]
) -> Iterator[Found]:
    xero_id = books.links.get(invoice.pk)
    if xero_id is None:
        yield from _never_linked(books, invoice, by_number.get(invoice.number))
        return
    row = books.rows.get(xero_id)
    if row is None or row.status in GONE:
        if not invoice.is_void:
            yield Found(DifferenceKind.GONE, invoice, row, invoice.total)
    elif invoice.is_void:
        yield Found(DifferenceKind.STANDS, invoice, row, -row.total)
    else:
        yield from _of_pair(books, invoice, row)


def _never_linked(books: Books, invoice: Invoice, twin: XeroInvoice | None) -> Iterator[Found]:
    if invoice.is_void:
        return
    if twin is not None:
        yield Found(DifferenceKind.UNLINKED, invoice, twin, invoice.total - twin.total)
    elif invoice.pk not in books.need_not:
        yield Found(DifferenceKind.MISSING, invoice, None, invoice.total)


def _of_pair(books: Books, invoice: Invoice, row: XeroInvoice) -> Iterator[Found]:
    def found(kind: DifferenceKind, amount: Decimal = ZERO) -> Found:
        return Found(kind, invoice, row, amount)

    if invoice.total != row.total:
        yield found(DifferenceKind.TOTAL, invoice.total - row.total)
    elif invoice.tax_total != row.total_tax:
        yield found(DifferenceKind.TAX, invoice.tax_total - row.total_tax)
    if invoice.amount_paid != row.paid:
        yield found(DifferenceKind.PAID, invoice.amount_paid - row.paid)
    if (invoice.date, invoice.due_date) != (row.date, row.due_date):
        yield found(DifferenceKind.DATES)
    contacts = books.contacts.get(invoice.contact_id)
    if contacts and row.contact_xero_id.lower() not in contacts:
        yield found(DifferenceKind.CONTACT)
    if invoice.number != row.number:
        yield found(DifferenceKind.NUMBER)
    if RANK.get(row.status, 0) < RANK[books.status]:
        yield found(DifferenceKind.STATUS)


def here(invoice: Invoice) -> Json:
    """Return what is shown of our side."""
    return {
        "total": f"{invoice.total:.2f}",
        "tax": f"{invoice.tax_total:.2f}",
        "paid": f"{invoice.amount_paid:.2f}",
        "status": invoice.get_status_display(),
        "date": str(invoice.date),
        "due": str(invoice.due_date),
        "contact": invoice.contact.name,
        "number": invoice.number,
    }


def there(row: XeroInvoice, contact: str) -> Json:
    """Return what is shown of Xero's side; `contact` is its name there."""
    return {
        "total": f"{row.total:.2f}",
        "tax": f"{row.total_tax:.2f}",
        "paid": f"{row.paid:.2f}",
        "status": row.status.capitalize(),
        "date": str(row.date or ""),
        "due": str(row.due_date or ""),
        "contact": contact,
        "number": row.number,
    }
