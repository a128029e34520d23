"""What a change of ours means for Xero: which objects are queued, and which need not be.

An object whose payload equals what Xero last got is not queued, unless something of it is still
under way: then going back to the old state is news as well.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch

from businesses.models import Business
from contacts.models import Contact
from invoices.models import (
    CreditNote,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    MoneyMovement,
    MovementKind,
    Payment,
    PaymentMethod,
)
from pooltrackr.lib.chunks import chunks
from xero_integration import outbox
from xero_integration.models import Connection, Job, JobKind, Kind, Lane, Link, LinkChoice
from xero_integration.payloads import contact_digest, invoice_digest, payment_digest
from xero_integration.payments import billing

# Ids in one IN (...): well below the 999 variables that older SQLite allows in a statement.
CHUNK = 300


def contact_changed(contact: Contact) -> None:
    """Queue a contact that somebody just saved."""
    _queue_contacts(contact.business, [contact], lane=Lane.INTERACTIVE)


def contacts_changed(
    business: Business, ids: Collection[UUID], *, lane: Lane = Lane.BULK
) -> dict[UUID, str]:
    """Queue many contacts that posted no signal of their own; return which, with their names."""
    queued: dict[UUID, str] = {}
    for chunk in chunks(ids, CHUNK):
        queued |= _queue_contacts(business, business.contacts.filter(pk__in=chunk), lane=lane)
    return queued


def invoices_changed(
    business: Business, ids: Collection[UUID], *, lane: Lane = Lane.BULK
) -> dict[UUID, str]:
    """Queue those of the invoices that Xero is to have: issued since send-from, or sent before.

    Returns which were queued, with their numbers.
    """
    if not ids:
        return {}
    connection = outbox.current_connection(business)
    if connection is None:
        return {}
    queued: dict[UUID, str] = {}
    for chunk in chunks(ids, CHUNK):
        queued |= _queue_invoices(connection, chunk, lane=lane)
    return queued


def payments_changed(
    business: Business, ids: Collection[UUID], *, lane: Lane = Lane.BULK
) -> dict[UUID, str]:
    """Queue those of the payments that Xero is to have, or to take back; return which."""
    if not ids:
        return {}
    connection = outbox.current_connection(business)
    if connection is None:
        return {}
    queued: dict[UUID, str] = {}
    for chunk in chunks(ids, CHUNK):
        queued |= _queue_payments(connection, chunk, lane=lane)
    return queued


def _queue_payments(
    connection: Connection, ids: Collection[UUID], *, lane: Lane
) -> dict[UUID, str]:
    payments = Payment.objects.filter(business_id=connection.business_id, pk__in=ids)
    held = _known(connection, Kind.PAYMENT, ids)
    wanted = {
        payment.pk: f"{payment.invoice.number}, {payment.amount:,}"
        for payment in payments.exclude(method=PaymentMethod.CREDIT).select_related("invoice")
        if held.differs(payment.pk, payment_digest(payment))
        # One that Xero never had and that was taken back here stays out.
        and (held.concerns(payment.pk) or not payment.is_reversed)
    }
    outbox.put(connection, Kind.PAYMENT, wanted, lane=lane)
    return wanted


def credit_notes_changed(
    business: Business, ids: Collection[UUID], *, lane: Lane = Lane.BULK
) -> dict[UUID, str]:
    """Queue credit notes that Xero does not have yet; return which. They never change."""
    if not ids:
        return {}
    connection = outbox.current_connection(business)
    if connection is None:
        return {}
    held = _known(connection, Kind.CREDIT_NOTE, ids)
    notes = CreditNote.objects.filter(business=business, pk__in=ids)
    wanted = {note.pk: note.number for note in notes if not held.digests.get(note.pk)}
    outbox.put(connection, Kind.CREDIT_NOTE, wanted, lane=lane)
    return wanted


def movements_changed(
    business: Business, ids: Collection[UUID], *, lane: Lane = Lane.BULK
) -> dict[UUID, str]:
    """Queue money movements that Xero does not have yet; return which. They never change."""
    if not ids:
        return {}
    connection = outbox.current_connection(business)
    if connection is None:
        return {}
    found = MoneyMovement.objects.filter(business=business, pk__in=ids)
    payouts = found.filter(kind=MovementKind.PAYOUT)
    wanted: dict[UUID, str] = {}
    for kind, rows in (
        (billing.form_of(connection), found.exclude(kind=MovementKind.PAYOUT)),
        (Kind.TRANSFER, payouts),
    ):
        held = _known(connection, kind, [row.pk for row in rows])
        labels = {row.pk: _label(row) for row in rows if row.pk not in held.digests}
        outbox.put(connection, kind, labels, lane=lane)
        wanted |= labels
    return wanted


def _label(movement: MoneyMovement) -> str:
    return f"{movement.get_kind_display()}, {movement.amount:,}"


def _queue_contacts(
    business: Business, contacts: Iterable[Contact], *, lane: Lane
) -> dict[UUID, str]:
    connection = outbox.current_connection(business)
    if connection is None:
        return {}
    ours = [contact for contact in contacts if contact.merged_into_id is None]
    held = _known(connection, Kind.CONTACT, [contact.pk for contact in ours])
    wanted = {
        contact.pk: contact.name
        for contact in ours
        if held.differs(contact.pk, contact_digest(contact))
        # One that Xero never had and that is out of use here stays out.
        and (held.concerns(contact.pk) or not contact.is_archived)
    }
    with transaction.atomic():
        _join_link_list(connection, [pk for pk in wanted if pk not in held.digests])
        outbox.put(connection, Kind.CONTACT, wanted, lane=lane)
    return wanted


def _join_link_list(connection: Connection, contact_ids: Collection[UUID]) -> None:
    """Contacts made while the wizard runs are chosen there like the others."""
    if outbox.is_open(connection, Kind.CONTACT) or not _has_link_list(connection):
        return
    LinkChoice.objects.bulk_create(
        [
            LinkChoice(
                business_id=connection.business_id, connection=connection, contact_id=contact_id
            )
            for contact_id in contact_ids
        ],
        ignore_conflicts=True,
    )


def _has_link_list(connection: Connection) -> bool:
    suggested = Job.objects.filter(connection=connection, kind=JobKind.SUGGEST)
    return connection.link_choices.exists() or suggested.exists()


def _queue_invoices(
    connection: Connection, ids: Collection[UUID], *, lane: Lane
) -> dict[UUID, str]:
    lines = Prefetch("lines", InvoiceLine.objects.all())
    invoices = Invoice.objects.filter(business_id=connection.business_id, pk__in=ids)
    held = _known(connection, Kind.INVOICE, ids)
    wanted = {
        invoice.pk: invoice.number
        for invoice in invoices.exclude(status=InvoiceStatus.DRAFT).prefetch_related(lines)
        if _is_for_xero(connection, invoice, held)
        and held.differs(invoice.pk, invoice_digest(invoice, list(invoice.lines.all())))
    }
    outbox.put(connection, Kind.INVOICE, wanted, lane=lane)
    return wanted


def _is_for_xero(connection: Connection, invoice: Invoice, held: "_Known") -> bool:
    if held.concerns(invoice.pk):
        return True
    return invoice.status == InvoiceStatus.ISSUED and invoice.date >= connection.send_from


class _Known:
    """What Xero has of some objects (`digests`), and which of them are under way."""

    def __init__(self, digests: dict[UUID, str], under_way: set[UUID]) -> None:
        self.digests = digests
        self.under_way = under_way

    def concerns(self, object_id: UUID) -> bool:
        """Say whether Xero has it, or it is on its way there or with a person."""
        return object_id in self.digests or object_id in self.under_way

    def differs(self, object_id: UUID, digest: str) -> bool:
        return object_id in self.under_way or self.digests.get(object_id) != digest


def _known(connection: Connection, kind: Kind, ids: Collection[UUID]) -> _Known:
    links = Link.objects.current().filter(connection=connection, kind=kind, object_id__in=ids)
    rows = connection.outbox.filter(kind=kind, object_id__in=ids, status__in=outbox.OPEN)
    return _Known(
        dict(links.values_list("object_id", "pushed_digest")),
        set(rows.values_list("object_id", flat=True)),
    )
