"""The sweep: finds what a lost message, a killed worker or a missed signal left behind.

Cheap and bounded: each question has a limit, and what is left waits for the next round. It mends
by queueing; it never sends anything itself, but for disconnects that Xero has not heard of.
"""

import datetime as dt
import logging
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from contacts.models import Contact
from invoices.models import Invoice, InvoiceStatus
from xero_integration import changes, connect, dispatch, log, notices, outbox
from xero_integration.models import (
    OPEN_BATCHES,
    Batch,
    BatchMember,
    Connection,
    Consent,
    Job,
    JobStatus,
    Kind,
    Lane,
    Link,
    LinkStatus,
    OutboxRow,
    OutboxStatus,
)

logger = logging.getLogger(__name__)

# Objects looked at for one organisation in one round.
LIMIT = 500
DISCONNECTS = 5
# Far longer than a sweep may be late; what is older, the thorough sweep finds.
RECENT = dt.timedelta(hours=1)
# A consent that was never used is of no use after this.
CONSENT_LIFE = dt.timedelta(days=1)


def sweep(*, thorough: bool = False) -> None:
    """Mend what can be mended and say how much of each there was.

    Each minute only recent changes are compared; `thorough`, a few times a day, looks at all.
    """
    since = None if thorough else timezone.now() - RECENT
    found = {
        "rows_freed": free_rows(),
        "jobs": wake_jobs(),
        "disconnects": tell_disconnects(),
        "losses": tell_losses(),
        "changes": sum(find_changes(one, since=since) for one in _changed(since)),
        "drains": wake_drains(),
    }
    if thorough:
        found |= {"links_dropped": drop_links_to_nothing(), "consents": forget_consents()}
    if any(found.values()):
        log.event(logger, "sweep", thorough=thorough, **found)


def _sending() -> QuerySet[Connection]:
    """Connections that have anything to keep in step."""
    return Connection.objects.active().exclude(contacts_open_at=None).select_related("business")


def _changed(since: dt.datetime | None) -> QuerySet[Connection]:
    """Those in whose business anything changed: asked once for all, not of each."""
    if since is None:
        return _sending()
    recent = {"business": OuterRef("business_id"), "updated_at__gte": since}
    return _sending().filter(
        Exists(Contact.objects.filter(**recent)) | Exists(Invoice.objects.filter(**recent))
    )


def free_rows() -> int:
    """Rows in flight that no open batch holds wait again."""
    now = timezone.now()
    members = BatchMember.objects.filter(
        row=OuterRef("pk"), settled_at=None, batch__status__in=OPEN_BATCHES
    )
    lost = OutboxRow.objects.filter(
        ~Exists(members), status=OutboxStatus.IN_FLIGHT, lease_until__lt=now
    )
    ids = list(lost.values_list("pk", flat=True)[:LIMIT])
    return OutboxRow.objects.filter(pk__in=ids, status=OutboxStatus.IN_FLIGHT).update(
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
    for kind, gate in outbox.GATES.items():
        rows = OutboxRow.objects.filter(
            kind=kind,
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
    return sum(connect.tell_xero(one) for one in connect.untold()[:DISCONNECTS])


def tell_losses() -> int:
    """Queue e-mails about lost connections that have not gone out."""
    ids = list(notices.untold().values_list("pk", flat=True)[:LIMIT])
    for connection_id in ids:
        dispatch.tell_owners_on_commit(connection_id)
    return len(ids)


def catch_up(connection_id: int) -> None:
    """Compare everything of a connection that is back: nobody noted changes while it was not."""
    connection = _sending().filter(pk=connection_id).first()
    while connection is not None and find_changes(connection):
        pass


def drop_links_to_nothing() -> int:
    """A link whose object is gone here becomes history."""
    dropped = 0
    for kind, objects in ((Kind.CONTACT, Contact.objects), (Kind.INVOICE, Invoice.objects)):
        there = objects.filter(pk=OuterRef("object_id"))
        lost = Link.objects.current().filter(~Exists(there), kind=kind)
        ids = list(lost.values_list("pk", flat=True)[:LIMIT])
        dropped += Link.objects.filter(pk__in=ids).update(status=LinkStatus.FORMER)
    return dropped


def find_changes(connection: Connection, *, since: dt.datetime | None = None) -> int:
    """Queue objects that Xero's state is behind of, whatever signal was missed.

    With `since` only those changed from then on are looked at.
    """
    business = connection.business
    changed = {} if since is None else {"updated_at__gte": since}
    all_contacts = business.contacts.filter(merged_into=None, **changed)
    all_invoices = business.invoices.filter(**changed)
    contacts = _behind(connection, Kind.CONTACT, all_contacts)
    invoices = _behind(connection, Kind.INVOICE, all_invoices)
    new_contacts = _never_queued(
        connection,
        Kind.CONTACT,
        # Older ones had their turn in the wizard.
        all_contacts.filter(archived_at=None, created_at__gte=connection.contacts_open_at),
    )
    issued = all_invoices.filter(status=InvoiceStatus.ISSUED, date__gte=connection.send_from)
    new_invoices = (
        _never_queued(connection, Kind.INVOICE, issued) if connection.invoices_open_at else []
    )
    changes.contacts_changed(business, [*contacts, *new_contacts])
    changes.invoices_changed(business, [*invoices, *new_invoices])
    _mark_checked(connection, Kind.CONTACT, contacts)
    _mark_checked(connection, Kind.INVOICE, invoices)
    return len(contacts) + len(invoices) + len(new_contacts) + len(new_invoices)


def _behind(
    connection: Connection, kind: Kind, objects: "QuerySet[Contact] | QuerySet[Invoice]"
) -> dict[UUID, dt.datetime]:
    """Return linked objects changed since they were last compared with what Xero has, and when."""
    links = Link.objects.current().filter(
        connection=connection, kind=kind, object_id=OuterRef("pk")
    )
    stale = links.filter(Q(checked_at=None) | Q(checked_at__lt=OuterRef("updated_at")))
    # Queued since: on its way, or refused and with a person; to ask again would say so twice.
    heard = connection.outbox.filter(
        kind=kind, object_id=OuterRef("pk"), queued_at__gte=OuterRef("updated_at")
    )
    missed = objects.filter(Exists(stale), ~Exists(heard))
    return dict(missed.values_list("pk", "updated_at")[:LIMIT])


def _never_queued(
    connection: Connection, kind: Kind, objects: "QuerySet[Contact] | QuerySet[Invoice]"
) -> list[UUID]:
    """Return objects that no row and no link know."""
    rows = connection.outbox.filter(kind=kind, object_id=OuterRef("pk"))
    links = Link.objects.filter(connection=connection, kind=kind, object_id=OuterRef("pk"))
    unknown = objects.filter(~Exists(rows), ~Exists(links))
    return list(unknown.values_list("pk", flat=True)[:LIMIT])


def _mark_checked(connection: Connection, kind: Kind, changed_at: dict[UUID, dt.datetime]) -> None:
    """Note what was compared, as of then, so that the next round asks for what changes after it."""
    current = Link.objects.current().filter(connection=connection, kind=kind)
    links = list(current.filter(object_id__in=changed_at))
    for link in links:
        link.checked_at = changed_at[link.object_id]
    Link.objects.bulk_update(links, ["checked_at"], batch_size=200)


def forget_consents() -> int:
    """Drop consents that were never used; used ones stay as a record."""
    old = timezone.now() - CONSENT_LIFE
    deleted, _ = Consent.objects.filter(used_at=None, created_at__lt=old).delete()
    return deleted
