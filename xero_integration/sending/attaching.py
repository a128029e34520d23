"""The PDF of an invoice, attached to it in Xero where the business chose that.

A row of its own, after the invoice. The file is drawn when it is sent; one of the same name
overwrites the one before, so sending it again is harmless and needs no look-up.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.text import slugify

from invoices.document.content import content_of
from invoices.document.pdf import pdf_of
from invoices.models import Invoice, InvoiceLine
from xero_integration import outbox
from xero_integration.connecting.connect import ATTACHMENTS_NOT_ALLOWED, ATTACHMENTS_SCOPE
from xero_integration.mapping.mappings import Problem
from xero_integration.models import (
    Batch,
    BatchOperation,
    Connection,
    Kind,
    Lane,
    OutboxRow,
)
from xero_integration.payloads import Payload, invoice_digest
from xero_integration.sending.batches import Ready
from xero_integration.sending.judging import Judgement, Nothing, links_of


def queue(connection: Connection, invoice_ids: Collection[UUID]) -> None:
    """Queue the PDFs of invoices that have just arrived, if they are wanted; in a transaction."""
    if not connection.attach_pdf:
        return
    invoices = Invoice.objects.issued().filter(
        business_id=connection.business_id, pk__in=invoice_ids
    )
    labels = dict(invoices.values_list("pk", "number"))
    # A person waits for the invoice itself, and for no file.
    outbox.put(connection, Kind.ATTACHMENT, labels, lane=Lane.BULK)


def is_allowed(connection: Connection) -> bool:
    """Say whether the consent that the connection goes by includes attaching."""
    return connection.token is not None and ATTACHMENTS_SCOPE in connection.token.scopes.split()


def pdf(batch: Batch) -> bytes:
    """Draw the file of a batch, which has one member, on the business's own calendar."""
    member = batch.members.select_related("row").get()
    related = ("business", "contact__business", "pool")
    invoice = Invoice.objects.select_related(*related).get(pk=member.row.object_id)
    with timezone.override(invoice.business.zone):
        return pdf_of(content_of(invoice))


class AttachmentJudge:
    """Judges rows of PDFs; the object is the invoice."""

    def __init__(self, connection: Connection, rows: Iterable[OutboxRow]) -> None:
        ids = [row.object_id for row in rows]
        lines = Prefetch("lines", InvoiceLine.objects.all())
        invoices = Invoice.objects.issued().filter(business_id=connection.business_id)
        self.invoices = invoices.prefetch_related(lines).in_bulk(ids)
        self.links = links_of(connection, Kind.ATTACHMENT, ids)
        self.invoice_links = links_of(connection, Kind.INVOICE, ids)
        self.connection = connection

    def of(self, row: OutboxRow) -> Judgement:
        invoice = self.invoices.get(row.object_id)
        made = self.invoice_links.get(row.object_id)
        if invoice is None or made is None or not self.connection.attach_pdf:
            return Nothing()
        digest = invoice_digest(invoice, list(invoice.lines.all()))
        link = self.links.get(row.object_id)
        if link is not None and link.pushed_digest == digest:
            return Nothing()
        if not is_allowed(self.connection):
            return Problem(
                ATTACHMENTS_NOT_ALLOWED, "Xero has not been asked for permission to attach files."
            )
        body = {"InvoiceID": made.xero_id, "FileName": f"{slugify(invoice.number)}.pdf"}
        payload = Payload(body, digest, {"object": str(invoice.pk)})
        operation = BatchOperation.UPDATE if link else BatchOperation.CREATE
        return Ready(row, operation, payload, invoice.updated_at)
