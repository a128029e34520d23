"""Polling: finds what webhooks missed, by asking for what changed since.

Pages come in the order of their change. After each one `since` moves to the newest it held, which
is where the next begins: page numbers would shift while people work, and a record slip through.
Where one second holds more than a page there is no other way; those pages are read back again.
"""

import datetime as dt
import logging
import math
import random
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from pooltrackr.lib.backoff import delay
from xero_integration import dispatch, log, webhooks
from xero_integration.client.api import Client
from xero_integration.client.errors import XeroError
from xero_integration.jobs import LeaseLost
from xero_integration.models import Connection, Job, JobStatus, Kind, Lane, PullState, XeroEvent
from xero_integration.reading import arrivals, events, readers
from xero_integration.reading.readers import Reader

logger = logging.getLogger(__name__)

# Xero's largest page, of either kind.
PAGE_SIZE = 1000
# Read again each time: what Xero finished writing late, under an earlier time. Twice is harmless.
OVERLAP = dt.timedelta(seconds=10)
# Beyond an even spread, so that those left out by a pause or an outage are made up for.
SLACK = 1.25
NOT_FAILING: Mapping[str, Any] = {
    "failing_since": None,
    "attempts": 0,
    "not_before": None,
    "message": "",
}


def start_due() -> int:
    """Queue polls that are due, spread over the time until the next round; return how many.

    A fair part of them only: all at once would fill Xero's limit for the whole app.
    """
    # A first sync under way reads and writes everything itself, and needs every call there is.
    busy = Job.objects.filter(status__in=(JobStatus.QUEUED, JobStatus.RUNNING))
    active = events.callable_connections().exclude(pk__in=busy.values("connection_id"))
    readers.begin(list(active.filter(pull_states=None)))
    states = PullState.objects.filter(connection__in=active)
    rounds = settings.XERO_POLL_INTERVAL / settings.XERO_POLL_ROUND
    share = math.ceil(states.count() * SLACK / rounds)
    oldest_first = _due().filter(pk__in=states).order_by(F("polled_at").asc(nulls_first=True), "pk")
    ids = list(oldest_first.values_list("pk", flat=True)[:share])
    for number, state_id in enumerate(ids):
        dispatch.poll(state_id, countdown=settings.XERO_POLL_ROUND * number / len(ids))
    return len(ids)


def _due() -> QuerySet[PullState]:
    now = timezone.now()
    before = now - dt.timedelta(seconds=settings.XERO_POLL_INTERVAL)
    may_go = Q(not_before=None) | Q(not_before__lte=now)
    return PullState.objects.filter(may_go, Q(polled_at=None) | Q(polled_at__lte=before))


def poll(state_id: int) -> None:
    """Read what changed of one kind of one organisation, if that is still due."""
    state = _due().filter(pk=state_id).first()
    if state is None:
        return
    connection = events.callable_connections().filter(pk=state.connection_id).first()
    if connection is None:
        return
    kind = Kind(state.kind)
    with readers.hold(connection, kind) as reader:
        if reader is None:
            return
        try:
            with Client(connection, lane=Lane.BULK) as client:
                _read_pages(client, kind, reader)
        except LeaseLost:
            raise
        except XeroError as error:
            _failed(reader, error)
        except Exception as error:
            # The one place where a poll may fail unforeseen: it is told, and tried again later.
            log.crash(logger, error, connection=connection.pk, kind=kind)
            _failed(reader, None)
    events.look_again(connection, kind)


def _failed(reader: Reader, error: XeroError | None) -> None:
    """Put the next try off: longer each time, or by a round where no reading went wrong."""
    state = reader.state
    held_back = error is not None and error.error_class in events.HELD_BACK
    attempts = state.attempts if held_back else state.attempts + 1
    # Even a try that costs no call takes the place of one that would.
    seconds = settings.XERO_POLL_ROUND if held_back else _backoff(attempts)
    told = {} if held_back else {"failing_since": state.failing_since or timezone.now()}
    reader.keep(
        attempts=attempts,
        not_before=timezone.now() + dt.timedelta(seconds=seconds),
        message=error.message if error else events.UNEXPECTED,
        **told,
    )
    log.event(
        logger,
        "poll-failed",
        connection=state.connection_id,
        kind=state.kind,
        code=error.code if error else "unknown",
        attempts=attempts,
        since=state.failing_since and state.failing_since.isoformat(timespec="seconds"),
    )


def _backoff(attempts: int) -> float:
    """Return the seconds to the next try; nobody looks more often than once a round."""
    return delay(
        attempts,
        base=settings.XERO_POLL_ROUND,
        maximum=settings.XERO_BACKOFF_MAX,
        jitter=random.random(),  # noqa: S311 - spreads retries, protects nothing
    )


def _read_pages(client: Client, kind: Kind, reader: Reader) -> None:
    state = reader.state
    since = state.since if state.page > 1 else state.since - OVERLAP
    while not reader.is_out_of_time:
        found = _read_page(client, kind, since, state.page)
        newest = max((row.updated_at for row in found.rows if row.updated_at), default=since)
        is_last = state.page >= found.paging.get("pageCount", 0)
        begin, page = _next_page(since, newest, state.page)
        if is_last or page == 1:
            _read_back(client, kind, reader, since)
        if is_last:
            last = max(newest, state.since)
            reader.keep(since=last, page=1, polled_at=timezone.now(), **NOT_FAILING)
            return
        since = begin
        reader.keep(since=since, page=page, **NOT_FAILING)
    # The rest is due at once: `polled_at` has not moved.


def _read_page(client: Client, kind: Kind, since: dt.datetime, page: int) -> arrivals.Page:
    found = arrivals.read(
        client,
        kind,
        if_modified_since=_http_time(since),
        order="UpdatedDateUTC ASC",
        page=page,
        page_size=PAGE_SIZE,
    )
    _take_in(client, kind, found)
    return found


def _read_back(client: Client, kind: Kind, reader: Reader, since: dt.datetime) -> None:
    """Read the pages before this one again, from the last to the first.

    What was edited since they were read went to the end, and those behind it moved up: one of them
    onto a page that had been read. On the way back they come towards us.
    """
    for page in range(reader.state.page - 1, 0, -1):
        _read_page(client, kind, since, page)
        reader.keep()


def _next_page(since: dt.datetime, newest: dt.datetime, page: int) -> tuple[dt.datetime, int]:
    """Go on from the newest record; by number only within one second, which is all Xero tells."""
    # A record changed in that same second may stand on the page just read or on the next.
    begin = newest.replace(microsecond=0) - dt.timedelta(seconds=1)
    return (begin, 1) if begin > since else (since, page + 1)


def _take_in(client: Client, kind: Kind, page: arrivals.Page) -> None:
    """Take in what stands still.

    What is being sent just now becomes an event, for afterwards; what cannot be taken in too, so
    that it is tried again by itself and the cursor goes on.
    """
    sent = arrivals.being_sent(client.connection, kind)
    taken = arrivals.take_in(client, kind, [row for row in page.rows if not sent.includes(row)])
    apart = {
        row.xero_id: row.updated_at
        for row in page.rows
        if sent.includes(row) or row.xero_id in taken.odd
    } | dict.fromkeys(page.odd)
    for xero_id in events.waiting_for(client.connection, kind, apart):
        # Whoever reads it then reads this state of it, or a newer one.
        del apart[xero_id]
    XeroEvent.objects.bulk_create(
        [_event(client.connection, kind, *one) for one in apart.items()], ignore_conflicts=True
    )


def _event(
    connection: Connection, kind: Kind, xero_id: str, updated_at: dt.datetime | None
) -> XeroEvent:
    event = XeroEvent(
        business_id=connection.business_id,
        connection=connection,
        tenant_id=connection.tenant_id,
        category=events.CATEGORIES[kind],
        event_type="UPDATE",
        resource_id=xero_id,
        occurred_at=updated_at or timezone.now(),
    )
    event.uid = webhooks.uid_of(event)
    return event


def _http_time(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")
