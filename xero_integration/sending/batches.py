"""Batches: one call to Xero, written down with body and key before it is made.

Every change of a batch asks for the lease, so a worker that was too slow changes nothing. What a
batch says of its rows (waiting again, parked, done) is written in the same transaction.
"""

import datetime as dt
import hashlib
import json
import random
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from pooltrackr.lib import bulk
from pooltrackr.lib.backoff import delay
from xero_integration import outbox
from xero_integration.client.errors import XeroError
from xero_integration.models import (
    OPEN_BATCHES,
    Batch,
    BatchMember,
    BatchOperation,
    BatchStatus,
    Connection,
    ErrorClass,
    Kind,
    Lane,
    OutboxRow,
    OutboxStatus,
)
from xero_integration.payloads import Payload

# Xero's advice: about 50 elements in a call, and less than 3.5 MB (10 MB are refused).
BATCH_SIZE = 50
BATCH_BYTES = 3_500_000
# A backlog is made ready for so many calls at once: what claiming and loading cost is shared.
CALLS_AHEAD = 4
# So many open batches are tried for one that nobody else has just taken.
TRIED = 10
# As long as a call may take its time to be made without anybody wondering.
FRESH_SECONDS = 10.0
# Their address names another record, or the record itself.
ONE_A_CALL = (Kind.ALLOCATION, Kind.ATTACHMENT, Kind.TRANSFER)
COLLECTIONS = {
    Kind.CONTACT: "Contacts",
    Kind.ITEM: "Items",
    Kind.INVOICE: "Invoices",
    Kind.PAYMENT: "Payments",
    Kind.CREDIT_NOTE: "CreditNotes",
    Kind.ALLOCATION: "Allocations",
    Kind.ATTACHMENT: "Attachments",
    Kind.REFUND: "Payments",
    Kind.MOVEMENT: "BankTransactions",
    Kind.BILL: "Invoices",
    Kind.BILL_PAYMENT: "Payments",
    Kind.TRANSFER: "BankTransfers",
}


class LeaseLost(Exception):
    """Another worker holds the batch now: what this one knows no longer counts."""


class Outdated(Exception):
    """A batch that was never sent holds what has changed since: its rows are to go anew."""


@dataclass(frozen=True)
class Ready:
    """A claimed row with what is to be sent of it, as read at `read_at`."""

    row: OutboxRow
    operation: BatchOperation
    payload: Payload
    read_at: dt.datetime


def new_owner() -> str:
    return uuid.uuid4().hex


def most_rows(lane: Lane) -> int:
    """Return how many rows may be claimed together: what a person did goes by itself."""
    return BATCH_SIZE * (CALLS_AHEAD if lane == Lane.BULK else 1)


def lease_until() -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=settings.XERO_LEASE)


def backoff(attempts: int) -> float:
    """Return the seconds before the next try after `attempts` of them."""
    return delay(
        attempts,
        base=settings.XERO_BACKOFF_BASE,
        maximum=settings.XERO_BACKOFF_MAX,
        jitter=random.random(),  # noqa: S311 - spreads retries, protects nothing
    )


# --- making ------------------------------------------------------------------------------------


def write_down(
    connection: Connection, ready: Sequence[Ready], *, kind: Kind, lane: Lane
) -> list[Batch]:
    """Store batches of one operation each, as few as their size allows; the first is held."""
    made: list[Batch] = []
    for operation in BatchOperation:
        of_operation = [one for one in ready if one.operation == operation]
        for group in _in_calls(of_operation, kind=kind):
            batch = _create(
                connection,
                [one.payload.body for one in group],
                kind=kind,
                lane=lane,
                operation=operation,
                owner="" if made else new_owner(),
            )
            bulk.insert(_member(batch, one, place) for place, one in enumerate(group))
            made.append(batch)
    return made


def _in_calls(ready: Sequence[Ready], *, kind: Kind) -> list[list[Ready]]:
    """Return `ready` in parts of one call each.

    Xero takes payments back one by one, and the address of an allocation names its credit note,
    that of a file its invoice.
    """
    is_reversal = bool(ready) and ready[0].operation == BatchOperation.VOID
    if kind in ONE_A_CALL or (kind == Kind.PAYMENT and is_reversal):
        return [[one] for one in ready]
    return _by_size(ready)


def _by_size(ready: Sequence[Ready]) -> list[list[Ready]]:
    """Return `ready` in parts, each of Xero's size; one too large by itself stands alone."""
    parts: list[list[Ready]] = []
    size = 0
    for one in ready:
        more = len(json.dumps(one.payload.body))
        if not parts or size + more > BATCH_BYTES or len(parts[-1]) == BATCH_SIZE:
            parts.append([])
            size = 0
        parts[-1].append(one)
        size += more
    return parts


def _create(
    connection: Connection,
    elements: list[Any],
    *,
    kind: str,
    lane: str,
    operation: str,
    owner: str = "",
) -> Batch:
    body = json.dumps({COLLECTIONS[Kind(kind)]: elements})
    return Batch.objects.create(
        business_id=connection.business_id,
        connection=connection,
        kind=kind,
        operation=operation,
        lane=lane,
        idempotency_key=uuid.uuid4().hex,
        body=body,
        body_digest=hashlib.sha256(body.encode()).hexdigest(),
        lease_owner=owner,
        lease_until=lease_until() if owner else None,
    )


def _member(batch: Batch, ready: Ready, position: int) -> BatchMember:
    return BatchMember(
        business_id=batch.business_id,
        batch=batch,
        row=ready.row,
        position=position,
        generation=ready.row.generation,
        payload_digest=ready.payload.digest,
        expected=ready.payload.expected,
        read_at=ready.read_at,
    )


def elements_of(batch: Batch) -> list[dict[str, Any]]:
    """Return what was sent, by position."""
    elements: list[dict[str, Any]] = json.loads(batch.body)[COLLECTIONS[Kind(batch.kind)]]
    return elements


def open_members(batch: Batch) -> list[BatchMember]:
    return list(batch.members.filter(settled_at=None))


def open_rows(batch: Batch) -> list[OutboxRow]:
    return list(OutboxRow.objects.filter(members__in=batch.members.filter(settled_at=None)))


# --- holding -----------------------------------------------------------------------------------


def _free() -> Q:
    return Q(lease_until=None) | Q(lease_until__lt=timezone.now())


def due(connection: Connection, *, lane: Lane) -> QuerySet[Batch]:
    """Return the open batches that nobody holds and whose time has come."""
    is_due = Q(not_before=None) | Q(not_before__lte=timezone.now())
    return connection.batches.filter(_free(), is_due, status__in=OPEN_BATCHES, lane=lane)


def take_due(connection: Connection, *, lane: Lane) -> Batch | None:
    """Take an open batch that nobody holds and whose time has come: in bulk one of the oldest."""
    if lane == Lane.INTERACTIVE:
        _overtake(connection)
    ready = due(connection, lane=lane).order_by("id")
    oldest = list(ready.values_list("pk", flat=True)[:TRIED])
    if lane == Lane.BULK:
        # Drains side by side would all try the same one first, and wait for each other.
        random.shuffle(oldest)
    for pk in oldest:
        owner = new_owner()
        taken = Batch.objects.filter(_free(), pk=pk, status__in=OPEN_BATCHES).update(
            lease_owner=owner, lease_until=lease_until()
        )
        if taken:
            return connection.batches.get(pk=pk)
    return None


def _overtake(connection: Connection) -> None:
    """Let batches in bulk that were not begun go at once where a person waits for one of theirs."""
    ready = {"lane": Lane.BULK, "status": BatchStatus.PREPARED, "first_sent_at": None}
    wanted = connection.batches.filter(**ready, members__row__lane=Lane.INTERACTIVE)
    # On SQLite an update that finds nothing would still wait for its turn to write.
    if found := set(wanted.values_list("pk", flat=True)):
        now_ready = Batch.objects.filter(pk__in=found, **ready)
        now_ready.update(lane=Lane.INTERACTIVE, not_before=None)


def held(batch: Batch) -> QuerySet[Batch]:
    return Batch.objects.filter(pk=batch.pk, lease_owner=batch.lease_owner, status__in=OPEN_BATCHES)


def change(batch: Batch, **values: Any) -> None:
    """Change a batch that is held. Raises LeaseLost when it no longer is."""
    if not held(batch).update(**values, updated_at=timezone.now()):
        raise LeaseLost
    for name, value in values.items():
        setattr(batch, name, value)


def let_go(batches: Collection[Batch]) -> None:
    """Give up the hold on batches that were not begun."""
    for batch in batches:
        held(batch).update(lease_until=None, updated_at=timezone.now())


def about_to_send(batch: Batch) -> None:
    """Note, before the call, that the key is in use from now on; `postpone` takes it back.

    Raises LeaseLost, and Outdated where what was made ready is no longer what is wanted.
    """
    if batch.first_sent_at is None and _is_outdated(batch):
        raise Outdated
    change(
        batch,
        first_sent_at=batch.first_sent_at or timezone.now(),
        attempts=batch.attempts + 1,
        lease_until=lease_until(),
    )


def _is_outdated(batch: Batch) -> bool:
    """Say whether a batch that was not sent is to be made anew, from what stands now.

    Because something of it was edited, linked or left out; or because it lay for a while and goes
    by more than that: by accounts and rates, or by a look at what stood in Xero.
    """
    is_creation = batch.operation == BatchOperation.CREATE
    lay_for = timezone.now() - batch.created_at
    if lay_for.total_seconds() > FRESH_SECONDS and not (is_creation and batch.kind == Kind.CONTACT):
        return True
    changed = ~Q(row__status=OutboxStatus.IN_FLIGHT) | ~Q(row__generation=F("generation"))
    return batch.members.filter(changed, settled_at=None).exists()


def key_ends(batch: Batch) -> dt.datetime | None:
    """Return when Xero may have forgotten the key: from then on it must not be sent again."""
    if batch.first_sent_at is None:
        return None
    return batch.first_sent_at + dt.timedelta(seconds=settings.XERO_KEY_LIFE)


def key_is_dead(batch: Batch) -> bool:
    end = key_ends(batch)
    return end is not None and timezone.now() > end


def close(batch: Batch, status: BatchStatus, **values: Any) -> None:
    """End a batch. Its body is dropped: the digest stays."""
    now = timezone.now()
    change(
        batch,
        status=status,
        settled_at=now,
        body="",
        lease_until=None,
        **values,
    )


# --- ends other than settling --------------------------------------------------------------------


def unclear(batch: Batch, error: XeroError, *, status: BatchStatus = BatchStatus.UNCLEAR) -> float:
    """Keep the batch for the same key and body (or a look-up) later; return the seconds."""
    seconds = error.retry_after or backoff(batch.attempts)
    change(
        batch,
        status=status,
        http_status=error.status,
        error_message=error.message,
        not_before=timezone.now() + dt.timedelta(seconds=seconds),
        lease_until=None,
    )
    return seconds


def postpone(batch: Batch, *, seconds: float) -> float:
    """Let a batch whose call was not made wait as it is, for whoever comes first; return them."""
    is_unused = batch.attempts == 1
    change(
        batch,
        attempts=batch.attempts - 1,
        first_sent_at=None if is_unused else batch.first_sent_at,
        not_before=timezone.now() + dt.timedelta(seconds=seconds),
        lease_until=None,
    )
    return seconds


def release(batch: Batch, error: XeroError) -> float:
    """Give the rows of a batch that did nothing in Xero back; return the seconds to wait.

    They wait with whatever is newest then. A limit or a lost connection is not the rows' fault
    and costs them no time: the connection itself is held back.
    """
    is_ours = error.error_class in (ErrorClass.RATE_LIMITED, ErrorClass.CONNECTION_LOST)
    with transaction.atomic():
        rows = open_rows(batch)
        most = max((row.attempts for row in rows), default=0) + 1
        seconds = 0.0 if is_ours else backoff(most)
        close(
            batch,
            BatchStatus.RELEASED,
            http_status=error.status,
            error_message=error.message,
        )
        wait_again(rows, seconds=seconds, attempts=0 if is_ours else 1)
    return error.retry_after or seconds


def begin_anew(batch: Batch) -> None:
    """Give the rows of a batch back that was never sent: they go with whatever is newest now."""
    with transaction.atomic():
        close(batch, BatchStatus.RELEASED)
        wait_again(open_rows(batch))


def split(batch: Batch) -> None:
    """Put the two halves of a refused batch in its place, each with a key of its own.

    The one bad row is found in as many steps as the batch can be halved; the others go through.
    """
    elements = elements_of(batch)
    members = open_members(batch)
    middle = (len(members) + 1) // 2
    with transaction.atomic():
        close(batch, BatchStatus.SPLIT)
        for half in (members[:middle], members[middle:]):
            child = _create(
                batch.connection,
                [elements[member.position] for member in half],
                kind=batch.kind,
                lane=batch.lane,
                operation=batch.operation,
            )
            for position, member in enumerate(half):
                member.pk, member.batch, member.position = None, child, position
            bulk.insert(half)


def wait_again(rows: Collection[OutboxRow], *, seconds: float = 0, attempts: int = 0) -> None:
    """Let rows in flight wait for another batch; within a transaction."""
    now = timezone.now()
    in_flight = OutboxRow.objects.filter(
        pk__in=[row.pk for row in rows], status=OutboxStatus.IN_FLIGHT
    )
    outbox.locked(in_flight)
    in_flight.update(
        status=OutboxStatus.WAITING,
        not_before=now + dt.timedelta(seconds=seconds),
        attempts=F("attempts") + attempts,
        lease_owner="",
        lease_until=None,
        updated_at=now,
    )
