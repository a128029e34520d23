"""The outbox: the wish that an object stand in Xero as it stands here.

Enqueueing is one or two statements in the caller's transaction and does no I/O; a drain is queued
on commit. It never calls Xero and never looks at payloads.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from businesses.models import Business, User
from invoices.models import Invoice, InvoiceStatus, Payment, PaymentMethod
from pooltrackr.lib.chunks import chunks
from xero_integration import dispatch, log
from xero_integration.models import (
    Action,
    Connection,
    Kind,
    Lane,
    Link,
    OutboxRow,
    OutboxStatus,
    Outcome,
)

# SQLite takes some hundred parameters in one IN (...).
CHUNK = 500
LABEL_LIMIT = 255
OPEN = (OutboxStatus.WAITING, OutboxStatus.IN_FLIGHT, OutboxStatus.PARKED)
NO_ERROR: Mapping[str, str] = {
    "error_class": "",
    "error_code": "",
    "error_message": "",
    "proposed_name": "",
}
# Rows looked at for which kinds there are.
SAMPLE = 200

GATES = {
    Kind.CONTACT: "contacts_open_at",
    # Its account and tax are those of the mapping.
    Kind.ITEM: "invoices_open_at",
    Kind.INVOICE: "invoices_open_at",
    Kind.PAYMENT: "invoices_open_at",
    Kind.CREDIT_NOTE: "invoices_open_at",
    Kind.ALLOCATION: "invoices_open_at",
    Kind.ATTACHMENT: "invoices_open_at",
    Kind.REFUND: "invoices_open_at",
    Kind.MOVEMENT: "invoices_open_at",
    Kind.BILL: "invoices_open_at",
    Kind.BILL_PAYMENT: "invoices_open_at",
    Kind.TRANSFER: "invoices_open_at",
}


def current_connection(business: Business) -> Connection | None:
    """Return the connection of `business` that is not disconnected, if there is one."""
    return Connection.objects.current().filter(business=business).first()


def is_open(connection: Connection, kind: Kind | str) -> bool:
    """Say whether the wizard lets rows of `kind` go (design: rows are held until then)."""
    return getattr(connection, GATES[Kind(kind)]) is not None


def locked(rows: QuerySet[OutboxRow]) -> list[int]:
    """Lock rows in the order of their keys and return the keys; within a transaction.

    Whoever changes many rows takes them in this order, so that two of them cannot each hold what
    the other waits for. On SQLite the transaction itself is the lock.
    """
    return list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))


# --- writing down the wish ----------------------------------------------------------------------


def enqueue(
    kind: Kind, object_id: UUID, *, business: Business, lane: Lane = Lane.INTERACTIVE, label: str
) -> None:
    """Wish that one object be sent. Without a connection this does nothing."""
    enqueue_many(kind, {object_id: label}, business=business, lane=lane)


def enqueue_many(
    kind: Kind, labels: Mapping[UUID, str], *, business: Business, lane: Lane = Lane.BULK
) -> None:
    """Wish that many objects be sent; `labels` gives each its name or number for the log.

    A row that is there has its generation raised, so that what is in flight is sent again; one
    that needed a person waits anew; one left out of Xero stays so.
    """
    connection = current_connection(business)
    if connection is not None:
        put(connection, Kind(kind), labels, lane=lane)


def put(connection: Connection, kind: Kind, labels: Mapping[UUID, str], *, lane: Lane) -> None:
    """Write the wishes for a connection that is known."""
    if not labels:
        return
    with transaction.atomic():
        for chunk in chunks(labels.items(), CHUNK):
            _upsert(connection, kind, dict(chunk), lane)
        if is_open(connection, kind):
            dispatch.drain_on_commit(connection, lane=lane)


def _upsert(connection: Connection, kind: Kind, labels: Mapping[UUID, str], lane: Lane) -> None:
    now = timezone.now()
    rows = connection.outbox.filter(kind=kind, object_id__in=labels)
    # Locked in order, as `locked` does.
    in_order = rows.order_by("pk").select_for_update()
    held = set(in_order.values_list("object_id", flat=True))
    _raise_generation(rows.filter(object_id__in=held), lane, now)
    missing = {pk: label for pk, label in labels.items() if pk not in held}
    if not missing:
        return
    OutboxRow.objects.bulk_create(
        [_new_row(connection, kind, pk, label, lane, now) for pk, label in missing.items()],
        ignore_conflicts=True,
    )
    # Another transaction may have written such a row meanwhile, for an older state of the object.
    _raise_generation(rows.filter(object_id__in=missing).exclude(queued_at=now), lane, now)


def _new_row(
    connection: Connection, kind: Kind, object_id: UUID, label: str, lane: Lane, now: dt.datetime
) -> OutboxRow:
    return OutboxRow(
        business_id=connection.business_id,
        connection=connection,
        kind=kind,
        object_id=object_id,
        label=label[:LABEL_LIMIT],
        lane=lane,
        queued_at=now,
        not_before=now,
    )


def _raise_generation(rows: QuerySet[OutboxRow], lane: Lane, now: dt.datetime) -> None:
    is_open = Q(status=OutboxStatus.IN_FLIGHT) | Q(status=OutboxStatus.EXCLUDED)
    # What a person just did overtakes; bulk never slows down what is already on its way.
    interactive = Q(lane=Lane.INTERACTIVE, status__in=OPEN)
    rows.update(
        generation=F("generation") + 1,
        queued_at=now,
        not_before=now,
        updated_at=now,
        attempts=0,
        lane=Case(When(interactive, then=Value(Lane.INTERACTIVE)), default=Value(lane)),
        status=Case(When(is_open, then=F("status")), default=Value(OutboxStatus.WAITING)),
        **NO_ERROR,
    )


# --- claiming -----------------------------------------------------------------------------------


def due(connection: Connection, *, kind: Kind, lane: Lane) -> QuerySet[OutboxRow]:
    """Return the rows that may go now, oldest first."""
    now = timezone.now()
    return connection.outbox.filter(
        kind=kind, lane=lane, status=OutboxStatus.WAITING, not_before__lte=now
    ).order_by("not_before", "id")


def is_longer(connection: Connection, number: int, *, lane: Lane) -> bool:
    """Say whether more than `number` rows may go now."""
    return _may_go(connection, lane=lane)[number:].exists()


def kinds_due(connection: Connection, *, lane: Lane) -> list[Kind]:
    """Return the kinds that have rows which may go now, in the order in which they go.

    Asked once, so that none is claimed in vain: each claim is a transaction, and SQLite has one
    writer at a time. Of a long backlog all are named, since to look through it would cost more.
    """
    some = list(_may_go(connection, lane=lane).values_list("kind", flat=True)[:SAMPLE])
    found = set(some) if len(some) < SAMPLE else set(GATES)
    return [kind for kind in Kind if kind in found and is_open(connection, kind)]


def _may_go(connection: Connection, *, lane: Lane) -> QuerySet[OutboxRow]:
    kinds = [kind for kind in GATES if is_open(connection, kind)]
    rows = connection.outbox.filter(kind__in=kinds, lane=lane, status=OutboxStatus.WAITING)
    return rows.filter(not_before__lte=timezone.now())


def claim(connection: Connection, *, kind: Kind, lane: Lane, limit: int) -> list[OutboxRow]:
    """Take up to `limit` due rows, within a transaction.

    The conditional UPDATE decides between workers; rows that one of them is just taking are passed
    over, or those who come second would go away with nothing.
    """
    passing = due(connection, kind=kind, lane=lane).select_for_update(
        skip_locked=database.features.has_select_for_update_skip_locked
    )
    ids = list(passing.values_list("pk", flat=True)[:limit])
    owner = uuid.uuid4().hex
    until = timezone.now() + dt.timedelta(seconds=settings.XERO_LEASE)
    OutboxRow.objects.filter(pk__in=ids, status=OutboxStatus.WAITING).update(
        status=OutboxStatus.IN_FLIGHT, lease_owner=owner, lease_until=until
    )
    claimed = OutboxRow.objects.filter(pk__in=ids, lease_owner=owner)
    return list(claimed.order_by("not_before", "id"))


# --- what people do with rows ------------------------------------------------------------------


def retry(rows: Iterable[OutboxRow], *, by: User | None) -> int:
    """Send parked or left-out rows once more; returns how many now wait."""
    return wait_again(rows, (OutboxStatus.PARKED, OutboxStatus.EXCLUDED))


def exclude(rows: Iterable[OutboxRow], *, by: User | None) -> int:
    """Leave rows out of Xero until somebody retries them; returns how many.

    One in flight cannot be called back: it is left out from then on.
    """
    ids = [row.pk for row in rows]
    changed = OutboxRow.objects.filter(pk__in=ids).exclude(status=OutboxStatus.EXCLUDED)
    with transaction.atomic():
        locked(changed)
        taken = list(changed)
        changed.update(status=OutboxStatus.EXCLUDED, updated_at=timezone.now(), **NO_ERROR)
        log.write(
            log.entry_for(row, action=Action.LEAVE, outcome=Outcome.DONE, batch=None)
            for row in taken
        )
    return len(taken)


def exclude_objects(
    kind: Kind, labels: Mapping[UUID, str], *, connection: Connection, by: User | None
) -> None:
    """Leave objects out of Xero, whether or not they ever waited."""
    with transaction.atomic():
        for chunk in chunks(labels.items(), CHUNK):
            part = dict(chunk)
            _upsert(connection, Kind(kind), part, Lane.BULK)
            exclude(connection.outbox.filter(kind=kind, object_id__in=part), by=by)


def wait_again(rows: Iterable[OutboxRow], statuses: Collection[OutboxStatus]) -> int:
    """Let rows of these statuses wait anew, with no error and no tries; return how many do."""
    now = timezone.now()
    # Only these few columns, and only once: `rows` may be a queryset of thousands.
    found = {row.pk: (row.connection_id, Lane(row.lane)) for row in rows}
    count = 0
    with transaction.atomic():
        for chunk in chunks(found, CHUNK):
            again = OutboxRow.objects.filter(pk__in=chunk, status__in=statuses)
            locked(again)
            count += again.update(
                status=OutboxStatus.WAITING,
                generation=F("generation") + 1,
                not_before=now,
                updated_at=now,
                attempts=0,
                **NO_ERROR,
            )
        for connection in Connection.objects.active().filter(
            pk__in={connection_id for connection_id, _ in found.values()}
        ):
            lanes = {lane for owner, lane in found.values() if owner == connection.pk}
            for lane in lanes:
                dispatch.drain_on_commit(connection, lane=lane)
    return count


# --- gates -------------------------------------------------------------------------------------


def open_contacts(connection: Connection) -> None:
    """Let contacts go to Xero from now on, those that waited first (the sync step)."""
    _open_gate(connection, Kind.CONTACT)


def open_invoices(connection: Connection) -> None:
    """Let invoices go from now on, with all issued since the send-from date."""
    with transaction.atomic():
        _open_gate(connection, Kind.INVOICE)
        enqueue_issued(connection)


def _open_gate(connection: Connection, kind: Kind) -> None:
    name = GATES[kind]
    if not is_open(connection, kind):
        setattr(connection, name, timezone.now())
        connection.save(update_fields=[name, "updated_at"])
    for lane in Lane:
        dispatch.drain_on_commit(connection, lane=lane)


def enqueue_issued(connection: Connection) -> None:
    """Queue what the send-from date now lets in and was never queued. Running twice is harmless."""
    linked = Link.objects.current().filter(connection=connection, kind=Kind.INVOICE)
    queued = connection.outbox.filter(kind=Kind.INVOICE)
    invoices = (
        Invoice.objects.filter(
            business_id=connection.business_id,
            status=InvoiceStatus.ISSUED,
            date__gte=connection.send_from,
        )
        .exclude(pk__in=linked.values("object_id"))
        .exclude(pk__in=queued.exclude(status=OutboxStatus.DONE).values("object_id"))
    )
    labels = dict(invoices.values_list("pk", "number"))
    enqueue_many(Kind.INVOICE, labels, business=connection.business)
    _enqueue_payments(connection)


def _enqueue_payments(connection: Connection) -> None:
    """Queue the payments of invoices that go to Xero and were never queued themselves."""
    linked = Link.objects.filter(connection=connection, kind=Kind.PAYMENT)
    queued = connection.outbox.filter(kind=Kind.PAYMENT)
    payments = (
        Payment.objects.standing()
        .filter(business_id=connection.business_id, invoice__date__gte=connection.send_from)
        .exclude(method=PaymentMethod.CREDIT)
        .exclude(pk__in=linked.values("object_id"))
        .exclude(pk__in=queued.values("object_id"))
    )
    labels = {payment.pk: str(payment) for payment in payments}
    enqueue_many(Kind.PAYMENT, labels, business=connection.business)
