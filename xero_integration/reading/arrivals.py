"""What was read because it changed in Xero: what is new about it, what follows, and the mirror.

What an edit in Xero changes here begins at `contacts_changed` and `invoices_changed`. They run
before the mirror is written, so a worker killed in between finds the same change again: they may
run twice, never not at all.
"""

import datetime as dt
import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, transaction
from django.db.models import QuerySet

from contacts.models import Contact
from invoices.models import Invoice
from pooltrackr.lib.chunks import chunks
from xero_integration import log, pull
from xero_integration.both_sides import edits, invoice_edits, questions
from xero_integration.client.api import Client
from xero_integration.linking import archiving, links
from xero_integration.models import (
    Action,
    Connection,
    Direction,
    Kind,
    Lane,
    Link,
    OutboxStatus,
    Outcome,
    SyncEntry,
    XeroContact,
    XeroInvoice,
)
from xero_integration.numbers import contact_number
from xero_integration.payments import receipts
from xero_integration.sending import survivors
from xero_integration.wizard import inbox

Json = dict[str, Any]
Row = XeroContact | XeroInvoice

logger = logging.getLogger(__name__)

CHUNK = 300
# When and how we looked, not what Xero has.
NOT_XEROS = {"read_at", "search_key"}
# Xero derives them from a contact's documents, without a change of its date: to be kept, no edit.
DERIVED = {"is_customer", "is_supplier"}
# What a record that is not as it should be makes our own code, or the database, raise.
ODD = (
    *(ArithmeticError, AttributeError, KeyError, TypeError, ValueError),
    *(DataError, ValidationError),
)
MERGED_INTO_LINKED = (
    "In Xero it was merged into {name}, which is linked to another contact here. Merge the two "
    "here as well, or link one of them anew."
)


@dataclass(frozen=True)
class Source:
    """How one kind is read and kept."""

    method: str
    collection: str
    key: str
    model: type[Any]
    columns: Sequence[str]
    rows: Callable[[Connection, Iterable[Json]], Sequence[Any]]
    save: Callable[[Any], None]
    changed: Callable[[Client, Any], None]
    # What follows once the mirror has them; a kill before it costs a suggestion, nothing else.
    kept: Callable[[Connection, Collection[str]], None]
    more: Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """What one call brought: rows, unsaved; ids of what could not be made out; Xero's paging."""

    rows: list[Row]
    odd: set[str]
    paging: Json


@dataclass(frozen=True)
class Taken:
    """Ids of rows that changed, and of those that could not be taken in."""

    changed: set[str]
    odd: set[str]


@dataclass(frozen=True)
class BeingSent:
    """What a worker is sending just now: until that is settled, its echo cannot be told."""

    xero_ids: frozenset[str]
    numbers: frozenset[str]

    def includes(self, row: Row) -> bool:
        number = row.contact_number if isinstance(row, XeroContact) else row.number
        return row.xero_id in self.xero_ids or number in self.numbers


def being_sent(connection: Connection, kind: Kind) -> BeingSent:
    rows = connection.outbox.filter(kind=kind, status=OutboxStatus.IN_FLIGHT)
    objects = set(rows.values_list("object_id", flat=True))
    linked = connection.links.filter(kind=kind, object_id__in=objects)
    if kind == Kind.CONTACT:
        numbers = {contact_number(one) for one in objects}
    else:
        numbers = set(Invoice.objects.filter(pk__in=objects).values_list("number", flat=True))
    return BeingSent(frozenset(linked.values_list("xero_id", flat=True)), frozenset(numbers))


def read(client: Client, kind: Kind, **which: Any) -> Page:
    """Read one page. A record that cannot be made out is `odd`, and stops no other."""
    source = SOURCES[kind]
    answer = client.call(source.method, **which, **source.more)
    rows: list[Row] = []
    odd: set[str] = set()
    for element in answer.elements(source.collection):
        try:
            rows += source.rows(client.connection, [element])
        except ODD as error:
            log.crash(logger, error, connection=client.connection.pk, kind=kind)
            odd.add(str(element.get(source.key) or ""))
    return Page(rows, odd - {""}, answer.data.get("pagination") or {})


def take_in(client: Client, kind: Kind, rows: Sequence[Row]) -> Taken:
    """Let what is new about `rows` have its effect, and keep them; say which changed."""
    try:
        return Taken(_take_all(client, kind, rows), set())
    except ODD as error:
        if len(rows) == 1:
            log.crash(logger, error, connection=client.connection.pk, kind=kind)
            return Taken(set(), {rows[0].xero_id})
    # One by one, so that it is the one row alone that stays out.
    taken = Taken(set(), set())
    for row in rows:
        part = take_in(client, kind, [row])
        taken.changed.update(part.changed)
        taken.odd.update(part.odd)
    return taken


def _take_all(client: Client, kind: Kind, rows: Sequence[Row]) -> set[str]:
    source = SOURCES[kind]
    known = mirrored(client.connection, kind, [row.xero_id for row in rows])
    news = {row.xero_id: _news(row, known.get(row.xero_id), source) for row in rows}
    changed = [row for row in rows if news[row.xero_id] - DERIVED]
    if changed:
        source.changed(client, changed)
    _save(client.connection, kind, [row for row in rows if news[row.xero_id]])
    if changed:
        source.kept(client.connection, {row.xero_id for row in changed})
    return {row.xero_id for row in changed}


def mirrored(connection: Connection, kind: Kind, xero_ids: Iterable[str]) -> dict[str, Row]:
    rows = SOURCES[kind].model.objects.filter(connection=connection, xero_id__in=list(xero_ids))
    return {row.xero_id: row for row in rows}


def is_older(row: Row, moment: dt.datetime | None) -> bool:
    """Say whether `row` is of before `moment`, as far as Xero tells."""
    return moment is not None and row.updated_at is not None and row.updated_at < moment


def _news(row: Row, known: Row | None, source: Source) -> set[str]:
    """Return the columns in which `row` tells something new."""
    columns = set(source.columns) - NOT_XEROS
    if known is None:
        return columns
    if is_older(row, known.updated_at):
        return set()
    return {name for name in columns if getattr(row, name) != getattr(known, name)}


def _save(connection: Connection, kind: Kind, rows: Sequence[Row]) -> None:
    """Write rows that nothing newer has overtaken: the answer to a push may have come between."""
    if not rows:
        return
    source = SOURCES[kind]
    with transaction.atomic():
        held = source.model.objects.select_for_update().filter(
            connection=connection, xero_id__in=[row.xero_id for row in rows]
        )
        newest = dict(held.values_list("xero_id", "updated_at"))
        source.save([row for row in rows if not is_older(row, newest.get(row.xero_id))])


def contacts_changed(client: Client, rows: Sequence[XeroContact]) -> None:
    """Follow merges of contacts that are linked, ask about archived ones, bring edits here."""
    log.event(logger, "changed-in-xero", kind=Kind.CONTACT, count=len(rows))
    _follow_all(client, {row.xero_id: row for row in rows if row.merged_to})
    _have_effect(client.connection, rows)


def follow_merges(connection: Connection) -> None:
    """Follow what a whole read met: it writes the mirror, so nothing of it is news any more."""
    merged = connection.xero_contacts.exclude(merged_to="")
    linked = merged.filter(xero_id__in=_contact_links(connection).values("xero_id"))
    with Client(connection, lane=Lane.INTERACTIVE) as client:
        _follow_all(client, {row.xero_id: row for row in linked})


def _contact_links(connection: Connection) -> QuerySet[Link]:
    return Link.objects.current().filter(connection=connection, kind=Kind.CONTACT)


def _follow_all(client: Client, merged: Mapping[str, XeroContact]) -> None:
    for link in _contact_links(client.connection).filter(xero_id__in=merged):
        _follow(client, link, merged[link.xero_id])


def _have_effect(connection: Connection, rows: Sequence[XeroContact]) -> None:
    archiving.note(connection, rows)
    edits.bring(connection, [row for row in rows if not row.merged_to])


def catch_up(connection: Connection, *, since: dt.datetime) -> None:
    """Compare what was read from then on: finds whatever is in the mirror and had no effect."""
    read = connection.xero_contacts.filter(read_at__gte=since)
    for chunk in chunks(list(read.values_list("pk", flat=True)), CHUNK):
        _have_effect(connection, list(connection.xero_contacts.filter(pk__in=chunk)))
    inbox.look_through(connection)
    invoices = connection.xero_invoices.filter(read_at__gte=since)
    for rows in chunks(invoices.iterator(chunk_size=CHUNK), CHUNK):
        invoice_edits.bring(connection, rows)


def come_back(connection: Connection) -> None:
    """Let what was read since a connection was made anew have its effect. Raises XeroError.

    The reading for the review wrote the mirror, so none of it is news to polls and events.
    """
    follow_merges(connection)
    catch_up(connection, since=connection.connected_at)
    invoices = connection.xero_invoices.filter(read_at__gte=connection.connected_at)
    with Client(connection, lane=Lane.BULK) as client:
        for rows in chunks(invoices.iterator(chunk_size=CHUNK), CHUNK):
            receipts.invoices_changed(client, rows)


def _follow(client: Client, link: Link, row: XeroContact) -> None:
    last = survivors.survivor(
        client, {"ContactID": row.xero_id, "MergedToContactID": row.merged_to}
    )
    if last.get("ContactStatus") != "ACTIVE":
        # Merged into one that is out of use: the next thing sent for it says so, to a person.
        return
    if not _follow_to(client.connection, link, last):
        _ask_about_merge(client.connection, link, last)
        log.write_once(_unfollowed(link, row, MERGED_INTO_LINKED.format(name=last["Name"])))


def _follow_to(connection: Connection, link: Link, survivor: Json) -> bool:
    """Take the link along with what the survivor has, at once: one without the other is lost."""
    with transaction.atomic():
        edits.held(link)
        if not links.follow(connection, merged=link.xero_id, into=survivor["ContactID"]):
            return False
        rows = pull.contact_rows(connection, [survivor])
        edits.bring(connection, rows)
        pull.save_contacts(rows)
        return True


def _ask_about_merge(connection: Connection, link: Link, survivor: Json) -> None:
    current = Link.objects.current().filter(connection=connection, kind=Kind.CONTACT)
    holder = current.filter(xero_id=survivor["ContactID"]).first()
    other = Contact.objects.filter(pk=holder.object_id).first() if holder else None
    if other is not None:
        questions.merged(link, into=other)


def _unfollowed(link: Link, row: XeroContact, message: str) -> SyncEntry:
    return log.entry(
        link.connection,
        Kind.CONTACT,
        Action.READ,
        row.name,
        link.object_id,
        row.xero_id,
        message,
        direction=Direction.FROM_XERO,
        outcome=Outcome.FAILED,
        error_code="contact_merged",
    )


def invoices_changed(client: Client, rows: Sequence[XeroInvoice]) -> None:
    """Follow the money, what was voided or deleted, and ask about what was changed there."""
    log.event(logger, "changed-in-xero", kind=Kind.INVOICE, count=len(rows))
    # Money first: what was taken back there must not keep an invoice from being voided here.
    receipts.invoices_changed(client, rows)
    invoice_edits.bring(client.connection, rows)


def _invoice_rows(connection: Connection, elements: Iterable[Json]) -> Sequence[XeroInvoice]:
    by_id = {element["InvoiceID"]: element for element in elements}
    rows = pull.invoice_rows(connection, by_id.values())
    for row in rows:
        row.money = receipts.sums_of(by_id[row.xero_id])
    return rows


def nothing_follows(connection: Connection, xero_ids: Collection[str]) -> None:
    """Whatever hangs on an invoice's change has happened by then."""


SOURCES = {
    Kind.CONTACT: Source(
        method="get_contacts",
        collection="Contacts",
        key="ContactID",
        model=XeroContact,
        columns=pull.CONTACT_COLUMNS,
        rows=pull.contact_rows,
        save=pull.save_contacts,
        changed=contacts_changed,
        kept=inbox.arrived,
        # Without it a contact that was archived or merged would never be heard of.
        more={"include_archived": True},
    ),
    Kind.INVOICE: Source(
        method="get_invoices",
        collection="Invoices",
        key="InvoiceID",
        model=XeroInvoice,
        columns=pull.INVOICE_COLUMNS,
        rows=_invoice_rows,
        save=pull.save_invoices,
        changed=invoices_changed,
        kept=nothing_follows,
        # Prices are cut to two decimals otherwise, and each would seem to have been edited.
        more={"unitdp": 4},
    ),
}
