"""The sweep: finds what a lost message, a killed worker or a missed signal left behind.

Cheap and bounded: each question has a limit, and what is left waits for the next round. It mends
by queueing; it never sends anything itself, but for disconnects that Xero has not heard of. What it
mended stands in the log of the business, record by record, and as counts in the worker's.
"""

import datetime as dt
import logging
import time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from contacts.models import Contact
from invoices.models import Invoice, Payment, Product
from xero_integration import dispatch, log, missed, outbox
from xero_integration.client.errors import XeroError
from xero_integration.connecting import disconnecting
from xero_integration.health import notices
from xero_integration.models import (
    OPEN_BATCHES,
    Action,
    Batch,
    BatchMember,
    Connection,
    ConnectionStatus,
    Consent,
    Job,
    JobStatus,
    Kind,
    Lane,
    Link,
    LinkStatus,
    OutboxRow,
    OutboxStatus,
    Outcome,
    SyncEntry,
    XeroToken,
)
from xero_integration.reading import arrivals, events

logger = logging.getLogger(__name__)

# Rows, jobs or links that one round takes.
LIMIT = 500
DISCONNECTS = 5
# Far longer than a sweep may be late; what is older, the thorough sweep finds.
RECENT = dt.timedelta(hours=1)
# Edits made in Xero that were read and had no effect: more than one round of the thorough sweep.
LOOKED_BACK = dt.timedelta(days=1)
# A consent that was never used is of no use after this.
CONSENT_LIFE = dt.timedelta(days=1)
# What people read in their log.
INTERRUPTED = "Sending it was interrupted; it goes again."
NOTHING_LINKED = "It is gone here, so its link to Xero was dropped."


def sweep(*, thorough: bool = False) -> None:
    """Mend what can be mended and say how much of each there was.

    Each minute only recent changes are compared; `thorough`, a few times a day, looks at all.
    """
    since = None if thorough else timezone.now() - RECENT
    found = {
        "rows_freed": free_rows(),
        "jobs": wake_jobs(),
        "disconnects": tell_disconnects(),
        "losses": notices.queue("lost"),
        "changes": sum(_find_for(one, since=since) for one in _changed(since)),
        "drains": wake_drains(),
        "events": events.wake(),
    }
    if thorough:
        for one in _sending():
            arrivals.catch_up(one, since=timezone.now() - LOOKED_BACK)
        found |= {
            "links_dropped": drop_links_to_nothing(),
            "consents": forget_consents(),
            "tokens": forget_tokens(),
            "events_dropped": events.forget(),
        }
    if any(found.values()):
        log.event(logger, "sweep", thorough=thorough, **found)


def _sending() -> QuerySet[Connection]:
    """Connections that have anything to keep in step."""
    return Connection.objects.active().exclude(contacts_open_at=None).select_related("business")


def _changed(since: dt.datetime | None) -> QuerySet[Connection]:
    return _sending() if since is None else missed.changed_since(_sending(), since)


def free_rows() -> int:
    """Rows in flight that no open batch holds wait again."""
    now = timezone.now()
    members = BatchMember.objects.filter(
        row=OuterRef("pk"), settled_at=None, batch__status__in=OPEN_BATCHES
    )
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    lost = OutboxRow.objects.filter(free, ~Exists(members), status=OutboxStatus.IN_FLIGHT)
    ids = list(lost.values_list("pk", flat=True)[:LIMIT])
    with transaction.atomic():
        rows = OutboxRow.objects.filter(
            pk__in=outbox.locked(lost.filter(pk__in=ids)), status=OutboxStatus.IN_FLIGHT
        )
        log.write(
            log.entry_for(
                row, action=Action.MEND, outcome=Outcome.DONE, batch=None, message=INTERRUPTED
            )
            for row in rows
        )
        return rows.update(
            status=OutboxStatus.WAITING, not_before=now, lease_owner="", lease_until=None
        )


def wake_drains() -> int:
    """Queue a drain wherever something is due: waiting rows, or batches nobody holds."""
    now = timezone.now()
    active = Connection.objects.active().filter(Q(paused_until=None) | Q(paused_until__lte=now))
    wanted: set[tuple[int, str]] = set()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    is_due = Q(not_before=None) | Q(not_before__lte=now)
    due_batches = Batch.objects.filter(free, is_due, status__in=OPEN_BATCHES, connection__in=active)
    wanted.update(due_batches.values_list("connection_id", "lane").distinct())
    for gate in sorted(set(outbox.GATES.values())):
        rows = OutboxRow.objects.filter(
            kind__in=[kind for kind, its in outbox.GATES.items() if its == gate],
            status=OutboxStatus.WAITING,
            not_before__lte=now,
            connection__in=active.exclude(**{gate: None}),
        )
        wanted.update(rows.values_list("connection_id", "lane").distinct())
    for connection_id, lane in wanted:
        dispatch.drain(connection_id, lane=Lane(lane))
    return len(wanted)


def wake_jobs() -> int:
    """Queue jobs whose worker died, or whose message was lost."""
    now = timezone.now()
    # A job just queued has its message on the way.
    fresh = now - dt.timedelta(seconds=settings.XERO_SWEEP_INTERVAL)
    free = Q(lease_until__lte=now) | Q(lease_until=None, updated_at__lt=fresh)
    under_way = Job.objects.filter(free, status__in=(JobStatus.QUEUED, JobStatus.RUNNING))
    ids = list(under_way.values_list("pk", flat=True)[:LIMIT])
    for job_id in ids:
        dispatch.run_job(job_id)
    return len(ids)


def tell_disconnects() -> int:
    return sum(disconnecting.tell_xero(one) for one in disconnecting.untold()[:DISCONNECTS])


def catch_up(connection_id: int) -> None:
    """Compare everything of a connection that is back: nobody noted changes while it was not.

    Hands over when its time is up, and ends with the connection: without one nothing is queued,
    and there would always be something to find.
    """
    deadline = time.monotonic() + settings.XERO_TASK_BUDGET
    back = _sending().filter(pk=connection_id).first()
    if back is not None:
        _take_in_what_was_read(back)
    while connection := _sending().filter(pk=connection_id).first():
        if not missed.find(connection):
            return
        if time.monotonic() > deadline:
            dispatch.catch_up_on_commit(connection)
            return


def _take_in_what_was_read(connection: Connection) -> None:
    try:
        arrivals.come_back(connection)
    except XeroError as error:
        # Merges are followed by the next push too, edits and money by the thorough sweep and the
        # nightly reconciliation.
        log.event(logger, "come-back-failed", connection=connection.pk, code=error.code)


def drop_links_to_nothing() -> int:
    """A link whose object is gone here becomes history."""
    dropped = 0
    all_objects: dict[Kind, Any] = {
        Kind.CONTACT: Contact.objects,
        Kind.ITEM: Product.objects,
        Kind.INVOICE: Invoice.objects,
        Kind.PAYMENT: Payment.objects,
        Kind.ATTACHMENT: Invoice.objects,
    }
    for kind, objects in all_objects.items():
        there = objects.filter(pk=OuterRef("object_id"))
        lost = Link.objects.current().filter(~Exists(there), kind=kind)
        links = list(lost.select_related("connection")[:LIMIT])
        with transaction.atomic():
            ids = [link.pk for link in links]
            dropped += Link.objects.filter(pk__in=ids).update(status=LinkStatus.FORMER)
            log.write(_of_nothing(link) for link in links)
    return dropped


def _of_nothing(link: Link) -> SyncEntry:
    return log.entry(
        link.connection, link.kind, Action.MEND, "", link.object_id, link.xero_id, NOTHING_LINKED
    )


def _find_for(connection: Connection, *, since: dt.datetime | None) -> int:
    """Look for changes that were missed; where there are more than one round takes, go on apart."""
    found = missed.find(connection, since=since, tells=True)
    if since is None and found >= missed.LIMIT:
        dispatch.catch_up_on_commit(connection)
    return found


def forget_tokens() -> int:
    """Drop tokens that no connection needs: a worker killed while disconnecting may leave some."""
    needed = Connection.objects.filter(token=OuterRef("pk")).filter(
        ~Q(status=ConnectionStatus.DISCONNECTED) | ~Q(xero_connection_id="")
    )
    # One whose organisation somebody is still choosing is younger than this.
    old = timezone.now() - CONSENT_LIFE
    deleted, _ = XeroToken.objects.filter(~Exists(needed), updated_at__lt=old).delete()
    return deleted


def forget_consents() -> int:
    """Drop consents that were never used; used ones stay as a record."""
    old = timezone.now() - CONSENT_LIFE
    deleted, _ = Consent.objects.filter(used_at=None, created_at__lt=old).delete()
    return deleted
