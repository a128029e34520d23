"""Changes that nobody noted for Xero: a signal was missed, a message lost, a connection away.

Asked of the database alone: each object that changed after it was last compared with what Xero has,
and each that no link and no outbox row knows.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from contacts.models import Contact
from invoices.models import (
    CreditNote,
    Invoice,
    InvoiceStatus,
    MoneyMovement,
    Payment,
    PaymentMethod,
)
from xero_integration import changes, log, outbox
from xero_integration.models import Action, Connection, Kind, Link, OutboxStatus

Objects = (
    QuerySet[Contact]
    | QuerySet[Invoice]
    | QuerySet[Payment]
    | QuerySet[CreditNote]
    | QuerySet[MoneyMovement]
)
# Fields and values that objects are filtered by: those of late, or all.
Which = Mapping[str, Any]

# Objects of one kind found for one organisation in one round.
LIMIT = 500
# What people read in their log.
NOT_NOTED = "A change of it had not been noted for Xero; it goes now."
# Rows that are on their way, with a person, or left out: to queue them again would change nothing.
HEARD = (*outbox.OPEN, OutboxStatus.EXCLUDED)
QUEUE = {
    Kind.CONTACT: changes.contacts_changed,
    Kind.INVOICE: changes.invoices_changed,
    Kind.PAYMENT: changes.payments_changed,
    Kind.CREDIT_NOTE: changes.credit_notes_changed,
    Kind.MOVEMENT: changes.movements_changed,
}


@dataclass(frozen=True)
class Missed:
    """Objects of one kind: those that Xero has otherwise, with when they changed, and new ones."""

    kind: Kind
    new: Collection[UUID]
    behind: Mapping[UUID, dt.datetime] = field(default_factory=dict)


def find(connection: Connection, *, since: dt.datetime | None = None, tells: bool = False) -> int:
    """Queue objects that Xero's state is behind of; return how many were looked at.

    With `since` only those changed from then on; with `tells` what was queued is written in the
    business's log: somebody should have heard of it before.
    """
    which = {} if since is None else {"updated_at__gte": since}
    return sum(_queue(connection, one, tells=tells) for one in _all_missed(connection, which))


def changed_since(connections: QuerySet[Connection], since: dt.datetime) -> QuerySet[Connection]:
    """Return those in whose business anything changed: asked once for all, not of each."""
    recent = {"business": OuterRef("business_id"), "updated_at__gte": since}
    # A payment or a credit note changes its invoice too.
    kinds = (Contact.objects, Invoice.objects, MoneyMovement.objects)
    anything = Q(pk__in=[])
    for objects in kinds:
        anything |= Q(Exists(objects.filter(**recent)))
    return connections.filter(anything)


def _queue(connection: Connection, missed: Missed, *, tells: bool) -> int:
    ids = [*missed.behind, *missed.new]
    labels = QUEUE[missed.kind](connection.business, ids)
    if tells:
        log.write(
            log.entry(connection, missed.kind, Action.MEND, label, object_id, "", NOT_NOTED)
            for object_id, label in labels.items()
        )
    if missed.behind:
        _mark_checked(connection, missed)
    return len(ids)


def _all_missed(connection: Connection, which: Which) -> Iterator[Missed]:
    yield _contacts(connection, which)
    yield _invoices(connection, which)
    # Before invoices may go, none of what hangs on them may.
    if connection.invoices_open_at is not None:
        yield _payments(connection, which)
        yield _credit_notes(connection, which)
        yield _movements(connection, which)


def _contacts(connection: Connection, which: Which) -> Missed:
    ours = connection.business.contacts.filter(merged_into=None, **which)
    # Older ones had their turn in the wizard.
    new = ours.filter(archived_at=None, created_at__gte=connection.contacts_open_at)
    return Missed(
        Kind.CONTACT,
        new=_never_queued(connection, Kind.CONTACT, new),
        behind=_behind(connection, Kind.CONTACT, ours),
    )


def _invoices(connection: Connection, which: Which) -> Missed:
    ours = connection.business.invoices.filter(**which).exclude(status=InvoiceStatus.DRAFT)
    issued = ours.filter(status=InvoiceStatus.ISSUED, date__gte=connection.send_from)
    is_open = connection.invoices_open_at is not None
    return Missed(
        Kind.INVOICE,
        new=_never_queued(connection, Kind.INVOICE, issued) if is_open else (),
        behind=_behind(connection, Kind.INVOICE, ours),
    )


def _payments(connection: Connection, which: Which) -> Missed:
    ours = connection.business.payments.filter(**which).exclude(method=PaymentMethod.CREDIT)
    new = ours.filter(_is_of_sent(connection), reversed_at=None)
    return Missed(
        Kind.PAYMENT,
        new=_never_queued(connection, Kind.PAYMENT, new),
        behind=_behind(connection, Kind.PAYMENT, ours),
    )


def _credit_notes(connection: Connection, which: Which) -> Missed:
    notes = connection.business.credit_notes.filter(_is_of_sent(connection), **which)
    new = notes.filter(payment__reversed_at=None)
    return Missed(Kind.CREDIT_NOTE, new=_never_queued(connection, Kind.CREDIT_NOTE, new))


def _movements(connection: Connection, which: Which) -> Missed:
    new = connection.business.money_movements.filter(
        date__gte=connection.send_from, credit_note=None, **which
    )
    forms = (Kind.TRANSFER, Kind.BILL)
    return Missed(Kind.MOVEMENT, new=_never_queued(connection, Kind.MOVEMENT, new, or_as=forms))


def _is_of_sent(connection: Connection) -> Exists:
    """Whether the invoice of a payment or credit note is in Xero."""
    sent = Link.objects.current().filter(connection=connection, kind=Kind.INVOICE)
    return Exists(sent.filter(object_id=OuterRef("invoice_id")))


def _behind(
    connection: Connection,
    kind: Kind,
    objects: Objects,
) -> dict[UUID, dt.datetime]:
    """Return linked objects changed since they were last compared with what Xero has, and when.

    And those of which Xero's state is not known, though nothing of them is under way.
    """
    links = Link.objects.current().filter(
        connection=connection, kind=kind, object_id=OuterRef("pk")
    )
    stale = links.filter(Q(checked_at=None) | Q(checked_at__lt=OuterRef("updated_at")))
    # Queued since: on its way, or refused and with a person; to ask again would say so twice.
    rows = connection.outbox.filter(kind=kind, object_id=OuterRef("pk"))
    heard = rows.filter(queued_at__gte=OuterRef("updated_at"))
    unknown = links.filter(pushed_digest="")
    missed = objects.filter(
        Q(Exists(stale), ~Exists(heard))
        | Q(Exists(unknown), ~Exists(rows.filter(status__in=HEARD)))
    )
    return dict(missed.values_list("pk", "updated_at")[:LIMIT])


def _never_queued(
    connection: Connection,
    kind: Kind,
    objects: Objects,
    *,
    or_as: Sequence[Kind] = (),
) -> list[UUID]:
    """Return objects that no link knows, nor any row since their last change.

    Some of them may be there as `or_as` instead.
    """
    kinds = [kind, *or_as]
    rows = connection.outbox.filter(kind__in=kinds, object_id=OuterRef("pk")).filter(
        Q(status__in=HEARD) | Q(queued_at__gte=OuterRef("updated_at"))
    )
    links = Link.objects.filter(connection=connection, kind__in=kinds, object_id=OuterRef("pk"))
    unknown = objects.filter(~Exists(rows), ~Exists(links))
    return list(unknown.values_list("pk", flat=True)[:LIMIT])


def _mark_checked(connection: Connection, missed: Missed) -> None:
    """Note what was compared, as of then, so that the next round asks for what changes after it."""
    current = Link.objects.current().filter(connection=connection, kind=missed.kind)
    links = list(current.filter(object_id__in=list(missed.behind)))
    for link in links:
        link.checked_at = missed.behind[link.object_id]
    Link.objects.bulk_update(links, ["checked_at"], batch_size=200)
