"""The job: read the period's invoices of Xero, hold them against ours, keep what differs."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from businesses.models import User
from contacts.models import Contact
from invoices.models import Invoice, InvoiceSequence, InvoiceStatus
from pooltrackr.lib.chunks import chunks
from pooltrackr.lib.money import ZERO
from xero_integration import jobs, pull
from xero_integration.client.api import Answer, Client
from xero_integration.jobs import Run
from xero_integration.models import (
    Connection,
    Difference,
    DifferenceState,
    Job,
    JobKind,
    Kind,
    Lane,
    Link,
    OutboxStatus,
    Reconciliation,
    XeroInvoice,
)
from xero_integration.payments import receipts
from xero_integration.reading import chart, pages
from xero_integration.reconciliation import compare
from xero_integration.reconciliation.compare import Books, Found

Json = dict[str, Any]

# What the nightly run looks at, and how many runs are kept for each organisation.
DAYS = 90
AHEAD = 31
KEPT = 60
# Ids in one call: an address of Xero's holds some two thousand characters.
IDS = 40
WRITE_SIZE = 200


def start(connection: Connection, *, first_day: dt.date, last_day: dt.date, by: User | None) -> Job:
    """Queue a comparison, or return the one that is under way."""
    return jobs.start(
        connection,
        JobKind.RECONCILE,
        by=by,
        cursor={"first_day": str(first_day), "last_day": str(last_day), "page": 1},
    )


def start_nightly() -> int:
    """Queue the nightly comparison of each organisation that invoices go to; return how many."""
    ready = Connection.objects.active().exclude(invoices_open_at=None)
    for connection in ready.select_related("business"):
        today = timezone.localdate(timezone=connection.business.zone)
        first, last = today - dt.timedelta(days=DAYS), today + dt.timedelta(days=AHEAD)
        start(connection, first_day=first, last_day=last, by=None)
    return ready.count()


def reconcile(run: Run) -> None:
    """Read, compare, keep. Goes on at its page after a kill; comparing begins anew."""
    connection, cursor = run.job.connection, dict(run.job.cursor)
    reconciliation = _of(run, cursor)
    if cursor["page"]:
        _read_period(run, cursor, reconciliation)
    run.progress(phase="Comparing")
    _read_others(connection, reconciliation)
    _keep(reconciliation)
    _forget(connection)


def _of(run: Run, cursor: Json) -> Reconciliation:
    """Return this job's row, made at its beginning."""
    if "reconciliation" not in cursor:
        job = run.job
        # The lock dates decide about repairs; and at night nobody else looks at the chart.
        chart.read(job.connection)
        made = Reconciliation.objects.create(
            business_id=job.business_id,
            connection=job.connection,
            started_by=job.started_by,
            first_day=str(cursor["first_day"]),
            last_day=str(cursor["last_day"]),
        )
        cursor["reconciliation"] = made.pk
        run.progress(phase="Reading invoices", cursor=cursor)
    return Reconciliation.objects.select_related("connection__business").get(
        pk=cursor["reconciliation"]
    )


# --- reading ------------------------------------------------------------------------------------


def _read_period(run: Run, cursor: Json, reconciliation: Reconciliation) -> None:
    connection = run.job.connection
    where = _where(reconciliation.first_day, reconciliation.last_day)
    read = partial(_page, connection, where)
    first = cursor["page"]
    for answer, is_more in pages.in_order(read, first=first, go_on=lambda: not run.is_out_of_time):
        invoices = answer.elements("Invoices")
        pull.store_invoices(connection, invoices)
        # The mirror has them now, so no poll would find their money new.
        receipts.take_in(connection, invoices, as_of=answer.asked_at)
        paging = answer.data.get("pagination") or {}
        counts = {"done": run.job.done + len(invoices), "total": paging.get("itemCount", 0)}
        first += 1
        is_last = first > pages.page_count(answer) or not invoices
        cursor["page"] = 0 if is_last else first
        run.progress(phase="Reading invoices", cursor=cursor, may_end=not is_more, **counts)
        if is_last:
            return


def _page(connection: Connection, where: str, page: int) -> Answer:
    with Client(connection, lane=Lane.BULK) as client:
        return client.call(
            "get_invoices",
            where=where,
            order="InvoiceID ASC",
            page=page,
            page_size=pull.PAGE_SIZE,
            unitdp=4,
        )


def _where(first_day: dt.date, last_day: dt.date) -> str:
    def day(date: dt.date) -> str:
        return f"DateTime({date.year}, {date.month:02d}, {date.day:02d})"

    return f'Type=="ACCREC" AND Date>={day(first_day)} AND Date<={day(last_day)}'


def _read_others(connection: Connection, reconciliation: Reconciliation) -> None:
    """Read linked invoices of ours that Xero has under a date outside the period."""
    seen = set(_seen(reconciliation).values_list("xero_id", flat=True))
    ours = set(_of_period(reconciliation).values_list("pk", flat=True))
    linked = _links(connection).items()
    missing = [xero_id for pk, xero_id in linked if pk in ours and xero_id not in seen]
    if not missing:
        return
    with Client(connection, lane=Lane.BULK) as client:
        for ids in chunks(missing, IDS):
            answer = client.call(
                "get_invoices", i_ds=ids, page=1, page_size=pull.PAGE_SIZE, unitdp=4
            )
            pull.store_invoices(connection, answer.elements("Invoices"))
            receipts.take_in(connection, answer.elements("Invoices"), as_of=answer.asked_at)


# --- both sides ---------------------------------------------------------------------------------


def _issued(reconciliation: Reconciliation) -> QuerySet[Invoice]:
    return reconciliation.connection.business.invoices.exclude(status=InvoiceStatus.DRAFT)


def _of_period(reconciliation: Reconciliation) -> QuerySet[Invoice]:
    period = (reconciliation.first_day, reconciliation.last_day)
    return _issued(reconciliation).filter(date__range=period)


def _seen(reconciliation: Reconciliation) -> QuerySet[XeroInvoice]:
    """Return the mirror's rows that this comparison read."""
    return reconciliation.connection.xero_invoices.filter(read_at__gte=reconciliation.started_at)


def _links(connection: Connection) -> dict[UUID, str]:
    current = Link.objects.current().filter(connection=connection, kind=Kind.INVOICE)
    return dict(current.values_list("object_id", "xero_id"))


def _books(reconciliation: Reconciliation) -> Books:
    connection = reconciliation.connection
    links = _links(connection)
    rows = {row.xero_id: row for row in _seen(reconciliation)}
    ours = _ours(reconciliation, links=links, rows=rows)
    sequence = InvoiceSequence.objects.filter(business=connection.business_id).first()
    return Books(
        ours=ours,
        rows=rows,
        links=links,
        contacts=_contacts(connection),
        need_not=_need_not(connection, ours),
        status=connection.invoice_status,
        prefix=sequence.prefix if sequence else "",
    )


def _ours(
    reconciliation: Reconciliation, *, links: Mapping[UUID, str], rows: Mapping[str, XeroInvoice]
) -> list[Invoice]:
    """Return our invoices of the period, and those that Xero has within it."""
    ours = list(_of_period(reconciliation).select_related("contact"))
    have = {invoice.pk for invoice in ours}
    there = [pk for pk, xero_id in links.items() if pk not in have and xero_id in rows]
    for part in chunks(there, 500):
        ours += _issued(reconciliation).filter(pk__in=part).select_related("contact")
    return ours


def _contacts(connection: Connection) -> dict[UUID, set[str]]:
    """Return the ContactIDs of each contact, with those of contacts that were merged into it.

    Invoices that were sent stay where they are in Xero when two contacts are merged here.
    """
    merged = Contact.objects.filter(business_id=connection.business_id).exclude(merged_into=None)
    into: Mapping[UUID, UUID | None] = dict(merged.values_list("pk", "merged_into_id"))
    found: dict[UUID, set[str]] = {}
    links = Link.objects.filter(connection=connection, kind=Kind.CONTACT)
    for object_id, xero_id in links.values_list("object_id", "xero_id"):
        for owner in _owners(object_id, into):
            found.setdefault(owner, set()).add(xero_id.lower())
    return found


def _owners(contact: UUID, into: Mapping[UUID, UUID | None]) -> Iterator[UUID]:
    owner: UUID | None = contact
    while owner is not None:
        yield owner
        owner = into.get(owner)


def _need_not(connection: Connection, ours: Iterable[Invoice]) -> set[UUID]:
    rows = connection.outbox.filter(kind=Kind.INVOICE, status=OutboxStatus.EXCLUDED)
    left_out = set(rows.values_list("object_id", flat=True))
    return left_out | {one.pk for one in ours if one.date < connection.send_from}


# --- keeping ------------------------------------------------------------------------------------


def _keep(reconciliation: Reconciliation) -> None:
    """Write what differs and the sums, all or nothing: a kill in between compares anew."""
    books = _books(reconciliation)
    found = list(compare.differences(books))
    names = _names(reconciliation.connection, found)
    accepted = _accepted(reconciliation)
    rows = [_difference(reconciliation, one, names) for one in found]
    for row in rows:
        if _key(row) in accepted:
            row.state, row.words = DifferenceState.DISMISSED, "Accepted before."
    _sum_up(reconciliation, books)
    with transaction.atomic():
        reconciliation.differences.all().delete()
        Difference.objects.bulk_create(rows, batch_size=WRITE_SIZE)
        reconciliation.save()


def _names(connection: Connection, found: Iterable[Found]) -> dict[str, str]:
    ids = {one.row.contact_xero_id for one in found if one.row is not None}
    named = connection.xero_contacts.values_list("xero_id", "name")
    return {
        xero_id: name
        for part in chunks(ids, 500)
        for xero_id, name in named.filter(xero_id__in=part)
    }


def _difference(
    reconciliation: Reconciliation, found: Found, names: Mapping[str, str]
) -> Difference:
    invoice, row = found.invoice, found.row
    return Difference(
        business_id=reconciliation.business_id,
        reconciliation=reconciliation,
        kind=found.kind,
        object_id=invoice.pk if invoice else None,
        xero_id=row.xero_id if row else "",
        number=invoice.number if invoice else row.number if row else "",
        here=compare.here(invoice) if invoice else {},
        there=compare.there(row, names.get(row.contact_xero_id, "")) if row else {},
        amount=found.amount,
    )


def _accepted(reconciliation: Reconciliation) -> set[tuple[object, ...]]:
    """Return what a person accepted as it is, in the runs that are kept."""
    of_connection = Difference.objects.filter(
        reconciliation__connection=reconciliation.connection, state=DifferenceState.DISMISSED
    )
    return {_key(one) for one in of_connection}


def _key(row: Difference) -> tuple[object, ...]:
    """The same difference with the same figures; any other is news."""
    # PostgreSQL gives the members of a JSON object in an order of its own.
    sides = (json.dumps(side, sort_keys=True) for side in (row.here, row.there))
    return (row.kind, row.object_id, row.xero_id, *sides)


def _sum_up(reconciliation: Reconciliation, books: Books) -> None:
    expected = (invoice for invoice in books.ours if invoice.pk not in books.need_not)
    ours = [invoice for invoice in expected if not invoice.is_void]
    linked = set(books.links.values())
    theirs = [
        row
        for row in books.rows.values()
        if row.status not in compare.GONE
        and (row.xero_id in linked or compare.looks_ours(books, row))
    ]
    reconciliation.invoices_here, reconciliation.invoices_there = len(ours), len(theirs)
    reconciliation.total_here = sum((one.total for one in ours), ZERO)
    reconciliation.total_there = sum((row.total for row in theirs), ZERO)
    reconciliation.paid_here = sum((one.amount_paid for one in ours), ZERO)
    reconciliation.paid_there = sum((row.paid for row in theirs), ZERO)
    reconciliation.finished_at = timezone.now()


def _forget(connection: Connection) -> None:
    kept = connection.reconciliations.order_by("-started_at", "-pk").values("pk")[:KEPT]
    ids = list(kept.values_list("pk", flat=True))
    connection.reconciliations.exclude(pk__in=ids).delete()
