"""The drain: open batches first, then what waits, contacts before invoices, until time is up.

No call is made inside a transaction. What a call did not settle is written down before the next.
"""

import logging
import time
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone

from xero_integration import dispatch, log, outbox
from xero_integration.client import limits
from xero_integration.client.api import Client
from xero_integration.client.errors import Outcome, XeroError
from xero_integration.models import (
    Batch,
    BatchOperation,
    BatchStatus,
    Connection,
    ErrorClass,
    Kind,
    Lane,
)
from xero_integration.reading import chart
from xero_integration.sending import attaching, batches, looking, lookup, prepare, seats, settle
from xero_integration.sending.seats import Seat
from xero_integration.sending.verdicts import Verdict, names_elements

logger = logging.getLogger(__name__)

TOO_LARGE = 413
BAD_REQUEST = 400
NOT_FOUND = 404
# To make calls ready takes a while itself: for less than this it is not begun.
LAY_IN_SECONDS = 0.2
# Creates by PUT, which never overwrites; updates by POST of a collection, each with its id.
METHODS = {
    (Kind.CONTACT, BatchOperation.CREATE): "create_contacts",
    (Kind.CONTACT, BatchOperation.UPDATE): "update_or_create_contacts",
    (Kind.ITEM, BatchOperation.CREATE): "create_items",
    # Of one that was merged here: archived there.
    (Kind.CONTACT, BatchOperation.VOID): "update_or_create_contacts",
    (Kind.INVOICE, BatchOperation.CREATE): "create_invoices",
    (Kind.INVOICE, BatchOperation.UPDATE): "update_or_create_invoices",
    (Kind.INVOICE, BatchOperation.VOID): "update_or_create_invoices",
    (Kind.PAYMENT, BatchOperation.CREATE): "create_payments",
    (Kind.CREDIT_NOTE, BatchOperation.CREATE): "create_credit_notes",
    (Kind.CREDIT_NOTE, BatchOperation.UPDATE): "update_or_create_credit_notes",
    (Kind.REFUND, BatchOperation.CREATE): "create_payments",
    (Kind.BILL, BatchOperation.CREATE): "create_invoices",
    (Kind.BILL_PAYMENT, BatchOperation.CREATE): "create_payments",
    (Kind.MOVEMENT, BatchOperation.CREATE): "create_bank_transactions",
}


class Stopped(Exception):
    """A call failed for now; `seconds` until it is worth another try.

    `is_down`: nothing was answered, so no other call is worth making either.
    """

    def __init__(self, seconds: float, *, is_down: bool = True) -> None:
        super().__init__()
        self.seconds = seconds
        self.is_down = is_down


def drain(connection_id: int, *, lane: Lane) -> None:
    """Send what waits in `lane` of one organisation; hand over to a new task when time is up."""
    seats.arrived(connection_id, lane=lane)
    active = Connection.objects.active().select_related("business")
    connection = active.filter(pk=connection_id).first()
    if connection is None:
        return
    if paused := _pause_left(connection):
        _hand_over(connection, lane, paused)
        return
    seat = seats.take(connection, lane=lane)
    if seat is None:
        return
    wait: float | None = None
    try:
        with Client(connection, lane=lane) as client:
            wait = _work(client, seat)
    except XeroError as error:
        log.event(logger, "drain-stopped", connection=connection.pk, code=error.code)
    finally:
        was_asked = seat.leave()
    if wait is not None or was_asked:
        _hand_over(connection, lane, wait or 0.0)


def _hand_over(connection: Connection, lane: Lane, wait: float) -> None:
    """Queue a drain for later, but no more of them for one time than can work then."""
    if wait <= settings.XERO_LIMIT_PATIENCE or seats.book(connection, lane=lane, seconds=wait):
        dispatch.drain(connection.pk, lane=lane, countdown=wait)


def _call_help(client: Client, seat: Seat) -> None:
    """Have one more drain work on a backlog, where a worker has a thread to spare.

    That one does the same: one after the other, so that no more come than there is work for.
    """
    if client.lane != Lane.BULK or seat.is_last or seats.queued(Lane):
        return
    if _has_more(client, batches.BATCH_SIZE):
        dispatch.drain(client.connection.pk, lane=client.lane)


def _work(client: Client, seat: Seat) -> float | None:
    """Do piece after piece; return the seconds after which a new task should go on, if any.

    Handing over puts this organisation behind the others' tasks, so that none waits for it: when
    its time is up, at once when people's work waits for a thread, and where a limit of Xero's
    leaves nothing to do for longer than a moment.
    """
    deadline = time.monotonic() + settings.XERO_TASK_BUDGET
    failures: list[float] = []
    while time.monotonic() < deadline and seat.keep():
        wait = limits.wait(client.connection, lane=client.lane)
        _lay_in(client, seconds=wait)
        if wait > settings.XERO_LIMIT_PATIENCE:
            return limits.wait(client.connection, lane=client.lane)
        _call_help(client, seat)
        try:
            if not _step(client):
                return min(failures, default=None)
        except Stopped as stopped:
            failures.append(stopped.seconds)
            # One batch that Xero chokes on must not hold up the others; two are an outage.
            if stopped.is_down or len(failures) > 1:
                return max(failures)
        except OperationalError as error:
            # The database's trouble (a deadlock, a lock held too long) is no record's fault: what
            # was held goes on with the same key once its lease ends.
            log.crash(logger, error, connection=client.connection.pk)
            return settings.XERO_BACKOFF_BASE
        if not failures and _is_wanted(client):
            return 0
    return 0


def _lay_in(client: Client, *, seconds: float) -> None:
    """Make the calls of Xero's next minute ready in this one, while `seconds` of it are left.

    Then they go as fast as Xero takes them. What is changed meanwhile is made ready anew.
    """
    is_worth_it = LAY_IN_SECONDS < seconds <= settings.XERO_LIMIT_MINUTE_SECONDS
    if client.lane != Lane.BULK or not is_worth_it:
        return
    until = time.monotonic() + seconds
    while (
        time.monotonic() < until
        and not seats.queued([Lane.INTERACTIVE])
        and batches.due(client.connection, lane=client.lane).count() < settings.XERO_LIMIT_MINUTE
    ):
        if not _lay_in_some(client):
            return


def _lay_in_some(client: Client) -> bool:
    """Write down the next few batches; return whether there were any.

    Only of contacts that are new to Xero: others go by what may change before their turn.
    """
    kind = Kind.CONTACT
    if not outbox.is_open(client.connection, kind):
        return False
    seen, ids = looking.next_up(client, kind)
    if ids:
        return False
    _, made = prepare.prepare(client.connection, kind=kind, lane=client.lane, seen=seen)
    batches.let_go(made[:1])
    return bool(made)


def _is_wanted(client: Client) -> bool:
    """Say whether people's work waits for this thread, and there is more to hand over."""
    return seats.queued([Lane.INTERACTIVE]) > 0 and _has_more(client, 0)


def _has_more(client: Client, number: int) -> bool:
    """Say whether more than `number` rows wait, or calls that were made ready."""
    connection, lane = client.connection, client.lane
    if outbox.is_longer(connection, number, lane=lane):
        return True
    return batches.due(connection, lane=lane).exists()


def _pause_left(connection: Connection) -> float:
    if connection.paused_until is None:
        return 0.0
    return max(0.0, (connection.paused_until - timezone.now()).total_seconds())


def _step(client: Client) -> bool:
    """Do one piece of work; return whether there was any."""
    batch = batches.take_due(client.connection, lane=client.lane)
    if batch is not None:
        _carry_out(client, batch)
        return True
    for kind in outbox.kinds_due(client.connection, lane=client.lane):
        seen = _look_first(client, kind)
        count, made = prepare.prepare(client.connection, kind=kind, lane=client.lane, seen=seen)
        if made:
            _carry_out(client, made[0])
        if count:
            return True
    return False


def _look_first(client: Client, kind: Kind) -> frozenset[UUID] | None:
    try:
        return looking.look_first(client, kind)
    except XeroError as error:
        if error.error_class in (ErrorClass.REJECTED, ErrorClass.UNKNOWN):
            # Not to be looked at: what becomes of each, its own update tells.
            return None
        # Nothing was sent, so nothing is unclear: all of it waits.
        raise Stopped(error.retry_after or batches.backoff(1)) from None


def _carry_out(client: Client, batch: Batch) -> None:
    """Make the call of a batch that this worker holds, and write down what came of it."""
    started = time.monotonic()
    try:
        if batch.status == BatchStatus.LOOK_UP or batches.key_is_dead(batch):
            _look_up(client, batch)
        else:
            _send(client, batch)
    except batches.LeaseLost:
        log.event(logger, "lease-lost", batch=batch.pk)
    except batches.Outdated:
        with suppress(batches.LeaseLost):
            batches.begin_anew(batch)
    except (Stopped, OperationalError):
        raise
    except Exception as error:
        # The one place where a push may fail unforeseen: the rows stop at a person, no loop.
        log.crash(logger, error, batch=batch.pk)
        _park_all(batch, code="unknown", message="", error_class=ErrorClass.UNKNOWN)
    finally:
        ms = round((time.monotonic() - started) * 1000)
        facts = {"kind": batch.kind, "operation": batch.operation, "status": batch.status}
        log.event(logger, "batch", batch=batch.pk, **facts, ms=ms)


def _send(client: Client, batch: Batch) -> None:
    method, args, more = call_of(batch)
    # Before a place among the calls in flight is taken: to write may take as long as a call.
    batches.about_to_send(batch)
    try:
        answer = client.call(
            method,
            *args,
            idempotency_key=batch.idempotency_key,
            # A turn or a refresh may be waited for until the key has died.
            not_after=batches.key_ends(batch),
            **more,
        )
        answer.elements(batches.COLLECTIONS[Kind(batch.kind)])
    except XeroError as error:
        _failed(batch, error)
    else:
        settle.settle(batch, answer.data, status=answer.status, ms=answer.ms)
        chart.learn(batch)
    # A refusal that names its elements may ask for it too; else it waited for the lease's end.
    if batch.status == BatchStatus.LOOK_UP and batch.not_before is None:
        _look_up(client, batch)


def call_of(batch: Batch) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    """Return the SDK's method for a batch, what it is given, and its options."""
    kind, operation = Kind(batch.kind), BatchOperation(batch.operation)
    elements = batches.elements_of(batch)
    if (kind, operation) == (Kind.PAYMENT, BatchOperation.VOID):
        (one,) = elements
        return "delete_payment", (one["PaymentID"], {"Status": one["Status"]}), {}
    more: dict[str, Any] = {"summarize_errors": False}
    if kind == Kind.ALLOCATION:
        (one,) = elements
        credit_note = one["CreditNote"]["CreditNoteID"]
        sent = {name: value for name, value in one.items() if name != "CreditNote"}
        return "create_credit_note_allocation", (credit_note, {"Allocations": [sent]}), more
    if kind == Kind.ATTACHMENT:
        (one,) = elements
        args = (one["InvoiceID"], one["FileName"], attaching.pdf(batch))
        return "create_invoice_attachment_by_file_name", args, {"include_online": True}
    if kind == Kind.TRANSFER:
        return "create_bank_transfer", ({"BankTransfers": elements},), {}
    if kind in (Kind.ITEM, Kind.INVOICE, Kind.CREDIT_NOTE, Kind.BILL):
        more["unitdp"] = 4
    return METHODS[kind, operation], ({batches.COLLECTIONS[kind]: elements},), more


def _look_up(client: Client, batch: Batch) -> None:
    """Let what stands in Xero decide; where it cannot be read now, later."""
    try:
        lookup.look_up(client, batch)
    except XeroError as error:
        if error.error_class in (ErrorClass.REJECTED, ErrorClass.UNKNOWN):
            _park_all(batch, code="unknown", message=error.message, error_class=error.error_class)
            return
        raise _stopped(error, batches.unclear(batch, error, status=BatchStatus.LOOK_UP)) from None


def _failed(batch: Batch, error: XeroError) -> None:
    """Act on a call that failed, by its outcome first and then by its class."""
    seconds = error.retry_after or 0.0
    if _may_wait(error) and seconds <= dispatch.LONGEST_COUNTDOWN:
        raise Stopped(batches.postpone(batch, seconds=seconds))
    if error.code == "key_reused":
        batches.unclear(batch, error, status=BatchStatus.LOOK_UP)
        return
    if error.outcome == Outcome.UNCLEAR:
        raise _stopped(error, batches.unclear(batch, error))
    if error.error_class in (ErrorClass.REJECTED, ErrorClass.UNKNOWN):
        _refused(batch, error)
        return
    # An earlier try of this batch may have been carried out, so its key is kept.
    if batch.status == BatchStatus.UNCLEAR:
        raise _stopped(error, batches.unclear(batch, error))
    raise _stopped(error, batches.release(batch, error))


def _may_wait(error: XeroError) -> bool:
    """Say whether only a limit kept the call from being made."""
    return error.error_class == ErrorClass.RATE_LIMITED and error.outcome == Outcome.NOT_SENT


def _stopped(error: XeroError, seconds: float) -> Stopped:
    is_answered = error.outcome == Outcome.UNCLEAR and error.status is not None
    return Stopped(seconds, is_down=not is_answered)


def _refused(batch: Batch, error: XeroError) -> None:
    """Xero refused the whole call: find the element it is about."""
    if error.status == BAD_REQUEST and names_elements(error.data):
        settle.settle(batch, error.data, status=BAD_REQUEST, ms=0)
    elif _is_about_one(batch, error) and len(batches.open_members(batch)) > 1:
        batches.split(batch)
    else:
        _park_all(batch, code=error.code, message=error.message, error_class=error.error_class)


def _is_about_one(batch: Batch, error: XeroError) -> bool:
    """Say whether the whole call may have been refused for one of its elements."""
    # The address of a creation names nobody: where that is not found, nothing is.
    by_id = error.status == NOT_FOUND and batch.operation != BatchOperation.CREATE
    return by_id or error.status in (BAD_REQUEST, TOO_LARGE)


def _park_all(batch: Batch, *, code: str, message: str, error_class: ErrorClass) -> None:
    members = batches.open_members(batch)
    verdicts = [
        Verdict(member, code=code, message=message, error_class=error_class) for member in members
    ]
    try:
        with transaction.atomic():
            batches.close(batch, BatchStatus.SETTLED, error_message=message)
            settle.apply(batch, verdicts, {})
    except batches.LeaseLost:
        log.event(logger, "lease-lost", batch=batch.pk)
