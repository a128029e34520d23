"""What follows when a credit note has reached Xero: it is set against its invoice, once.

Within the transaction that settles it.
"""

from collections.abc import Collection
from uuid import UUID

from invoices.models import CreditNote, Payment
from xero_integration import outbox
from xero_integration.models import Connection, Kind, Lane, Link
from xero_integration.payments import receipts, same_money


def queue(connection: Connection, note_ids: Collection[UUID]) -> dict[UUID, str]:
    """Queue setting these notes against their invoices; return which, by the payment's key."""
    notes = CreditNote.objects.filter(business_id=connection.business_id, pk__in=note_ids)
    # Of money that was given back there is no payment here: that is paid out (`refunding`).
    standing = notes.filter(payment__isnull=False, payment__reversed_at=None)
    labels = dict(standing.values_list("payment_id", "number"))
    outbox.put(connection, Kind.ALLOCATION, labels, lane=Lane.INTERACTIVE)
    return labels


def arrived(connection: Connection, payment_ids: Collection[UUID]) -> None:
    """Link the payments to what the invoices in Xero then show, so that nothing comes back."""
    payments = Payment.objects.filter(business_id=connection.business_id, pk__in=payment_ids)
    current = Link.objects.current().filter(connection=connection)
    linked = current.filter(kind=Kind.PAYMENT, object_id__in=payment_ids)
    new = payments.exclude(pk__in=linked.values("object_id"))
    for payment in new.select_related("credit_note", "invoice"):
        note = current.get(kind=Kind.CREDIT_NOTE, object_id=payment.credit_note.pk)
        invoice = current.get(kind=Kind.INVOICE, object_id=payment.invoice_id)
        xero_id = receipts.credit_id(note.xero_id, invoice.xero_id)
        same_money.link(connection, payment, xero_id)
