"""Reading what webhooks spoke of: the events of one organisation, many in one call.

An event says only that a record changed, so any number of events of one record are one question,
and none when the mirror is of a later time already: that is how the echo of our own writes, whose
answer is in the mirror, costs no call.
"""

import datetime as dt
import logging
from collections.abc import Collection, Iterable, Sequence

from django.db.models import Q, QuerySet
from django.utils import timezone

from xero_integration import dispatch, log, webhooks
from xero_integration.client.api import Client
from xero_integration.client.errors import XeroError
from xero_integration.models import (
    OPEN_EVENTS,
    READ_KINDS,
    Connection,
    ErrorClass,
    EventStatus,
    Kind,
    Lane,
    XeroEvent,
)
from xero_integration.reading import arrivals, readers
from xero_integration.reading.readers import Reader
from xero_integration.sending import batches
from xero_integration.webhooks import KINDS

logger = logging.getLogger(__name__)

# Forty GUIDs make an address of 1.5 kB, well within what servers take.
IDS_IN_A_CALL = 40
# Events looked at together: a whole batch of webhooks, and their repetitions.
LIMIT = 500
# How long the echo of what is being sent just now waits for that to be settled.
SETTLING_SECONDS = 5
# Xero holds events for 31 days too.
KEEP = dt.timedelta(days=31)
CATEGORIES = {kind: category for category, kind in KINDS.items()}
# What waits for more than a retry: the limit's end, or a person's consent. The events stay new.
HELD_BACK = {ErrorClass.RATE_LIMITED, ErrorClass.CONNECTION_LOST}
UNEXPECTED = "Something unexpected happened while reading."


def take(connection_id: int) -> None:
    """Read what the waiting events of one organisation are about."""
    connection = callable_connections().filter(pk=connection_id).first()
    if connection is None:
        return
    for kind in READ_KINDS:
        with readers.hold(connection, kind) as reader:
            if reader is not None:
                _take_kind(connection, kind, reader)
        if reader is not None:
            look_again(connection, kind)


def look_again(connection: Connection, kind: Kind) -> None:
    """Queue what is still to be read; to be called by whoever held the reading and let it go.

    Events that came in meanwhile had a task that found the reading held, and gave up.
    """
    new = due().filter(connection=connection, category=CATEGORIES[kind])
    if new.filter(status=EventStatus.RECEIVED).exists():
        dispatch.take_events(connection.pk, countdown=dispatch.EVENTS_COUNTDOWN)


def callable_connections() -> QuerySet[Connection]:
    """Connections that may be read now: neither lost nor told to wait."""
    now = timezone.now()
    free = Q(paused_until=None) | Q(paused_until__lte=now)
    return Connection.objects.active().filter(free).exclude(token=None)


def due() -> QuerySet[XeroEvent]:
    return XeroEvent.objects.filter(status__in=OPEN_EVENTS, not_before__lte=timezone.now())


def waiting_for(connection: Connection, kind: Kind, xero_ids: Iterable[str]) -> set[str]:
    """Return those of `xero_ids` that an open event has read anyway."""
    waiting = XeroEvent.objects.filter(
        connection=connection,
        category=CATEGORIES[kind],
        status__in=OPEN_EVENTS,
        resource_id__in=list(xero_ids),
    )
    return set(waiting.values_list("resource_id", flat=True))


def wake() -> int:
    """Queue what waits: events whose message was lost, or whose last try failed."""
    waiting = due().filter(connection__in=callable_connections())
    ids = list(waiting.values_list("connection_id", flat=True).order_by().distinct()[:LIMIT])
    for connection_id in ids:
        dispatch.take_events(connection_id)
    return len(ids)


def replay(events: QuerySet[XeroEvent]) -> int:
    """Have events read anew, whatever became of them; those of nobody stay as they are."""
    again = events.exclude(connection=None)
    connections = set(again.values_list("connection_id", flat=True))
    count = again.update(
        status=EventStatus.RECEIVED, not_before=timezone.now(), message="", finished_at=None
    )
    for connection_id in connections:
        dispatch.take_events(connection_id)
    return count


def forget() -> int:
    """Drop events that were dealt with, a month after they came."""
    old = XeroEvent.objects.filter(received_at__lt=timezone.now() - KEEP)
    deleted, _ = old.exclude(status__in=OPEN_EVENTS).delete()
    return deleted


def _take_kind(connection: Connection, kind: Kind, reader: Reader) -> None:
    waiting = due().filter(connection=connection, category=CATEGORIES[kind])
    while not reader.is_out_of_time:
        events = list(waiting.order_by("received_at", "pk")[:LIMIT])
        if not events:
            return
        unknown = _without_known(connection, kind, events)
        asked = sorted({event.resource_id for event in unknown})[:IDS_IN_A_CALL]
        if asked:
            chosen = [event for event in unknown if event.resource_id in asked]
            if not _ask(connection, kind, chosen):
                return
        reader.keep()


def _without_known(
    connection: Connection, kind: Kind, events: Sequence[XeroEvent]
) -> list[XeroEvent]:
    """Settle what needs no call: what the mirror knows. Put off what is being sent just now."""
    known = arrivals.mirrored(connection, kind, {event.resource_id for event in events})
    echoes: list[XeroEvent] = []
    left: list[XeroEvent] = []
    for event in events:
        row = known.get(event.resource_id)
        over = webhooks.latest(event.occurred_at)
        is_known = row is not None and row.updated_at and row.updated_at >= over
        (echoes if is_known else left).append(event)
    _finish(echoes, EventStatus.ECHO)
    sent = arrivals.being_sent(connection, kind).xero_ids
    _put_off([event for event in left if event.resource_id in sent])
    return [event for event in left if event.resource_id not in sent]


def _ask(connection: Connection, kind: Kind, events: Sequence[XeroEvent]) -> bool:
    """Read the records of `events`, at most a call's worth; False when Xero was not to be had."""
    ids = sorted({event.resource_id for event in events})
    try:
        # In bulk: nobody waits for it here, and a sync's echoes must not hold up people.
        with Client(connection, lane=Lane.BULK) as client:
            page = arrivals.read(client, kind, i_ds=ids, page=1, page_size=len(ids))
            # Asked after the call: what it shows of a write under way is told by that write.
            sent = arrivals.being_sent(connection, kind)
            settled = [row for row in page.rows if not sent.includes(row)]
            taken = arrivals.take_in(client, kind, settled)
    except XeroError as error:
        _fail(events, error)
        return False
    odd = page.odd | taken.odd
    _fail([one for one in events if one.resource_id in odd], None)
    rest = [one for one in events if one.resource_id not in odd]
    found = {row.xero_id for row in page.rows}
    _conclude(rest, changed=taken.changed, settled=settled, found=found)
    return True


def _conclude(
    events: Sequence[XeroEvent],
    *,
    changed: Collection[str],
    settled: Iterable[arrivals.Row],
    found: Collection[str],
) -> None:
    known = {row.xero_id for row in settled}
    of = {
        EventStatus.DONE: [one for one in events if one.resource_id in changed],
        EventStatus.ECHO: [one for one in events if one.resource_id in known - set(changed)],
    }
    for status, those in of.items():
        _finish(those, status)
    _put_off([one for one in events if one.resource_id in set(found) - known])
    missing = [one for one in events if one.resource_id not in found]
    _finish(missing, EventStatus.IGNORED, message="Xero has no such record.")


def _finish(events: Sequence[XeroEvent], status: EventStatus, *, message: str = "") -> None:
    _rows(events).update(status=status, message=message, finished_at=timezone.now())


def _put_off(events: Sequence[XeroEvent]) -> None:
    later = timezone.now() + dt.timedelta(seconds=SETTLING_SECONDS)
    _rows(events).update(not_before=later)


def _fail(events: Sequence[XeroEvent], error: XeroError | None) -> None:
    """Leave events for the next round of the sweep, or for when Xero may be called again.

    Without an error it is the record that is odd.
    """
    if not events:
        return
    attempts = max(event.attempts for event in events) + 1
    held_back = error is not None and error.error_class in HELD_BACK
    asked_for = error.retry_after if error else None
    seconds = asked_for or (0 if held_back else batches.backoff(attempts))
    _rows(events).update(
        status=EventStatus.RECEIVED if held_back else EventStatus.FAILED,
        message=error.message if error else UNEXPECTED,
        attempts=attempts,
        not_before=timezone.now() + dt.timedelta(seconds=seconds),
    )
    log.event(logger, "events-failed", count=len(events), code=error.code if error else "odd")


def _rows(events: Iterable[XeroEvent]) -> QuerySet[XeroEvent]:
    """Return those still open."""
    return XeroEvent.objects.filter(pk__in=[event.pk for event in events], status__in=OPEN_EVENTS)
