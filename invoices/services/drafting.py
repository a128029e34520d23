"""Writing invoices: create, change, copy, delete a draft; lines keep their keys."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import IntegrityError, transaction

from businesses.models import Business
from contacts.models import Contact, Pool
from invoices.dates import due_by_terms, today
from invoices.errors import InvoiceRefused
from invoices.models import Invoice, InvoiceLine, Product, TaxMode, TaxRate
from invoices.services.locking import lock
from invoices.totals import LARGEST_LINE, LARGEST_TOTAL, LineTotals, line_totals, totals


@dataclass(frozen=True, kw_only=True)
class LineData:
    """A line as wanted; `id` names the line it was before, if it was one."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: TaxRate
    product: Product | None = None
    discount_percent: Decimal = Decimal(0)
    id: uuid.UUID | None = None


@dataclass(frozen=True, kw_only=True)
class InvoiceData:
    """An invoice as wanted; without `due_date` the terms of the contact decide it."""

    contact: Contact
    date: dt.date
    lines: Sequence[LineData]
    due_date: dt.date | None = None
    pool: Pool | None = None
    service_date: dt.date | None = None
    reference: str = ""
    notes: str = ""
    tax_mode: str = field(default=TaxMode.EXCLUSIVE)


HEAD = ("contact", "pool", "date", "service_date", "reference", "notes", "tax_mode")
LINE = ("description", "quantity", "unit_price", "discount_percent", "tax_rate", "product")
AMOUNTS = ("line_amount", "tax_amount")


def create_draft(business: Business, *, data: InvoiceData, key: uuid.UUID | None = None) -> Invoice:
    """Create a draft. A second call with the same `key` returns the first call's invoice.

    The key is the invoice's own, made by the page that asks for it: a double click is one invoice.
    """
    key = key or uuid.uuid4()
    if existing := business.invoices.filter(pk=key).first():
        return existing
    try:
        with transaction.atomic():
            invoice = Invoice(pk=key, business=business, currency=business.currency)
            _write(invoice, data)
    except IntegrityError:
        # The other click won the race.
        if existing := business.invoices.filter(pk=key).first():
            return existing
        if Invoice.objects.filter(pk=key).exists():
            raise InvoiceRefused("This page has been used already. Open a new one.") from None
        raise
    return invoice


@transaction.atomic
def update(invoice: Invoice, *, data: InvoiceData) -> Invoice:
    """Change a draft, or an issued invoice that has no payments yet."""
    lock(invoice)
    if invoice.is_void:
        raise InvoiceRefused(f"{invoice} is void and cannot be changed. Copy it instead.")
    if not invoice.may_be_edited:
        raise InvoiceRefused(
            f"{invoice} has payments and cannot be changed. Reverse the payments first."
        )
    _write(invoice, data)
    if invoice.is_issued:
        check_sendable(invoice)
    return invoice


@transaction.atomic
def add_line(invoice: Invoice, *, data: LineData, key: uuid.UUID) -> InvoiceLine:
    """Add a line at the end of a draft, or of an issued invoice that has no payments yet.

    A second call with the same `key`, which becomes the line's own, adds nothing. Raises
    InvoiceRefused.
    """
    lock(invoice)
    if existing := invoice.lines.filter(pk=key).first():
        return existing
    if not invoice.may_be_edited:
        raise InvoiceRefused(f"{invoice} has payments, so it takes no further line.")
    lines = list(invoice.lines.select_related("tax_rate"))
    position = 1 + max((line.position for line in lines), default=-1)
    new = InvoiceLine(pk=key, invoice=invoice, business_id=invoice.business_id)
    line = _filled(new, invoice, data, position=position)
    compute(invoice, [*lines, line])
    line.save(force_insert=True)
    invoice.save()
    return line


@transaction.atomic
def copy(invoice: Invoice) -> Invoice:
    """Make a new draft, dated today, with the same contact, pool and lines."""
    if invoice.contact.is_archived:
        raise InvoiceRefused(
            f"{invoice.contact} is archived. Restore the contact first, then copy the invoice."
        )
    lines = [
        LineData(
            description=line.description,
            quantity=line.quantity,
            unit_price=line.unit_price,
            tax_rate=line.tax_rate,
            product=line.product,
            discount_percent=line.discount_percent,
        )
        for line in invoice.lines.select_related("product", "tax_rate")
    ]
    data = InvoiceData(
        contact=invoice.contact,
        pool=invoice.pool,
        date=today(invoice.business),
        reference=invoice.reference,
        notes=invoice.notes,
        tax_mode=invoice.tax_mode,
        lines=lines,
    )
    return create_draft(invoice.business, data=data)


@transaction.atomic
def delete_draft(invoice: Invoice) -> None:
    """Delete a draft with its lines. An issued invoice is voided, never deleted."""
    lock(invoice)
    if not invoice.is_draft:
        raise InvoiceRefused(f"{invoice} has been issued. Void it: its number stays on record.")
    invoice.delete()


@transaction.atomic
def recalculate(invoice: Invoice) -> Invoice:
    """Compute the amounts again from the stored lines, and store them."""
    lock(invoice)
    lines = list(invoice.lines.select_related("tax_rate"))
    compute(invoice, lines)
    InvoiceLine.objects.bulk_update(lines, AMOUNTS)
    invoice.save()
    return invoice


def check_sendable(invoice: Invoice) -> None:
    """Raise InvoiceRefused unless `invoice` can stand as an issued invoice."""
    if not invoice.lines.exists():
        raise InvoiceRefused("An invoice needs at least one line before it can be issued.")
    if invoice.total < 0:
        # Xero refuses a document below zero.
        raise InvoiceRefused(
            "The total is below zero, which an invoice cannot be. Lower the discount, or raise "
            "or remove the line with a negative price."
        )


def _write(invoice: Invoice, data: InvoiceData) -> None:
    """Bring head, lines and sums to what `data` says."""
    for name in HEAD:
        setattr(invoice, name, getattr(data, name))
    invoice.due_date = data.due_date or due_by_terms(data.contact, date=data.date)
    if invoice._state.adding:
        # The lines need its row; they are computed and saved before its last save below.
        invoice.save(force_insert=True)
    _write_lines(invoice, data.lines)
    invoice.save()


def _write_lines(invoice: Invoice, wanted: Sequence[LineData]) -> None:
    """Make the lines be `wanted`, in that order; a line that stays keeps its key.

    Xero's line ids hang on our keys, and an update there replaces the whole set of lines.
    """
    held = {line.pk: line for line in invoice.lines.all()}
    kept: list[InvoiceLine] = []
    new: list[InvoiceLine] = []
    for position, data in enumerate(wanted):
        line = held.pop(data.id, None) if data.id else None
        (kept if line else new).append(_filled(line, invoice, data, position=position))
    compute(invoice, kept + new)
    invoice.lines.filter(pk__in=list(held)).delete()
    InvoiceLine.objects.bulk_update(kept, ("position", *LINE, *AMOUNTS))
    InvoiceLine.objects.bulk_create(new)


def _filled(
    line: InvoiceLine | None, invoice: Invoice, data: LineData, *, position: int
) -> InvoiceLine:
    line = line or InvoiceLine(invoice=invoice, business_id=invoice.business_id)
    line.position = position
    for name in LINE:
        setattr(line, name, getattr(data, name))
    return line


def compute(invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    """Set the amounts of `lines` and of `invoice`; saves nothing."""
    for line in lines:
        amounts = line_totals(
            line.quantity,
            line.unit_price,
            line.discount_percent,
            line.tax_rate.percent,
            invoice.tax_mode,
        )
        if abs(amounts.amount) > LARGEST_LINE:
            raise InvoiceRefused(f"“{line}” comes to more than {LARGEST_LINE:,}, Xero's limit.")
        line.line_amount, line.tax_amount = amounts.amount, amounts.tax
    sums = totals(
        (LineTotals(line.line_amount, line.tax_amount) for line in lines),
        tax_mode=invoice.tax_mode,
    )
    if abs(sums.total) > LARGEST_TOTAL:
        raise InvoiceRefused(f"The invoice comes to more than {LARGEST_TOTAL:,}.")
    invoice.subtotal, invoice.tax_total, invoice.total = sums.subtotal, sums.tax, sums.total
