"""What Xero adds to an invoice's page: what it lets nobody change, and how its money stands."""

import uuid
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse

from businesses.models import Business
from invoices.models import Invoice, Payment
from invoices.registry import PaymentNote
from xero_integration import online
from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    Kind,
    Link,
    OutboxRow,
    OutboxStatus,
)

MONEY_THERE = (
    "It has money or credit on it in Xero, which then changes no amounts and dates and voids "
    "nothing. The lawful ways are a credit note, or a new invoice for what is missing; or take "
    "the payment back first."
)
LOCKED = (
    "It is dated in a period that is closed in Xero, where nothing of it can be changed or voided. "
    "The lawful ways are a credit note or a new invoice of today; or ask your accountant to move "
    "the lock date."
)
MONEY = (Kind.PAYMENT, Kind.REFUND, Kind.MOVEMENT, Kind.BILL_PAYMENT, Kind.TRANSFER)
LEVELS = {
    OutboxStatus.PARKED: "bad",
    OutboxStatus.WAITING: "warn",
    OutboxStatus.IN_FLIGHT: "info",
    OutboxStatus.EXCLUDED: "muted",
}


def current(business: Business) -> Connection | None:
    connections = business.xero_connections.select_related("business")
    return connections.current().first()


def limits(invoice: Invoice) -> list[str]:
    """Say what Xero would refuse of an issued invoice (facts.md 3.2), and what is lawful."""
    connection = current(invoice.business) if invoice.is_issued else None
    link = links.link_for(connection, Kind.INVOICE, invoice.pk) if connection else None
    if connection is None or link is None:
        return []
    row = online.row_of(connection, link)
    found = [MONEY_THERE] if row is not None and row.paid else []
    locks = [connection.period_lock_date, connection.end_of_year_lock_date]
    last = max((lock for lock in locks if lock), default=None)
    return [LOCKED] if last and invoice.date <= last else found


def credit_notice(invoice: Invoice) -> list[str]:
    """Beside “Make credit note”: what becomes of it in Xero."""
    connection = current(invoice.business)
    if connection is None or links.link_for(connection, Kind.INVOICE, invoice.pk) is None:
        return []
    name = connection.organisation_name
    return [f"It is made in {name} in Xero at once, and set against the invoice there."]


def email_panel(invoice: Invoice) -> dict[str, Any] | None:
    """The way to have Xero send it, where Xero would."""
    connection = current(invoice.business)
    link = links.link_for(connection, Kind.INVOICE, invoice.pk) if connection else None
    if connection is None or not online.may_be_sent(connection, link):
        return None
    return {"connection": connection, "key": uuid.uuid4(), "url": online.known_url(link)}


def online_link(invoice: Invoice) -> str:
    connection = current(invoice.business)
    return online.known_url(
        links.link_for(connection, Kind.INVOICE, invoice.pk) if connection else None
    )


# --- payments and credits -------------------------------------------------------------------------


def payment_notes(invoice: Invoice) -> dict[UUID, PaymentNote]:
    """Say of each payment and credit how it stands in Xero. Five queries."""
    connection = current(invoice.business)
    made = links.link_for(connection, Kind.INVOICE, invoice.pk) if connection else None
    if connection is None or made is None:
        return {}
    payments = list(invoice.payments.select_related("credit_note"))
    place = _Place(connection, made, payments)
    found = {payment.pk: place.note(payment) for payment in payments}
    return {key: note for key, note in found.items() if note is not None}


class _Place:
    """What is linked and queued of some payments and their credit notes."""

    def __init__(self, connection: Connection, invoice: Link, payments: Iterable[Payment]) -> None:
        ids = {one.pk for one in payments}
        ids |= {one.credit_note.pk for one in payments if hasattr(one, "credit_note")}
        current = Link.objects.current().filter(connection=connection, object_id__in=ids)
        self.links = {(one.kind, one.object_id): one for one in current}
        rows = connection.outbox.filter(object_id__in=ids)
        self.rows = {(one.kind, one.object_id): one for one in rows}
        self.connection, self.invoice = connection, invoice

    def note(self, payment: Payment) -> PaymentNote | None:
        row = self._row(payment)
        if row is not None and row.status in LEVELS:
            return self._queued(row)
        if (Kind.PAYMENT, payment.pk) not in self.links:
            return None if payment.is_reversed else PaymentNote("Not in Xero", level="muted")
        return PaymentNote("In Xero", level="ok", url=self._url(payment))

    def _row(self, payment: Payment) -> OutboxRow | None:
        """Return what is still under way of it: the note first, then setting it against."""
        if not hasattr(payment, "credit_note"):
            return self.rows.get((Kind.PAYMENT, payment.pk))
        note = self.rows.get((Kind.CREDIT_NOTE, payment.credit_note.pk))
        is_open = note is not None and note.status in LEVELS
        return note if is_open else self.rows.get((Kind.ALLOCATION, payment.pk))

    def _queued(self, row: OutboxRow) -> PaymentNote:
        return _queued(self.connection, row)

    def _url(self, payment: Payment) -> str:
        """A payment is seen on its invoice; a credit note has a page of its own."""
        note = payment.credit_note if hasattr(payment, "credit_note") else None
        made = self.links.get((Kind.CREDIT_NOTE, note.pk)) if note else None
        if made is not None:
            return links.xero_url(self.connection, Kind.CREDIT_NOTE, made.xero_id)
        return links.xero_url(self.connection, Kind.INVOICE, self.invoice.xero_id)


def _queued(connection: Connection, row: OutboxRow) -> PaymentNote:
    status = OutboxStatus(row.status)
    text = f"{status.label}: {row.error_message}".removesuffix(": ")
    queue = reverse("xero:queue", args=[connection.business.slug])
    return PaymentNote(text, level=LEVELS[status], url=queue)


def money_notes(business: Business, keys: Collection[UUID]) -> dict[UUID, PaymentNote]:
    """Say of payments and money movements of any invoice how each stands in Xero."""
    connection = current(business)
    if connection is None:
        return {}
    rows = connection.outbox.filter(kind__in=MONEY, object_id__in=keys)
    notes = {row.object_id: _queued(connection, row) for row in rows if row.status in LEVELS}
    linked = Link.objects.current().filter(
        connection=connection, kind__in=MONEY, object_id__in=keys
    )
    there = set(linked.values_list("object_id", flat=True))
    for key in set(keys) - set(notes):
        in_xero = PaymentNote("In Xero", level="ok")
        notes[key] = in_xero if key in there else PaymentNote("Not in Xero", level="muted")
    return notes


def register(pages: Any) -> None:
    """Join in on the pages of invoices; `pages` is their registry."""
    pages.register_limit("xero", limits)
    pages.register_payment_notes("xero", payment_notes)
    pages.register_money_notes("xero", money_notes)
    pages.register_credit_notice("xero", credit_notice)
    pages.register_online_link("xero", online_link)
    pages.register_email_panel(
        pages.Panel("xero", "xero_integration/_email_panel.html", email_panel)
    )
