"""Invoices as CSV, one row each, written as they are read."""

import csv
from collections.abc import Iterator

from invoices.models import Invoice
from invoices.models.invoice import InvoiceQuerySet

HEADINGS = (
    *("Number", "Status", "Contact", "Pool", "Date", "Due date", "Service date", "Reference"),
    *("Amounts are", "Subtotal", "Tax", "Total", "Paid", "Due", "Currency"),
)
# A spreadsheet takes a cell that begins so for a formula (OWASP: CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """What csv.writer writes to: it hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def rows(invoices: InvoiceQuerySet) -> Iterator[str]:
    """Yield the lines of the file. The mark at its head tells Excel that this is UTF-8."""
    writer = csv.writer(_Echo())
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + writer.writerow(HEADINGS)
    related = invoices.select_related("contact", "pool", "business")
    for invoice in related.order_by("-date", "-number", "pk").iterator(chunk_size=500):
        yield writer.writerow(_cells(invoice))


def _cells(invoice: Invoice) -> list[object]:
    words = (
        invoice.number,
        invoice.state.label,
        invoice.contact.name,
        invoice.pool.name if invoice.pool else "",
    )
    return [
        *map(_text, words),
        *(invoice.date, invoice.due_date, invoice.service_date or "", _text(invoice.reference)),
        invoice.get_tax_mode_display(),
        *(invoice.subtotal, invoice.tax_total, invoice.total),
        *(invoice.amount_paid, invoice.amount_due if invoice.is_issued else "", invoice.currency),
    ]


def _text(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA) else value
