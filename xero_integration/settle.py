"""Settling: each member of a batch by Xero's answer for that element, all in one transaction.

A verdict is what became of one member: it stands in Xero (with a total equal to ours, or a person
hears of it), Xero refused it, it goes again, or it must be looked up first.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone

from contacts.models import Contact
from pooltrackr.lib.conflicts import settled_together
from xero_integration import (
    allocations,
    archive_there,
    attaching,
    batches,
    invoice_edits,
    items,
    log,
    names,
    outbox,
    prepare,
    pull,
    receipts,
    rounding,
)
from xero_integration.comparing import Comparison, compare
from xero_integration.fields import OURS, Values, their_values
from xero_integration.models import (
    Action,
    Batch,
    BatchMember,
    BatchOperation,
    BatchStatus,
    Connection,
    ErrorClass,
    Kind,
    Link,
    OutboxRow,
    OutboxStatus,
    Outcome,
    SyncEntry,
    XeroContact,
)
from xero_integration.threeway import Agreed
from xero_integration.verdicts import IDS, Verdict, judge

Json = dict[str, Any]

ACTIONS = {
    BatchOperation.CREATE: Action.CREATE,
    BatchOperation.UPDATE: Action.UPDATE,
    BatchOperation.VOID: Action.VOID,
}
OK = 200
# An element that Xero never answers for is tried this often, then it goes to a person.
MOST_TRIES = 5
SECOND_MADE = (
    "It was linked or merged here while Xero was creating it. The one that was created stands in "
    "Xero without a link."
)


def settle(batch: Batch, answer: Any, *, status: int, ms: int) -> None:
    """Settle a batch by the elements of an answer (200, or a 400 that lists them)."""
    verdicts = judge(batch, answer, is_refused=status != OK)
    is_open = any(verdict.look_up for verdict in verdicts)
    # Before the transaction: on SQLite all other writers wait for its end.
    contacts = contacts_in(batch, verdicts)

    def write() -> None:
        if is_open:
            batches.change(batch, status=BatchStatus.LOOK_UP, http_status=status, not_before=None)
        else:
            batches.close(batch, BatchStatus.SETTLED, http_status=status, duration_ms=ms)
        apply(batch, verdicts, contacts, ms=ms)

    settled_together(write)


def contacts_in(batch: Batch, verdicts: Iterable[Verdict]) -> dict[str, XeroContact]:
    """Return the contacts that an answer shows, as unsaved rows of the mirror by Xero's id."""
    if batch.kind != Kind.CONTACT:
        return {}
    elements = [verdict.element for verdict in verdicts if verdict.element]
    return {row.xero_id: row for row in pull.contact_rows(batch.connection, elements)}


# --- writing -----------------------------------------------------------------------------------


def apply(
    batch: Batch,
    verdicts: Sequence[Verdict],
    contacts: Mapping[str, XeroContact],
    *,
    ms: int | None = None,
) -> None:
    """Write verdicts down, within the caller's transaction. Those to be looked up stay open.

    `contacts` are those of `contacts_in`.
    Raises IntegrityError where somebody links one of the records in this very instant: the caller
    goes once more (`settled_together`), and then sees that link.
    """
    now = timezone.now()
    _keep_reasons([verdict for verdict in verdicts if verdict.look_up])
    final = [verdict for verdict in verdicts if not verdict.look_up]
    rows = _locked_rows(final)
    links, proposer = _Links(batch, final, contacts), names.Proposer(batch.connection)
    entries: list[SyncEntry] = []
    for verdict in final:
        row = rows[verdict.member.row_id]
        if verdict.element is not None:
            entries.append(_arrived(batch, verdict, row, links))
        elif verdict.code:
            entries.append(_refused(batch, verdict, row, proposer))
        elif _is_hopeless(verdict, row):
            entries.append(_refused(batch, replace(verdict, code="unknown"), row, proposer))
        else:
            _open_again(row)
    for entry in entries:
        entry.duration_ms = ms
    links.save()
    _save_rows(rows.values(), now)
    settled = [verdict.member.pk for verdict in final]
    BatchMember.objects.filter(pk__in=settled).update(settled_at=now)
    log.write(entries)
    _after(batch, final, contacts)


def _save_rows(rows: Collection[OutboxRow], now: dt.datetime) -> None:
    """Write rows by their new status: nearly all of a batch have the same one."""
    free = {"lease_owner": "", "lease_until": None, "updated_at": now}
    for status in OutboxStatus:
        if status == OutboxStatus.PARKED:
            continue
        ids = [row.pk for row in rows if row.status == status]
        if ids:
            again = {"not_before": now} if status == OutboxStatus.WAITING else {}
            OutboxRow.objects.filter(pk__in=ids).update(status=status, **again, **free)
    for row in rows:
        if row.status == OutboxStatus.PARKED:
            OutboxRow.objects.filter(pk=row.pk).update(
                status=row.status,
                error_class=row.error_class,
                error_code=row.error_code,
                error_message=row.error_message,
                proposed_name=row.proposed_name,
                **free,
            )


def _keep_reasons(verdicts: Sequence[Verdict]) -> None:
    for verdict in verdicts:
        verdict.member.error_code = verdict.code
        verdict.member.error_message = verdict.message
    BatchMember.objects.bulk_update(
        [verdict.member for verdict in verdicts], ["error_code", "error_message"]
    )


def _locked_rows(verdicts: Iterable[Verdict]) -> dict[int, OutboxRow]:
    ids = [verdict.member.row_id for verdict in verdicts]
    return {
        row.pk: row
        for row in OutboxRow.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    }


def _arrived(batch: Batch, verdict: Verdict, row: OutboxRow, links: "_Links") -> SyncEntry:
    assert verdict.element is not None
    xero_id = verdict.element[IDS[Kind(batch.kind)]]
    if batch.kind == Kind.CONTACT and batch.operation == BatchOperation.VOID:
        return _archived(batch, verdict, row, xero_id)
    if links.stays_archived(verdict, row):
        message = "Xero left the contact archived."
        return _refused(
            batch, Verdict(verdict.member, code="contact_archived", message=message), row
        )
    if links.is_taken(xero_id, row):
        message = "The record in Xero is already linked to another one here."
        return _refused(batch, Verdict(verdict.member, code="link_taken", message=message), row)
    if links.was_moved(xero_id, row):
        return _overtaken(batch, row, xero_id)
    found = compare(verdict, links.remote_of(row), with_line=_may_add_line(batch))
    links.note(verdict, row, xero_id, found)
    if found.needs_person:
        _park(row, verdict.member, found.code, found.words, ErrorClass.REJECTED)
    elif row.status == OutboxStatus.IN_FLIGHT:
        is_newer = row.generation != verdict.member.generation
        again = verdict.is_stale or found.line is not None or is_newer
        row.status = OutboxStatus.WAITING if again else OutboxStatus.DONE
    return log.entry_for(
        row,
        action=Action.ADOPT if verdict.adopted else ACTIONS[BatchOperation(batch.operation)],
        outcome=Outcome.FAILED if found.needs_person else Outcome.DONE,
        batch=batch,
        xero_id=xero_id,
        message=found.words,
        error_code=found.code if found.needs_person else "",
    )


def _may_add_line(batch: Batch) -> bool:
    """Say whether a few cents may be mended by a line: invoices have one, credit notes do not."""
    return batch.connection.rounding_line and batch.kind == Kind.INVOICE


def _archived(batch: Batch, verdict: Verdict, row: OutboxRow, xero_id: str) -> SyncEntry:
    """It was merged here and is out of use there; unless the merge was undone meanwhile."""
    of_it = Link.objects.select_for_update().filter(
        connection=batch.connection, kind=Kind.CONTACT, object_id=row.object_id, xero_id=xero_id
    )
    link = of_it.order_by("-pk").first()
    if link is not None:
        archive_there.arrived(link)
    if row.status == OutboxStatus.IN_FLIGHT:
        is_newer = row.generation != verdict.member.generation
        is_undone = link is not None and archive_there.comes_back(link)
        row.status = OutboxStatus.WAITING if is_newer or is_undone else OutboxStatus.DONE
    return log.entry_for(
        row,
        action=Action.UPDATE,
        outcome=Outcome.DONE,
        batch=batch,
        xero_id=xero_id,
        message="Archived in Xero, as was chosen when it was merged here.",
    )


def _overtaken(batch: Batch, row: OutboxRow, xero_id: str) -> SyncEntry:
    """A person linked, unlinked or merged meanwhile: that stands, and the row goes by it next."""
    _open_again(row)
    is_second = batch.operation == BatchOperation.CREATE
    return log.entry_for(
        row,
        action=ACTIONS[BatchOperation(batch.operation)],
        outcome=Outcome.FAILED if is_second else Outcome.DONE,
        batch=batch,
        xero_id=xero_id,
        message=SECOND_MADE if is_second else "",
        error_code="second_made" if is_second else "",
    )


def _refused(
    batch: Batch, verdict: Verdict, row: OutboxRow, proposer: names.Proposer | None = None
) -> SyncEntry:
    message = verdict.message or "Xero gave no reason."
    _park(row, verdict.member, verdict.code, message, verdict.error_class)
    if proposer is not None and verdict.code == "name_taken":
        row.proposed_name = proposer.name_for(row)
    return log.entry_for(
        row,
        action=ACTIONS[BatchOperation(batch.operation)],
        outcome=Outcome.FAILED,
        batch=batch,
        message=message,
        error_code=verdict.code,
    )


def _park(
    row: OutboxRow, member: BatchMember, code: str, message: str, error_class: ErrorClass
) -> None:
    """Leave the row to a person, unless it was edited since: then the new state goes first."""
    if row.status != OutboxStatus.IN_FLIGHT:
        return
    if row.generation != member.generation:
        _open_again(row)
        return
    row.status = OutboxStatus.PARKED
    row.error_class, row.error_code, row.error_message = error_class, code, message


def _is_hopeless(verdict: Verdict, row: OutboxRow) -> bool:
    tries = row.members.filter(generation=verdict.member.generation, settled_at__isnull=False)
    return tries.count() >= MOST_TRIES


def _open_again(row: OutboxRow) -> None:
    if row.status == OutboxStatus.IN_FLIGHT:
        row.status = OutboxStatus.WAITING


class _Links:
    """The links of a batch's objects: read once, changed in memory, written once."""

    def __init__(
        self, batch: Batch, verdicts: Sequence[Verdict], contacts: Mapping[str, XeroContact]
    ) -> None:
        self.batch, self.contacts = batch, contacts
        current = Link.objects.current().filter(connection=batch.connection, kind=batch.kind)
        objects = [verdict.member.row.object_id for verdict in verdicts]
        xero_ids = [(one.element or {}).get(IDS[Kind(batch.kind)]) for one in verdicts]
        self.by_object = {link.object_id: link for link in current.filter(object_id__in=objects)}
        self.owner = {
            link.xero_id: link.object_id
            for link in current.filter(xero_id__in=[one for one in xero_ids if one])
        }
        merged = Contact.objects.filter(pk__in=objects).exclude(merged_into=None)
        self.merged = set(merged.values_list("pk", flat=True))
        self.changed: list[Link] = []

    def is_taken(self, xero_id: str, row: OutboxRow) -> bool:
        """Say whether a creation ended at a record that is another one's here."""
        owner = self.owner.setdefault(xero_id, row.object_id)
        return owner != row.object_id and self._is_creation

    def was_moved(self, xero_id: str, row: OutboxRow) -> bool:
        """Say whether the object has another link by now than the one the call went by."""
        link = self.by_object.get(row.object_id)
        if link is None:
            return not self._is_creation or row.object_id in self.merged
        # A file that is overwritten may be given another id.
        return link.xero_id != xero_id and self.batch.kind != Kind.ATTACHMENT

    def stays_archived(self, verdict: Verdict, row: OutboxRow) -> bool:
        """Say whether a contact that was to come back, as its merge was undone, has not."""
        link = self.by_object.get(row.object_id)
        status = (verdict.element or {}).get("ContactStatus")
        return link is not None and archive_there.comes_back(link) and status != "ACTIVE"

    @property
    def _is_creation(self) -> bool:
        return self.batch.operation == BatchOperation.CREATE

    def remote_of(self, row: OutboxRow) -> Json:
        """Return what is remembered of the object's record in Xero."""
        link = self.by_object.get(row.object_id)
        return link.remote if link else {}

    def note(self, verdict: Verdict, row: OutboxRow, xero_id: str, found: Comparison) -> None:
        in_step = found.is_equal and not verdict.is_stale
        link = self.by_object.get(row.object_id) or Link(
            business_id=row.business_id,
            connection_id=row.connection_id,
            kind=row.kind,
            object_id=row.object_id,
            xero_id=xero_id,
        )
        link.xero_id = xero_id
        link.pushed_digest = verdict.member.payload_digest if in_step else ""
        link.pushed_at = timezone.now()
        link.checked_at = verdict.member.read_at
        there = self.contacts.get(xero_id)
        link.agreed = _agreed(verdict, there, link.agreed) if in_step else {}
        if self.batch.kind == Kind.INVOICE and in_step:
            link.agreed = invoice_edits.agreed_of(self.batch.connection, verdict)
        link.remote = {**link.remote, **_remote(verdict)}
        link.remote.pop(prepare.WITH_STATUS, None)
        if archive_there.comes_back(link):
            archive_there.is_back(link)
        if found.line is not None:
            link.remote[rounding.LINE] = found.line.as_json()
        self.changed.append(link)

    def save(self) -> None:
        new = [link for link in self.changed if link.pk is None]
        known = [link for link in self.changed if link.pk is not None]
        Link.objects.bulk_create(new)
        Link.objects.bulk_update(
            known, ["xero_id", "pushed_digest", "pushed_at", "checked_at", "remote", "agreed"]
        )


def _agreed(verdict: Verdict, contact: XeroContact | None, before: Json) -> Json:
    """Return what the two sides of a contact agree on once it has arrived, of what was sent."""
    expected, agreed = verdict.member.expected, Agreed.from_json(before)
    if contact is None or "ours" not in expected:
        return before
    ours = expected["ours"]
    # Found and not answered: an edit made there meanwhile is a change, not what was agreed on.
    there = ours if verdict.adopted else their_values(contact)
    theirs = {name: there[name] for name in OURS}
    agreed.note(ours if expected["fields"] is None else expected["fields"], ours, theirs)
    return agreed.as_json()


def _remote(verdict: Verdict) -> Json:
    """Return what a later update needs of the answer: an invoice's status and line ids."""
    element = verdict.element or {}
    kept = {name: element[key] for name, key in (("status", "Status"),) if element.get(key)}
    ours, theirs = verdict.member.expected.get("lines", []), element.get("LineItems") or []
    if ours and len(ours) == len(theirs):
        kept["lines"] = {
            line: one["LineItemID"]
            for line, one in zip(ours, theirs, strict=True)
            if one.get("LineItemID")
        }
    return kept


def _after(batch: Batch, verdicts: Sequence[Verdict], contacts: Mapping[str, XeroContact]) -> None:
    if batch.kind == Kind.CONTACT:
        # Whatever became of them: who waits for the name has waited long enough.
        outbox.wake_namesakes(batch.connection, [one.member.row.object_id for one in verdicts])
    arrived = [verdict for verdict in verdicts if verdict.element is not None]
    if not arrived:
        return
    connection = batch.connection
    elements = [one.element for one in arrived if one.element]
    # In the mirror, so that its echo is known for one.
    ids = [verdict.member.row.object_id for verdict in arrived]
    if batch.kind == Kind.ITEM:
        items.store(connection, elements)
    if batch.kind == Kind.INVOICE:
        pull.store_invoices(connection, receipts.in_step(connection, elements))
        outbox.requeue_payments_of(connection, ids)
        outbox.requeue_credit_notes_of(connection, ids)
        attaching.queue(connection, ids)
    if batch.kind == Kind.CREDIT_NOTE:
        allocations.queue(connection, ids)
    if batch.kind == Kind.ALLOCATION:
        allocations.arrived(connection, ids)
    if batch.kind == Kind.CONTACT:
        pull.save_contacts(_without_news(batch, arrived, contacts))
        outbox.requeue_invoices_of(connection, ids)
    # Last: all workers of the organisation meet at this row, and none may wait while holding it.
    Connection.objects.filter(pk=connection.pk).update(last_synced_at=timezone.now())


def _without_news(
    batch: Batch, arrived: Iterable[Verdict], contacts: Mapping[str, XeroContact]
) -> list[XeroContact]:
    """Return the mirror's rows, save those that show an edit made there of what was not sent.

    Those are left to be read: the mirror must not know of an edit before it had its effect here.
    """
    sent = {
        one.element[IDS[Kind.CONTACT]]: one.member.expected.get("fields")
        for one in arrived
        if one.element
    }
    known = batch.connection.xero_contacts.filter(xero_id__in=sent)
    mirror = {row.xero_id: their_values(row) for row in known}
    return [
        contacts[xero_id]
        for xero_id, fields in sent.items()
        if _is_as_sent(contacts[xero_id], mirror.get(xero_id), fields)
    ]


def _is_as_sent(row: XeroContact, known: Values | None, sent: Collection[str] | None) -> bool:
    if known is None or sent is None:
        return True
    theirs = their_values(row)
    return all(theirs[name] == known[name] for name in OURS if name not in sent)
