"""Where the sync stands: counts for the pages, and the sync log as a file."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from businesses.models import Business
from invoices.models import Invoice
from pooltrackr.lib.chunks import chunks
from xero_integration import outbox
from xero_integration.client.catalogue import Opens
from xero_integration.client.errors import explain
from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    Kind,
    OutboxRow,
    OutboxStatus,
    Outcome,
    SyncEntry,
)

# What opens a spreadsheet's formula: a name of "=1+1" must arrive as text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Standing:
    """How many records wait, are on their way, need a person, are done or are left out."""

    waiting: int = 0
    in_flight: int = 0
    parked: int = 0
    done: int = 0
    excluded: int = 0

    @property
    def unsettled(self) -> int:
        return self.waiting + self.in_flight

    @property
    def total(self) -> int:
        return self.unsettled + self.parked + self.done

    @property
    def settled(self) -> int:
        return self.parked + self.done


def standing(connection: Connection, *, kind: Kind | None = None) -> Standing:
    """Count the outbox in one query."""
    rows = connection.outbox.filter(kind=kind) if kind else connection.outbox.all()
    counts = {status.value: Count("pk", filter=Q(status=status)) for status in OutboxStatus}
    return Standing(**rows.aggregate(**counts))


def held(connection: Connection) -> dict[str, int]:
    """Count what waits for the wizard rather than for Xero, by kind."""
    shut = [kind for kind in outbox.GATES if not outbox.is_open(connection, kind)]
    rows = connection.outbox.filter(kind__in=shut, status=OutboxStatus.WAITING)
    return dict(rows.values_list("kind").annotate(number=Count("pk")))


# --- addresses ---------------------------------------------------------------------------------

PAGES = {
    Kind.CONTACT: "contacts:detail",
    Kind.ITEM: "invoices:product_edit",
    Kind.INVOICE: "invoices:detail",
    Kind.PAYMENT: "invoices:payment",
    Kind.CREDIT_NOTE: "invoices:credit_note",
    Kind.ALLOCATION: "invoices:payment",
    Kind.ATTACHMENT: "invoices:detail",
}
FORMS = {
    Kind.CONTACT: ("contacts:edit", "Edit contact"),
    Kind.INVOICE: ("invoices:edit", "Edit invoice"),
}


def our_url(business: Business, kind: str, object_id: UUID | None) -> str:
    if object_id is None or kind not in PAGES:
        return ""
    return reverse(PAGES[Kind(kind)], args=[business.slug, object_id])


@dataclass(frozen=True)
class Line:
    """An entry of the log, or a row of the outbox, with where it leads and what it means."""

    record: SyncEntry | OutboxRow
    our_url: str
    xero_url: str
    xero_id: str = ""
    what: str = ""
    meaning: str = ""
    help_url: str = ""
    help_label: str = ""
    # The record's own form, or its contact's page, where that is what mends it.
    way_url: str = ""
    way_label: str = ""
    # The outbox row that can be sent once more, if this record needs a person now.
    row: OutboxRow | None = None

    @property
    def did(self) -> str:
        """What was done, or what was tried: "Created" of a refusal would be a lie."""
        assert isinstance(self.record, SyncEntry)
        if self.record.outcome == Outcome.DONE:
            return self.record.get_action_display()
        return self.record.action.replace("_", " ").capitalize()

    @property
    def can_link(self) -> bool:
        """A contact that may be linked to one in Xero instead of being created there."""
        return self.record.error_code in LINKABLE and self.record.kind == Kind.CONTACT


# Refusals after which the same customer may well be in Xero already.
LINKABLE = ("name_taken", "contact_number_taken", "contact_undecided", "contact_archived")


def lines(connection: Connection, entries: Iterable[SyncEntry]) -> list[Line]:
    """Join log entries with the outbox rows that still need a person; one query."""
    entries = list(entries)
    objects = {entry.object_id for entry in entries if entry.object_id}
    waiting = connection.outbox.filter(object_id__in=objects, status=OutboxStatus.PARKED)
    parked = {(row.kind, row.object_id): row for row in waiting}
    contacts = _contacts_of(entries)
    # Only the newest entry of an object offers Retry: older ones tell of the same trouble.
    found = []
    for entry in entries:
        row = parked.pop((entry.kind, entry.object_id), None) if entry.object_id else None
        found.append(_line(connection, entry, contacts, xero_id=entry.xero_id, row=row))
    return found


def queue_lines(connection: Connection, rows: Iterable[OutboxRow]) -> list[Line]:
    """Join outbox rows with their links; one query."""
    rows = list(rows)
    objects = [row.object_id for row in rows]
    standing_links = connection.links.current().filter(object_id__in=objects)
    ids = {(link.kind, link.object_id): link.xero_id for link in standing_links}
    contacts = _contacts_of(rows)
    return [
        _line(connection, row, contacts, xero_id=ids.get((row.kind, row.object_id), ""), row=row)
        for row in rows
    ]


def _contacts_of(records: Iterable[SyncEntry | OutboxRow]) -> dict[UUID | None, UUID]:
    """Return the contacts of those invoices that are mended there; mostly without a query."""
    about = [one for one in records if explain(one.error_code).opens == Opens.CONTACT]
    ids = [one.object_id for one in about if one.kind == Kind.INVOICE and one.object_id]
    return dict(Invoice.objects.filter(pk__in=ids).values_list("pk", "contact_id")) if ids else {}


def _way(
    business: Business, record: SyncEntry | OutboxRow, contacts: Mapping[UUID | None, UUID]
) -> tuple[str, str]:
    """Return the address and the label of the record's own page that mends it, if one does."""
    opens, kind = explain(record.error_code).opens, record.kind
    if opens == Opens.EDIT and kind in FORMS and record.object_id:
        name, label = FORMS[Kind(kind)]
        return reverse(name, args=[business.slug, record.object_id]), label
    if opens == Opens.CONTACT and record.object_id in contacts:
        url = reverse("contacts:detail", args=[business.slug, contacts[record.object_id]])
        return url, "Open contact"
    return "", ""


def _line(
    connection: Connection,
    record: SyncEntry | OutboxRow,
    contacts: Mapping[UUID | None, UUID],
    *,
    xero_id: str,
    row: OutboxRow | None,
) -> Line:
    business = connection.business
    said: dict[str, Any] = {}
    if record.error_code:
        known = explain(record.error_code)
        url = reverse(known.action_url_name, args=[business.slug]) if known.action_url_name else ""
        said = {
            "what": known.what,
            "meaning": known.meaning,
            "help_url": url,
            "help_label": known.action_label,
        }
        said["way_url"], said["way_label"] = _way(business, record, contacts)
    return Line(
        record=record,
        our_url=our_url(business, record.kind, record.object_id),
        xero_url=links.xero_url(connection, record.kind, xero_id) if xero_id else "",
        xero_id=xero_id,
        row=row,
        **said,
    )


# --- the file ----------------------------------------------------------------------------------

COLUMNS = (
    *("time", "direction", "kind", "what", "outcome", "name", "our id", "xero id"),
    *("message", "meaning"),
)


QUEUE_COLUMNS = (
    *("status", "kind", "name", "our id", "xero id", "waiting since", "last tried", "tries"),
    *("message", "meaning"),
)


class Echo:
    """A file that hands back each line, for streaming."""

    def write(self, text: str) -> str:
        return text


def csv_of(entries: QuerySet[SyncEntry]) -> Iterator[str]:
    """Yield the log as CSV, line by line, however long it is."""
    return csv_lines(COLUMNS, (_values(entry) for entry in entries.iterator(chunk_size=500)))


def csv_of_queue(connection: Connection, rows: QuerySet[OutboxRow]) -> Iterator[str]:
    """Yield rows of the outbox as CSV, line by line, however many there are."""
    parts = chunks(rows.iterator(chunk_size=500), 500)
    lines = (_queued(line) for part in parts for line in queue_lines(connection, part))
    return csv_lines(QUEUE_COLUMNS, lines)


def csv_lines(columns: Iterable[str], values: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield a file line by line. Nothing in it opens as a spreadsheet's formula."""
    writer = csv.writer(Echo())
    yield writer.writerow(columns)
    for one in values:
        yield writer.writerow([_plain(value) for value in one])


def _queued(line: Line) -> tuple[str, ...]:
    row = line.record
    assert isinstance(row, OutboxRow)
    return (
        row.get_status_display(),
        row.get_kind_display(),
        row.label,
        str(row.object_id),
        line.xero_id,
        row.queued_at.isoformat(timespec="seconds"),
        row.updated_at.isoformat(timespec="seconds"),
        str(row.attempts),
        row.error_message,
        line.meaning,
    )


def _values(entry: SyncEntry) -> tuple[str, ...]:
    return (
        entry.at.isoformat(timespec="seconds"),
        entry.get_direction_display(),
        entry.get_kind_display(),
        entry.get_action_display(),
        entry.get_outcome_display(),
        entry.label,
        str(entry.object_id or ""),
        entry.xero_id,
        entry.message,
        explain(entry.error_code).meaning if entry.error_code else "",
    )


def _plain(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA) else value
