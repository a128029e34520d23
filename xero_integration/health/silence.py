"""The alarm on silence: invoices are issued, and none of them reaches Xero.

Whatever the cause (records that wait for a person, a worker that is gone, a connection that died
without a word), nobody notices an invoice that is missing somewhere else. So they are counted, and
every page and an e-mail say so.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format

from invoices.models import Invoice, InvoiceStatus
from xero_integration import outbox
from xero_integration.models import Connection, Kind, Link, OutboxRow, OutboxStatus


def watch() -> int:
    """Note for each organisation how long its invoices have not arrived; return how many are mute.

    Two queries for all of them, and a write for each whose standing changed.
    """
    found = {one["business"]: one for one in _unsent()}
    arrived = dict(_last_arrivals(found))
    mute = 0
    for connection in _listening():
        mute += _note(connection, found.get(connection.business_id), arrived.get(connection.pk))
    return mute


def words(connection: Connection) -> str:
    """Say it in one sentence: "9 invoices issued since Tuesday, none reached Xero"."""
    if connection.silent_since is None:
        return ""
    count = connection.silent_count
    since = _day(timezone.localtime(connection.silent_since))
    if count == 1:
        return f"An invoice issued {since} has not reached Xero."
    return f"{count} invoices were issued since {since}, and none of them reached Xero."


def stuck_since() -> Subquery:
    """Return since when a record of a connection could have been sent and was not even tried.

    For annotating connections: the web process asks it with them, because where no worker runs
    nobody else notices. By the outbox's own index.
    """
    is_open = [
        Q(kind=kind, **{f"connection__{gate}__isnull": False})
        for kind, gate in outbox.GATES.items()
    ]
    late = OutboxRow.objects.filter(
        reduce(or_, is_open),
        connection=OuterRef("pk"),
        status=OutboxStatus.WAITING,
        not_before__lt=timezone.now() - _patience(),
    )
    return Subquery(late.order_by("not_before").values("not_before")[:1])


def _listening() -> QuerySet[Connection]:
    # A lost connection says so itself.
    return Connection.objects.active().exclude(invoices_open_at=None)


def _unsent() -> Iterable[Mapping[str, Any]]:
    """Return, by business, how many invoices should have arrived, and the time of the first.

    By the outbox, where few are open at a time: every issued invoice has a row within minutes.
    """
    rows = OutboxRow.objects.filter(
        connection__in=_listening(), kind=Kind.INVOICE, status__in=outbox.OPEN
    )
    links = Link.objects.current().filter(kind=Kind.INVOICE, object_id=OuterRef("pk"))
    missing = Invoice.objects.filter(
        ~Exists(links),
        pk__in=rows.values("object_id"),
        status=InvoiceStatus.ISSUED,
        issued_at__lt=timezone.now() - _patience(),
    ).order_by()
    return missing.values("business").annotate(number=Count("pk"), first=Min("issued_at"))


def _last_arrivals(businesses: Collection[int]) -> Iterable[tuple[int, dt.datetime]]:
    links = Link.objects.current().filter(
        business__in=businesses, kind=Kind.INVOICE, pushed_at__isnull=False
    )
    return links.order_by().values_list("connection").annotate(last=Max("pushed_at"))


def _note(
    connection: Connection, unsent: Mapping[str, Any] | None, last: dt.datetime | None
) -> bool:
    is_mute = unsent is not None and (last is None or last < unsent["first"])
    since = unsent["first"] if unsent and is_mute else None
    count = unsent["number"] if unsent and is_mute else 0
    if (connection.silent_since, connection.silent_count) != (since, count):
        told = {} if is_mute else {"silence_told_at": None}
        Connection.objects.filter(pk=connection.pk).update(
            silent_since=since, silent_count=count, **told
        )
    return is_mute


def _patience() -> dt.timedelta:
    return dt.timedelta(seconds=settings.XERO_SILENCE)


def _day(moment: dt.datetime) -> str:
    days = (timezone.localdate() - moment.date()).days
    if days == 0:
        return date_format(moment, "g:i a")
    return date_format(moment, "l" if days < 7 else "j F")
