"""Credit notes: what is taken off an issued invoice, line by line, never more than is left."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from businesses.models import User
from invoices.errors import InvoiceRefused
from invoices.models import (
    CreditNote,
    CreditNoteLine,
    Invoice,
    InvoiceLine,
    MoneyMovement,
    PaymentMethod,
    TaxMode,
)
from invoices.services.locking import lock
from invoices.services.paying import record_payment
from invoices.totals import LineTotals, Totals, line_tax, totals
from pooltrackr.lib.money import ZERO, rounded


def left_to_credit(invoice: Invoice) -> dict[UUID, Decimal]:
    """Return what is left of each line, as its amounts are given (with or without tax)."""
    left = {line.pk: line.line_amount for line in invoice.lines.all()}
    standing = CreditNoteLine.objects.filter(
        credit_note__invoice=invoice, credit_note__payment__reversed_at=None
    )
    for credited in standing.select_related("credit_note__invoice"):
        if credited.invoice_line_id in left:
            left[credited.invoice_line_id] -= _as_invoiced(credited)
    return left


def _as_invoiced(line: CreditNoteLine) -> Decimal:
    """Return what is credited as the invoice's own amounts are given."""
    note = line.credit_note
    has_tax_on_top = note.mode != note.invoice.tax_mode
    return line.amount - line.tax_amount if has_tax_on_top else line.amount


@transaction.atomic
def credit(
    invoice: Invoice,
    *,
    amounts: Mapping[UUID, Decimal],
    date: dt.date,
    reason: str = "",
    by: User | None = None,
    key: uuid.UUID | None = None,
) -> CreditNote:
    """Take `amounts` off the lines of an issued invoice; what is due falls by their total.

    Amounts are in whole cents, given as the line's own, of its sign and at most what is left of
    it; the total is at most what is due. Raises InvoiceRefused otherwise. A second call with the
    same `key` (one for each form shown) returns the first's note.
    """
    lock(invoice)
    if key and (existing := CreditNote.objects.filter(payment=key, invoice=invoice).first()):
        return existing
    lines = _lines(invoice, {pk: amount for pk, amount in amounts.items() if amount})
    sums = _sums(invoice, lines)
    number = _number(invoice)
    payment = record_payment(
        invoice,
        date=date,
        amount=sums.total,
        method=PaymentMethod.CREDIT,
        reference=number,
        by=by,
        key=key,
    )
    note = _note(invoice, sums, number=number, date=date, reason=reason)
    note.payment, note.made_by = payment, by
    return _saved(note, lines)


@transaction.atomic
def credit_refund(invoice: Invoice, refund: MoneyMovement, *, reason: str) -> CreditNote | None:
    """Credit what was given back of the money for an invoice, to the cent and with its tax.

    It is divided among the lines by what is left of each. None where less than that is left: then
    the money was for something else. A second call returns the first's note.
    """
    lock(invoice)
    if existing := CreditNote.objects.filter(refund=refund).first():
        return existing
    mode = TaxMode.NO_TAX if invoice.tax_mode == TaxMode.NO_TAX else TaxMode.INCLUSIVE
    parts = divided(-refund.amount, left_with_tax(invoice))
    if not parts:
        return None
    found = {line.pk: line for line in invoice.lines.select_related("tax_rate", "product")}
    lines = [
        _credited(found[pk], amount, position=position, tax_mode=mode)
        for position, (pk, amount) in enumerate(parts.items())
    ]
    sums = totals((LineTotals(one.amount, one.tax_amount) for one in lines), tax_mode=mode)
    note = _note(invoice, sums, number=_number(invoice), date=refund.date, reason=reason)
    note.refund = refund
    return _saved(note, lines)


def left_with_tax(invoice: Invoice) -> dict[UUID, Decimal]:
    """Return what is left to credit of each line, with its tax in every tax mode."""
    is_on_top = invoice.tax_mode == TaxMode.EXCLUSIVE
    left = {
        line.pk: line.line_amount + (line.tax_amount if is_on_top else ZERO)
        for line in invoice.lines.all()
    }
    standing = CreditNoteLine.objects.filter(
        credit_note__invoice=invoice, credit_note__payment__reversed_at=None
    )
    for one in standing.select_related("credit_note__invoice"):
        on_top = one.tax_amount if one.credit_note.mode == TaxMode.EXCLUSIVE else ZERO
        if one.invoice_line_id in left:
            left[one.invoice_line_id] -= one.amount + on_top
    return left


def divided(amount: Decimal, left: Mapping[UUID, Decimal]) -> dict[UUID, Decimal]:
    """Divide `amount` by what is left of each line, to the cent; nothing where it is more."""
    whole = sum(left.values(), ZERO)
    if not ZERO < amount <= whole:
        return {}
    shares = {pk: rounded(amount * one / whole) for pk, one in left.items()}
    # What rounding leaves over goes to the largest, which feels it least.
    largest = max(left, key=lambda pk: left[pk])
    shares[largest] += amount - sum(shares.values(), ZERO)
    return {pk: share for pk, share in shares.items() if share}


def _note(invoice: Invoice, sums: Totals, *, number: str, date: dt.date, reason: str) -> CreditNote:
    return CreditNote(
        business_id=invoice.business_id,
        invoice=invoice,
        number=number,
        date=date,
        reason=reason,
        subtotal=sums.subtotal,
        tax_total=sums.tax,
        total=sums.total,
    )


def _saved(note: CreditNote, lines: Sequence[CreditNoteLine]) -> CreditNote:
    """Save the note's row, its lines, and the note once more: who hears of it finds all of it."""
    CreditNote.objects.bulk_create([note])
    for line in lines:
        line.credit_note = note
    CreditNoteLine.objects.bulk_create(lines)
    related = ("business", "invoice", "payment", "refund")
    note = CreditNote.objects.select_related(*related).get(pk=note.pk)
    note.save()
    return note


def _lines(invoice: Invoice, amounts: Mapping[UUID, Decimal]) -> list[CreditNoteLine]:
    if not amounts:
        raise InvoiceRefused("Enter what is credited on at least one line.")
    left = left_to_credit(invoice)
    found = {line.pk: line for line in invoice.lines.select_related("tax_rate", "product")}
    if not {*amounts} <= {*found}:
        raise InvoiceRefused("The invoice has changed meanwhile. Open the page anew.")
    return [
        _line(found[pk], amounts[pk], left=left[pk], position=position)
        for position, pk in enumerate(pk for pk in found if pk in amounts)
    ]


def _line(line: InvoiceLine, amount: Decimal, *, left: Decimal, position: int) -> CreditNoteLine:
    if amount != rounded(amount) or amount * left <= 0 or abs(amount) > abs(left):
        raise InvoiceRefused(f"“{line}” has {left:,} left to credit, and this is {amount:,}.")
    return _credited(line, amount, position=position, tax_mode=line.invoice.tax_mode)


def _credited(
    line: InvoiceLine, amount: Decimal, *, position: int, tax_mode: str
) -> CreditNoteLine:
    tax = line_tax(amount, line.tax_rate.percent, tax_mode=tax_mode)
    return CreditNoteLine(
        business_id=line.business_id,
        position=position,
        invoice_line=line,
        product=line.product,
        tax_rate=line.tax_rate,
        description=line.description,
        amount=amount,
        tax_amount=tax,
    )


def _sums(invoice: Invoice, lines: Sequence[CreditNoteLine]) -> Totals:
    sums = totals(
        (LineTotals(line.amount, line.tax_amount) for line in lines), tax_mode=invoice.tax_mode
    )
    if sums.total <= ZERO:
        raise InvoiceRefused("A credit note comes to more than nothing.")
    if invoice.is_issued and sums.total > invoice.amount_due:
        raise InvoiceRefused(
            f"{invoice} has {invoice.amount_due:,} left to pay, and this comes to "
            f"{sums.total:,}. Lower the amounts: what was paid is refunded, not credited."
        )
    return sums


def _number(invoice: Invoice) -> str:
    """Return the invoice's own number with CN- before it, and a count from the second one on.

    The invoice is locked, so no two notes of it get one number.
    """
    first = f"CN-{invoice.number}"
    count = CreditNote.objects.filter(invoice=invoice).count()
    taken = set(
        CreditNote.objects.filter(
            business_id=invoice.business_id, number__startswith=first
        ).values_list("number", flat=True)
    )
    number = first if not count else f"{first}-{count + 1}"
    while number in taken:
        count += 1
        number = f"{first}-{count + 1}"
    return number
