"""Settling: each member of a batch by Xero's answer for that element, all in one transaction.

A verdict is what became of one member: it stands in Xero (with a total equal to ours, or a person
hears of it), Xero refused it, it goes again, or it must be looked up first.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone

from pooltrackr.lib.conflicts import settled_together
from xero_integration import log, pull
from xero_integration.linking import archive_there, names
from xero_integration.models import (
    Action,
    Batch,
    BatchMember,
    BatchOperation,
    BatchStatus,
    ErrorClass,
    Kind,
    Link,
    OutboxRow,
    OutboxStatus,
    Outcome,
    SyncEntry,
    XeroContact,
)
from xero_integration.sending import aftermath, batches
from xero_integration.sending.comparing import compare
from xero_integration.sending.settled_links import Links
from xero_integration.sending.verdicts import IDS, Verdict, judge

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
    for verdict in final:
        verdict.member.row = rows[verdict.member.row_id]
    links, proposer = Links(batch, final, contacts), names.Proposer(batch.connection)
    entries: list[SyncEntry] = []
    for verdict in final:
        row = verdict.member.row
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
    aftermath.carry_on(batch, final, contacts)


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


def _arrived(batch: Batch, verdict: Verdict, row: OutboxRow, links: Links) -> SyncEntry:
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
