"""Credit notes on their way to Xero: made there approved, then set against their invoice.

Those for money that was given back are paid out instead (`refunding`).

Two kinds of rows, since Xero takes two calls: the note itself, found again by its number, and the
allocation, which is queued once the note has arrived and found again on the note. Both come after
the invoice; neither ever changes.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from invoices.models import CreditNote, CreditNoteLine, InvoiceLine, Payment, TaxMode
from xero_integration.mapping import mappings, tracking
from xero_integration.mapping.mappings import Mappings, Problem
from xero_integration.models import (
    BatchOperation,
    Connection,
    Kind,
    Link,
    OutboxRow,
    OutboxStatus,
)
from xero_integration.numbers import payment_reference
from xero_integration.payloads import Payload, digest_of
from xero_integration.sending.batches import Ready
from xero_integration.sending.judging import MOVING, UNAPPROVED, Judgement, Later, Nothing, links_of

Json = dict[str, Any]


class CreditNoteJudge:
    """Judges rows of credit notes; loads what all of them need in a constant number of queries."""

    def __init__(self, connection: Connection, rows: Iterable[OutboxRow]) -> None:
        ids = [row.object_id for row in rows]
        lines = CreditNoteLine.objects.select_related("product__category", "tax_rate")
        notes = CreditNote.objects.filter(business_id=connection.business_id)
        notes = notes.select_related("invoice__pool", "payment", "refund")
        self.notes = notes.prefetch_related(Prefetch("lines", lines)).in_bulk(ids)
        self.links = links_of(connection, Kind.CREDIT_NOTE, ids)
        self.invoices = _Invoices(connection, {one.invoice_id for one in self.notes.values()})
        contacts = {one.invoice.contact_id for one in self.notes.values()}
        self.contact_links = links_of(connection, Kind.CONTACT, contacts)
        self.mappings: Mappings = mappings.resolve(connection)

    def of(self, row: OutboxRow) -> Judgement:
        note = self.notes.get(row.object_id)
        link = self.links.get(row.object_id)
        if note is None or (link is None and note.is_taken_back):
            return Nothing()
        if link is not None and link.pushed_digest:
            return Nothing()
        stop = self.invoices.not_ready(note.invoice_id) or self._problem(note)
        if stop is not None:
            return stop
        payload = self._payload(note, link)
        operation = BatchOperation.UPDATE if link else BatchOperation.CREATE
        return Ready(row, operation, payload, note.updated_at)

    def _problem(self, note: CreditNote) -> Problem | None:
        if not self._contact_id(note):
            return Problem("contact_not_linked", "The contact of the invoice is not linked.")
        lines = [_as_invoice_line(line, note) for line in note.lines.all()]
        found = self.mappings.problems_of(lines, tax_mode=note.mode)
        found += [one for line in lines for one in self.mappings.tracking_problems(line)]
        return next(iter(found), None)

    def _contact_id(self, note: CreditNote) -> str:
        """The contact that the invoice has in Xero: credit is set against its own alone."""
        link = self.contact_links.get(note.invoice.contact_id)
        return self.invoices.contact_of(note.invoice_id) or (link.xero_id if link else "")

    def _payload(self, note: CreditNote, link: Link | None) -> Payload:
        body: Json = {
            "Type": "ACCRECCREDIT",
            **({"CreditNoteID": link.xero_id} if link else {}),
            "CreditNoteNumber": note.number,
            "Contact": {"ContactID": self._contact_id(note)},
            "Date": note.date.isoformat(),
            "LineAmountTypes": str(note.mode),
            "CurrencyCode": note.invoice.currency,
            # Only approved credit can be set against an invoice.
            "Status": "AUTHORISED",
            "Reference": payment_reference(note.pk, note.reason),
            "LineItems": [self._line(line, note) for line in note.lines.all()],
        }
        expected = {"total": str(note.total), "tax": str(note.tax_total), "object": str(note.pk)}
        return Payload(body, digest_of([str(note.pk), str(note.total)]), expected)

    def _line(self, line: CreditNoteLine, note: CreditNote) -> Json:
        as_invoiced = _as_invoice_line(line, note)
        account_id = self.mappings.account_id_for(as_invoiced)
        options = self.mappings.tracking_for(as_invoiced)
        tax_type = self.mappings.tax_type_for(line.tax_rate)
        return {
            "Description": line.description.strip(),
            "Quantity": 1,
            "UnitAmount": float(line.amount),
            "AccountID": account_id,
            "TaxType": "NONE" if note.mode == TaxMode.NO_TAX else tax_type,
            # So that Xero's reports take it off where the invoice put it.
            **({"Tracking": [tracking.as_sent(one) for one in options]} if options else {}),
        }


def _as_invoice_line(line: CreditNoteLine, note: CreditNote) -> InvoiceLine:
    """Return what the mappings ask about: product, rate, and the invoice with its pool."""
    return InvoiceLine(product=line.product, tax_rate=line.tax_rate, invoice=note.invoice)


class AllocationJudge:
    """Judges rows of credit to be set against its invoice; the object is the payment here."""

    def __init__(self, connection: Connection, rows: Iterable[OutboxRow]) -> None:
        ids = [row.object_id for row in rows]
        payments = Payment.objects.filter(business_id=connection.business_id)
        self.payments = payments.select_related("credit_note").in_bulk(ids)
        self.links = links_of(connection, Kind.ALLOCATION, ids)
        notes = {one.credit_note.pk for one in self.payments.values()}
        self.notes = links_of(connection, Kind.CREDIT_NOTE, notes)
        self.invoices = _Invoices(connection, {one.invoice_id for one in self.payments.values()})

    def of(self, row: OutboxRow) -> Judgement:
        payment = self.payments.get(row.object_id)
        if payment is None or payment.is_reversed or row.object_id in self.links:
            return Nothing()
        note = self.notes.get(payment.credit_note.pk)
        if note is None:
            # It is queued again once the note has arrived.
            return Nothing()
        stop = self.invoices.not_ready(payment.invoice_id, approved=True)
        return stop or Ready(
            row, BatchOperation.CREATE, self._payload(payment, note), row.queued_at
        )

    def _payload(self, payment: Payment, note: Link) -> Payload:
        body = {
            "CreditNote": {"CreditNoteID": note.xero_id},
            "Invoice": {"InvoiceID": self.invoices.links[payment.invoice_id].xero_id},
            "Amount": float(payment.amount),
            "Date": payment.date.isoformat(),
        }
        return Payload(body, digest_of(body), {"object": str(payment.pk)})


class _Invoices:
    """The invoices that credit is for, as they stand in Xero."""

    def __init__(self, connection: Connection, ids: set[UUID]) -> None:
        self.links = links_of(connection, Kind.INVOICE, ids)
        there = [link.xero_id for link in self.links.values()]
        mirror = connection.xero_invoices.filter(xero_id__in=there)
        self.mirror = {row.xero_id: row for row in mirror}
        rows = connection.outbox.filter(kind=Kind.INVOICE, object_id__in=ids)
        self.rows = dict(rows.values_list("object_id", "status"))

    def contact_of(self, invoice_id: UUID) -> str:
        link = self.links.get(invoice_id)
        row = self.mirror.get(link.xero_id) if link else None
        return row.contact_xero_id if row else ""

    def not_ready(
        self, invoice_id: UUID, *, approved: bool = False
    ) -> Nothing | Later | Problem | None:
        """Credit goes after its invoice, and is set only against one that is approved."""
        link = self.links.get(invoice_id)
        if link is None:
            return self._without_invoice(invoice_id)
        row = self.mirror.get(link.xero_id)
        status = row.status if row else link.remote.get("status", "")
        if approved and status in UNAPPROVED:
            return Problem("payment_not_approved", "The invoice is not approved in Xero yet.")
        return None

    def _without_invoice(self, invoice_id: UUID) -> Nothing | Later | Problem:
        status = self.rows.get(invoice_id)
        if status in MOVING:
            return Later()
        if status == OutboxStatus.PARKED:
            return Problem("invoice_not_sent", "The invoice of this credit waits for you itself.")
        # Left out by a person, or of before the send-from date: so is its credit.
        return Nothing()
