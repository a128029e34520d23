"""Rows that wait for another record, or for its cause to be mended: what lets them go.

A change that mends something calls the one function for it, within its own transaction; the sweep
finds what nobody called for.
"""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from contacts.models import Contact
from invoices.models import CreditNote, Invoice, InvoiceStatus, Payment
from xero_integration import dispatch
from xero_integration.models import Connection, Kind, Lane, Link, OutboxRow, OutboxStatus
from xero_integration.outbox import locked, retry, wait_again

# What Xero says of a contact that was archived or merged into another one there.
OUT_OF_USE = ("contact_archived", "contact_merged")


def not_ready(connection: Connection, codes: Collection[str]) -> int:
    """Send what was parked for one of `codes`: its cause is mended. Returns how many wait now."""
    rows = connection.outbox.filter(status=OutboxStatus.PARKED, error_code__in=codes)
    return wait_again(rows, (OutboxStatus.PARKED,))


def card_money(connection: Connection) -> int:
    """Send all of a card processor's money that waits for a person: its accounts were chosen."""
    kinds = (Kind.REFUND, Kind.MOVEMENT, Kind.BILL, Kind.BILL_PAYMENT, Kind.TRANSFER)
    rows = connection.outbox.filter(status=OutboxStatus.PARKED, kind__in=kinds)
    return wait_again(rows, (OutboxStatus.PARKED,))


def of_contacts(connection: Connection, contact_ids: Collection[UUID]) -> int:
    """Send what Xero refused while these were out of use there: the contacts, their invoices."""
    refused = connection.outbox.filter(status=OutboxStatus.PARKED, error_code__in=OUT_OF_USE)
    if not refused.exists():
        return 0
    invoices = Invoice.objects.filter(
        business_id=connection.business_id, contact_id__in=contact_ids
    )
    objects = [*contact_ids, *invoices.values_list("pk", flat=True)]
    return retry(refused.filter(object_id__in=objects), by=None)


def invoices_of(connection: Connection, contact_ids: Collection[UUID]) -> int:
    """Send the invoices that waited for these contacts to be linked; within a transaction."""
    invoices = Invoice.objects.filter(
        business_id=connection.business_id, contact_id__in=contact_ids
    ).exclude(status=InvoiceStatus.DRAFT)
    if not invoices.exists():
        return 0
    waiting = connection.outbox.filter(kind=Kind.INVOICE, object_id__in=invoices.values("pk"))
    return _requeue(connection, waiting, codes=("contact_not_linked",))


def payments_of(connection: Connection, invoice_ids: Collection[UUID]) -> int:
    """Send the payments that waited for these invoices to be in Xero; within a transaction."""
    payments = Payment.objects.filter(
        business_id=connection.business_id, invoice_id__in=invoice_ids
    )
    if not payments.exists():
        return 0
    waiting = connection.outbox.filter(kind=Kind.PAYMENT, object_id__in=payments.values("pk"))
    locked(waiting)
    # Set aside while their invoice was to stay out of Xero, which somebody has thought better of.
    links = Link.objects.filter(connection=connection, kind=Kind.PAYMENT)
    unsent = payments.standing().exclude(pk__in=links.values("object_id"))
    aside = waiting.filter(status=OutboxStatus.DONE, object_id__in=unsent.values("pk"))
    let_in = wait_again(aside, (OutboxStatus.DONE,))
    codes = ("invoice_not_sent", "payment_not_approved")
    credits = connection.outbox.filter(kind=Kind.ALLOCATION, object_id__in=payments.values("pk"))
    let_in += _requeue(connection, credits, codes=codes)
    return let_in + _requeue(connection, waiting, codes=codes)


def credit_notes_of(connection: Connection, invoice_ids: Collection[UUID]) -> int:
    """Send the credit notes that waited for these invoices to be in Xero; within a transaction."""
    notes = CreditNote.objects.filter(
        business_id=connection.business_id, invoice_id__in=invoice_ids
    )
    links = Link.objects.filter(connection=connection, kind=Kind.CREDIT_NOTE)
    unsent = notes.exclude(pk__in=links.values("object_id"))
    if not unsent.exists():
        return 0
    waiting = connection.outbox.filter(kind=Kind.CREDIT_NOTE, object_id__in=unsent.values("pk"))
    locked(waiting)
    let_in = wait_again(waiting.filter(status=OutboxStatus.DONE), (OutboxStatus.DONE,))
    return let_in + _requeue(connection, waiting, codes=("invoice_not_sent",))


def _requeue(connection: Connection, rows: QuerySet[OutboxRow], *, codes: Collection[str]) -> int:
    """Let rows that waited for another record go now, also those parked for it (`codes`)."""
    locked(rows)
    woken = rows.filter(status=OutboxStatus.WAITING).update(not_before=timezone.now())
    for lane in Lane if woken else ():
        dispatch.drain_on_commit(connection, lane=lane)
    parked = rows.filter(status=OutboxStatus.PARKED, error_code__in=codes)
    return wait_again(parked, (OutboxStatus.PARKED,))


def namesakes_of(connection: Connection, contact_ids: Collection[UUID]) -> None:
    """Let contacts that waited for these to have their name in Xero go on; within a transaction."""
    # What Xero could not take just now has been tried, and waits for its own time.
    waiting = connection.outbox.filter(
        kind=Kind.CONTACT,
        status=OutboxStatus.WAITING,
        attempts=0,
        not_before__gt=timezone.now(),
    )
    # Hardly ever is there one, and names are dear to compare.
    if not waiting.exists():
        return
    ours = Contact.objects.filter(business_id=connection.business_id).annotate(small=Lower("name"))
    names = ours.filter(pk__in=contact_ids).values("small")
    alike = ours.filter(small__in=names).exclude(pk__in=contact_ids)
    waiting = waiting.filter(object_id__in=alike.values("pk"))
    lanes = set(waiting.values_list("lane", flat=True))
    locked(waiting)
    waiting.update(not_before=timezone.now())
    for lane in lanes:
        dispatch.drain_on_commit(connection, lane=Lane(lane))
