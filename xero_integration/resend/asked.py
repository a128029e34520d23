"""What somebody wants to be sent once more: records that Xero refused, or those of a period."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from contacts.models import Contact
from invoices.models import Invoice, InvoiceStatus
from xero_integration.models import Connection, Kind, Link, OutboxRow, OutboxStatus

# One run, and one page to look at before it.
MOST = 2000
HELD = (OutboxStatus.PARKED, OutboxStatus.EXCLUDED)


@dataclass(frozen=True)
class Asked:
    """The rows of the outbox, in the order of sending. `again`: of records that Xero has.

    Rows of `again` may be unsaved: a record that was linked and never sent has none.
    """

    connection: Connection
    rows: Sequence[OutboxRow]
    again: bool = False
    # More than MOST were asked for: these are the first of them.
    is_cut: bool = False


def held(connection: Connection, *, cause: str = "", keys: Collection[int] = ()) -> Asked:
    """Ask for what needs a person: all, that of one cause, or these rows, left out ones too."""
    rows = connection.outbox.filter(status=OutboxStatus.PARKED)
    if cause:
        rows = rows.filter(error_code=cause)
    if keys:
        rows = connection.outbox.filter(status__in=HELD, pk__in=keys)
    found = list(rows.order_by("pk")[: MOST + 1])
    return Asked(connection, found[:MOST], is_cut=len(found) > MOST)


def of_period(
    connection: Connection, *, kinds: Collection[Kind], first: dt.date, last: dt.date
) -> Asked:
    """Ask for linked contacts changed here within these days, and linked invoices dated so."""
    rows: list[OutboxRow] = []
    if Kind.CONTACT in kinds:
        rows += _rows(connection, Kind.CONTACT, _contacts(connection, first, last))
    if Kind.INVOICE in kinds:
        rows += _rows(connection, Kind.INVOICE, _invoices(connection, first, last))
    return Asked(connection, rows[:MOST], again=True, is_cut=len(rows) > MOST)


def _contacts(connection: Connection, first: dt.date, last: dt.date) -> QuerySet[Contact]:
    start = timezone.make_aware(dt.datetime.combine(first, dt.time.min))
    end = timezone.make_aware(dt.datetime.combine(last + dt.timedelta(days=1), dt.time.min))
    ours = connection.business.contacts.filter(merged_into=None)
    return ours.filter(updated_at__gte=start, updated_at__lt=end).order_by("name", "pk")


def _invoices(connection: Connection, first: dt.date, last: dt.date) -> QuerySet[Invoice]:
    issued = connection.business.invoices.exclude(status=InvoiceStatus.DRAFT)
    return issued.filter(date__range=(first, last)).order_by("number", "pk")


def _rows(connection: Connection, kind: Kind, objects: QuerySet[Any]) -> Iterable[OutboxRow]:
    links = Link.objects.current().filter(connection=connection, kind=kind)
    linked = list(objects.filter(pk__in=links.values("object_id"))[: MOST + 1])
    held = {row.object_id: row for row in connection.outbox.filter(kind=kind)}
    for one in linked:
        label = one.name if isinstance(one, Contact) else one.number
        yield held.get(one.pk) or OutboxRow(
            business_id=connection.business_id,
            connection=connection,
            kind=kind,
            object_id=one.pk,
            label=label,
            status=OutboxStatus.DONE,
        )
