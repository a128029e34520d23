"""The dry run: what sending these records would do in Xero, each as its own judge would have it.

Reads, writes nothing and calls nobody: what Xero has is the mirror's. What Xero itself alone knows
(a rule of its own, a change of this minute) it may still refuse.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from pooltrackr.lib.chunks import chunks
from xero_integration.both_sides.fields import PAIRS, beside, our_values
from xero_integration.both_sides.threeway import Agreed
from xero_integration.client.errors import Explanation, explain
from xero_integration.mapping.mappings import Problem
from xero_integration.models import (
    BatchOperation,
    Connection,
    Kind,
    Link,
    OutboxRow,
    OutboxStatus,
    XeroInvoice,
)
from xero_integration.payments.same_money import MAYBE
from xero_integration.resend.asked import Asked
from xero_integration.sending import prepare
from xero_integration.sending.batches import Ready
from xero_integration.sending.judging import Judge, Later, Nothing
from xero_integration.sending.prepare import ContactJudge, InvoiceJudge, PaymentJudge

CHUNK = 300
GONE = ("VOIDED", "DELETED")


class Act(StrEnum):
    """What would happen to a record in Xero."""

    STOP = "stop"
    CREATE = "create"
    UPDATE = "update"
    VOID = "void"
    SKIP = "skip"


# Problems first.
LABELS = {
    Act.STOP: "Cannot go",
    Act.CREATE: "Created",
    Act.UPDATE: "Updated",
    Act.VOID: "Voided",
    Act.SKIP: "Skipped",
}
OPERATIONS = {
    BatchOperation.CREATE: Act.CREATE,
    BatchOperation.UPDATE: Act.UPDATE,
    BatchOperation.VOID: Act.VOID,
}
# What a record waits for, and that this run may bring: the code, and what it hangs on.
WAITS = {Kind.INVOICE: "contact_not_linked", Kind.PAYMENT: "invoice_not_sent"}


@dataclass(frozen=True)
class Change:
    """One field in Xero before and after; either may be blank."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """What becomes of one record."""

    row: OutboxRow
    act: Act
    words: str = ""
    code: str = ""
    changes: tuple[Change, ...] = ()
    link: Link | None = None

    @property
    def key(self) -> str:
        return f"{self.row.kind}:{self.row.object_id}"

    @property
    def label(self) -> str:
        return LABELS[self.act]

    @property
    def known(self) -> Explanation | None:
        return explain(self.code) if self.code else None


@dataclass(frozen=True)
class Plan:
    asked: Asked
    lines: Sequence[Line]

    @property
    def stops(self) -> list[Line]:
        return [line for line in self.lines if line.act == Act.STOP]

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """Return (act, its label, how many) of each act there is."""
        found = [(act, sum(line.act == act for line in self.lines)) for act in Act]
        return [(act.value, LABELS[act], number) for act, number in found if number]

    @property
    def digest(self) -> str:
        """Name what was looked at: a run goes by it, or is looked at once more."""
        seen = [(line.key, line.act, line.words, line.changes) for line in self.lines]
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]


def plan(asked: Asked) -> Plan:
    """Return what would become of each record, problems first. Some queries for 300 records."""
    lines: list[Line] = []
    going: set[UUID] = set()
    for kind in Kind:
        rows = [row for row in asked.rows if row.kind == kind]
        made = [
            line
            for part in chunks(rows, CHUNK)
            for line in _of_chunk(asked, kind, list(part), going)
        ]
        going |= {one.row.object_id for one in made if one.act in (Act.CREATE, Act.UPDATE)}
        lines += _without_twins(asked.connection, made) if kind == Kind.CONTACT else made
        going -= {one.row.object_id for one in lines if one.act == Act.STOP}
    order = list(Act)
    return Plan(asked, sorted(lines, key=lambda line: order.index(line.act)))


def _of_chunk(asked: Asked, kind: Kind, rows: list[OutboxRow], going: set[UUID]) -> Iterator[Line]:
    judge = prepare.JUDGES[kind](asked.connection, rows)
    there = _invoices_there(asked.connection, judge) if kind == Kind.INVOICE else {}
    for row in rows:
        if asked.again:
            _forget(judge, row)
        yield _line(asked, judge, row, there, going)


def _line(
    asked: Asked,
    judge: Judge,
    row: OutboxRow,
    there: dict[UUID, XeroInvoice],
    going: set[UUID],
) -> Line:
    if asked.again and row.status == OutboxStatus.EXCLUDED:
        return Line(row, Act.SKIP, "Left out of Xero.")
    if row.error_code == MAYBE:
        # Sent, it would count twice: whether it does is asked about each.
        return Line(row, Act.STOP, row.error_message, row.error_code)
    judged = judge.of(row)
    link = judge.links.get(row.object_id)
    if isinstance(judged, Nothing):
        return Line(row, Act.SKIP, "Xero has it so already, or it is not for Xero.")
    if isinstance(judged, Later) or _comes_with(judge, row, judged, going):
        return Line(row, Act.CREATE, "After the record that it hangs on.")
    if isinstance(judged, Problem):
        return Line(row, Act.STOP, judged.message, judged.code)
    if row.object_id in there:
        stop = _closed(asked.connection, there[row.object_id], judged)
        if stop is not None:
            return Line(row, *stop)
    changes = tuple(_changes(judge, row, judged, there.get(row.object_id)))
    return Line(row, OPERATIONS[judged.operation], "", "", changes, link)


def _comes_with(judge: Judge, row: OutboxRow, judged: Any, going: set[UUID]) -> bool:
    """Say whether all that is missing is a record that this very run sends first."""
    if not isinstance(judged, Problem) or judged.code != WAITS.get(Kind(row.kind)):
        return False
    if isinstance(judge, InvoiceJudge):
        return judge.invoices[row.object_id].contact_id in going
    return isinstance(judge, PaymentJudge) and judge.payments[row.object_id].invoice_id in going


# --- once more --------------------------------------------------------------------------------


def _forget(judge: Judge, row: OutboxRow) -> None:
    """Let the judge not know what was sent before: in memory, `run` writes it down."""
    link = judge.links.get(row.object_id)
    if link is None:
        return
    link.pushed_digest = ""
    if isinstance(judge, ContactJudge) and link.agreed:
        contact, theirs = judge.contacts.get(row.object_id), judge.mirror.get(link.xero_id)
        if contact is not None and theirs is not None:
            link.agreed = _insisting(Agreed.from_json(link.agreed), our_values(contact), theirs)


def _insisting(agreed: Agreed, ours: dict[str, str], theirs: dict[str, str]) -> dict[str, Any]:
    """Let ours count as changed wherever Xero has something else, and theirs as known."""
    for pair in PAIRS:
        both = beside(pair, ours, theirs)
        if any(both.ours) and not both.is_alike:
            agreed.insist(pair.ours, theirs)
            agreed.ours.update(dict.fromkeys(pair.ours, ""))
    return agreed.as_json()


# --- what Xero would refuse --------------------------------------------------------------------


def _without_twins(connection: Connection, lines: Iterable[Line]) -> list[Line]:
    """Stop contacts whose name another active contact in Xero has, or one of these gets first."""
    active = connection.xero_contacts.usable().values_list("name", "xero_id")
    taken = {name.casefold(): xero_id for name, xero_id in active}
    return [_unless_taken(line, taken) for line in lines]


def _unless_taken(line: Line, taken: dict[str, str]) -> Line:
    name = next((one.after for one in line.changes if one.label == "Name"), "").casefold()
    if not name or line.act not in (Act.CREATE, Act.UPDATE):
        return line
    own = line.link.xero_id if line.link else str(line.row.object_id)
    if taken.setdefault(name, own) == own:
        return line
    return Line(line.row, Act.STOP, "Another active contact in Xero has this name.", "name_taken")


def _invoices_there(connection: Connection, judge: Judge) -> dict[UUID, XeroInvoice]:
    ids = {link.xero_id: link.object_id for link in judge.links.values()}
    held = connection.xero_invoices.filter(xero_id__in=ids)
    return {ids[one.xero_id]: one for one in held}


def _closed(
    connection: Connection, there: XeroInvoice, judged: Ready
) -> tuple[Act, str, str] | None:
    """Say why Xero lets nothing of an invoice be changed any more, if it does not."""
    if judged.operation == BatchOperation.UPDATE and there.status in GONE:
        return Act.STOP, "It was voided or deleted in Xero, which brings none back.", "wrong_status"
    if there.paid:
        if judged.operation == BatchOperation.UPDATE and _is_equal(there, judged):
            return Act.SKIP, "It has payments in Xero; the totals are the same.", ""
        return Act.STOP, "It has payments in Xero.", "has_payments"
    locks = (connection.period_lock_date, connection.end_of_year_lock_date)
    if there.date and any(lock and there.date <= lock for lock in locks):
        return Act.STOP, "It lies in a period that is closed in Xero.", "period_locked"
    return None


def _is_equal(there: XeroInvoice, judged: Ready) -> bool:
    expected = judged.payload.expected
    return (str(there.total), str(there.total_tax)) == (expected["total"], expected["tax"])


# --- before and after -------------------------------------------------------------------------


def _changes(
    judge: Judge, row: OutboxRow, ready: Ready, there: XeroInvoice | None
) -> Iterator[Change]:
    if isinstance(judge, ContactJudge):
        yield from _of_contact(judge, row, ready)
    elif isinstance(judge, InvoiceJudge):
        yield from _of_invoice(judge, row, there)
    elif isinstance(judge, PaymentJudge):
        payment = judge.payments[row.object_id]
        sum_of_it = f"{payment.amount:,} of {payment.date}"
        is_new = ready.operation == BatchOperation.CREATE
        yield Change("Payment", "" if is_new else sum_of_it, sum_of_it if is_new else "")


def _of_contact(judge: ContactJudge, row: OutboxRow, ready: Ready) -> Iterator[Change]:
    contact, link = judge.contacts[row.object_id], judge.links.get(row.object_id)
    ours = our_values(contact)
    theirs = judge.mirror.get(link.xero_id, {}) if link else {}
    theirs = {**dict.fromkeys(ours, ""), **theirs}
    sent = ready.payload.expected["fields"]
    for pair in PAIRS:
        both = beside(pair, ours, theirs)
        is_sent = sent is None or {*pair.ours} & {*sent}
        if is_sent and any(both.ours) and not both.is_alike:
            yield Change(pair.label, both.their_text, both.our_text)


def _of_invoice(judge: InvoiceJudge, row: OutboxRow, there: XeroInvoice | None) -> Iterator[Change]:
    invoice = judge.invoices[row.object_id]
    pairs = (
        ("Total", f"{there.total:,}" if there else "", f"{invoice.total:,}"),
        ("Date", str(there.date) if there else "", str(invoice.date)),
        ("Due", str(there.due_date) if there else "", str(invoice.due_date)),
        ("Reference", there.reference if there else "", invoice.reference),
    )
    if invoice.is_void:
        yield Change("Status", there.status.capitalize() if there else "", "Voided")
        return
    for label, before, after in pairs:
        if after and before != after:
            yield Change(label, before, after)
