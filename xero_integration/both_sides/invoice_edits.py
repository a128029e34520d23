"""Sent invoices that were changed, voided or deleted in Xero, brought here.

One that is gone there is voided here, where nothing was paid or changed here; all else is asked of
a person, and nothing of ours is sent until that is answered. What Xero had when the two last agreed
is kept with the link (`Link.agreed`), so our own writes, payments and approvals are no news.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from businesses.models import User
from invoices import services
from invoices.models import Invoice, InvoiceLine
from xero_integration import log, outbox, pull
from xero_integration.both_sides import invoice_questions
from xero_integration.both_sides.invoice_sides import Sides, content
from xero_integration.mapping.mappings import Problem
from xero_integration.models import (
    Action,
    Connection,
    Direction,
    InvoiceMatter,
    InvoiceQuestion,
    Kind,
    Link,
    LinkStatus,
    OutboxRow,
    OutboxStatus,
    Outcome,
    SyncEntry,
    XeroInvoice,
)
from xero_integration.payloads import digest_of, invoice_content, invoice_digest
from xero_integration.sending.verdicts import Verdict

Json = dict[str, Any]

GONE = ("VOIDED", "DELETED")
VOIDED = {
    "VOIDED": "Voided in Xero, so it is void here too.",
    "DELETED": "Deleted in Xero as a draft, so it is void here.",
}
WORDS = "It was changed in Xero. See both sides, and choose which one stands."
SETTLED = (OutboxStatus.WAITING, OutboxStatus.PARKED)


def agreed_of(connection: Connection, verdict: Verdict) -> Json:
    """Return what both sides agree on once a push was answered.

    Nothing for one that was found by a look-up: an edit made there meanwhile is no agreement.
    """
    if verdict.adopted or verdict.element is None:
        return {}
    (row,) = pull.invoice_rows(connection, [verdict.element])
    return content(row) if row.lines else {}


def asked_about(connection: Connection, invoice_ids: Collection[UUID]) -> dict[UUID, Problem]:
    """Return what holds these invoices up: questions that wait for a person."""
    asked = invoice_questions.open_ones(connection).filter(invoice__in=invoice_ids)
    return {
        one.invoice_id: Problem(invoice_questions.CODES[InvoiceMatter(one.matter)], WORDS)
        for one in asked
    }


# --- what changed there ---------------------------------------------------------------------------


def bring(connection: Connection, rows: Sequence[XeroInvoice]) -> None:
    """Let what changed of linked invoices have its effect. Running twice changes nothing."""
    current = Link.objects.current().filter(connection=connection, kind=Kind.INVOICE)
    links = {link.xero_id: link for link in current.filter(xero_id__in=[r.xero_id for r in rows])}
    asked = set(invoice_questions.open_ones(connection).values_list("xero_id", flat=True))
    for row in rows:
        link = links.get(row.xero_id)
        # Of thousands hardly any differ: only those are locked and looked at.
        if link and (row.xero_id in asked or not _is_as_agreed(link, row)):
            _bring(link, row)


def _is_as_agreed(link: Link, row: XeroInvoice) -> bool:
    return row.status not in GONE and (row.lines is None or link.agreed == content(row))


def _bring(link: Link, row: XeroInvoice) -> None:
    with transaction.atomic():
        sides = held(link, row)
        if sides is None or _is_under_way(sides) or _is_overtaken(sides):
            return
        if not sides.invoice.is_issued:
            invoice_questions.all_over(sides)
        elif row.status in GONE:
            _gone(sides)
        elif row.lines is not None:
            _changed(sides)


def held(link: Link, row: XeroInvoice) -> Sides | None:
    """Lock a link and its invoice and return both sides as they are now; None if either is gone.

    The invoice first, then its row in the outbox, as saving it does.
    """
    lines = InvoiceLine.objects.select_related("tax_rate", "product")
    found = Invoice.objects.select_for_update(of=("self",)).select_related("business", "contact")
    invoice = found.filter(pk=link.object_id).prefetch_related(Prefetch("lines", lines)).first()
    outbox.locked(link.connection.outbox.filter(kind=Kind.INVOICE, object_id=link.object_id))
    same = Link.objects.select_for_update(of=("self",)).filter(pk=link.pk, xero_id=link.xero_id)
    now = same.filter(status=LinkStatus.CURRENT).select_related("connection").first()
    return Sides(invoice, list(invoice.lines.all()), now, row) if invoice and now else None


def _is_under_way(sides: Sides) -> bool:
    rows = _rows(sides)
    return rows.filter(status=OutboxStatus.IN_FLIGHT).exists()


def _is_overtaken(sides: Sides) -> bool:
    """Say whether a push was answered after this was read: then that is the newer state."""
    connection, row = sides.link.connection, sides.row
    if row.updated_at is None:
        return False
    newer = connection.xero_invoices.filter(xero_id=row.xero_id, updated_at__gt=row.updated_at)
    return newer.exists()


def _rows(sides: Sides) -> QuerySet[OutboxRow]:
    connection = sides.link.connection
    return connection.outbox.filter(kind=Kind.INVOICE, object_id=sides.invoice.pk)


def _is_in_step(sides: Sides) -> bool:
    return sides.link.pushed_digest == invoice_digest(sides.invoice, sides.lines)


def _gone(sides: Sides) -> None:
    """Void ours as well, unless that would lose what somebody did here."""
    if sides.invoice.amount_paid or not _is_in_step(sides):
        _ask(sides, InvoiceMatter.GONE)
        return
    void_here(sides, by=None)
    log.write([_entry(sides, Action.VOID, VOIDED[sides.row.status])])


def void_here(sides: Sides, *, by: User | None) -> None:
    """Void our invoice; Xero has that already, so nothing goes back."""
    invoice_questions.all_over(sides)
    invoice = sides.invoice
    digest = digest_of({**invoice_content(invoice, sides.lines), "Void": True})
    # Before the save, so that whoever hears it finds nothing to send.
    Link.objects.filter(pk=sides.link.pk).update(pushed_digest=digest, updated_at=timezone.now())
    services.void(invoice, by=by)
    _nothing_waits(sides)


def _changed(sides: Sides) -> None:
    link, theirs = sides.link, content(sides.row)
    if not link.agreed and not _is_in_step(sides):
        # What Xero had of it is not known, and ours is on its way, or with a person already.
        return
    if link.agreed == theirs or sides.are_alike:
        _agree(sides)
        invoice_questions.over(sides, InvoiceMatter.CHANGED)
        _go_on(sides)
        return
    _ask(sides, InvoiceMatter.CHANGED)


def _agree(sides: Sides) -> None:
    theirs = content(sides.row)
    if sides.link.agreed != theirs:
        sides.link.agreed = theirs
        sides.link.save(update_fields=["agreed", "updated_at"])


def _go_on(sides: Sides) -> None:
    """What a question held back goes, now that nothing is asked any more."""
    codes = invoice_questions.CODES.values()
    outbox.retry(_rows(sides).filter(status=OutboxStatus.PARKED, error_code__in=codes), by=None)


def _ask(sides: Sides, matter: InvoiceMatter) -> None:
    if not invoice_questions.ask(sides, matter):
        return
    words = f"{matter.label}. See both sides, and choose which one stands."
    entry = _entry(sides, Action.READ, words)
    entry.outcome, entry.error_code = Outcome.FAILED, invoice_questions.CODES[matter]
    log.write([entry])


def _entry(sides: Sides, action: Action, message: str) -> SyncEntry:
    invoice, link = sides.invoice, sides.link
    return log.entry(
        link.connection,
        Kind.INVOICE,
        action,
        invoice.number,
        invoice.pk,
        link.xero_id,
        message,
        direction=Direction.FROM_XERO,
    )


def _nothing_waits(sides: Sides) -> None:
    """Both sides are in step: what was queued of the invoice has nothing to send."""
    now = timezone.now()
    rows = _rows(sides).filter(status__in=SETTLED)
    rows.update(status=OutboxStatus.DONE, updated_at=now, **outbox.NO_ERROR)


# --- a person's answer ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What a person chose of a question, of what they saw; within a transaction."""

    question: InvoiceQuestion
    sides: Sides
    by: User

    def ours_again(self) -> None:
        """Send ours, whatever stands there: it was seen."""
        link = self.sides.link
        ids = {one["id"] for one in self.sides.row.lines or []}
        if not {*link.remote.get("lines", {}).values()} <= ids:
            # A line that Xero no longer has cannot be named: all of them are sent as new.
            link.remote.pop("lines", None)
        link.agreed, link.pushed_digest = content(self.sides.row), ""
        link.save(update_fields=["agreed", "pushed_digest", "remote", "updated_at"])
        self._settle("Ours is sent again.", Action.READ)
        invoice = self.sides.invoice
        outbox.enqueue(Kind.INVOICE, invoice.pk, business=invoice.business, label=invoice.number)

    def take_theirs(self) -> None:
        """Take Xero's side over. Raises InvoiceRefused where it does not fit here."""
        sides = self.sides
        services.take_over(sides.invoice, wanted=_wanted(sides))
        lines = list(sides.invoice.lines.all())
        sides.link.agreed = content(sides.row)
        sides.link.pushed_digest = invoice_digest(sides.invoice, lines)
        sides.link.save(update_fields=["agreed", "pushed_digest", "updated_at"])
        _nothing_waits(sides)
        self._settle("Taken from Xero.", Action.UPDATE)

    def leave_both(self) -> None:
        """Leave each side as it is, until one of them changes again."""
        sides = self.sides
        sides.link.pushed_digest = invoice_digest(sides.invoice, sides.lines)
        sides.link.save(update_fields=["pushed_digest", "updated_at"])
        _nothing_waits(sides)
        self._settle("Both stay as they are.", Action.READ)

    def void(self) -> None:
        """Void ours as well, its payments reversed first. Raises InvoiceRefused."""
        for payment in self.sides.invoice.payments.standing().select_related("invoice"):
            services.reverse_payment(payment, by=self.by)
        self.sides.invoice.refresh_from_db()
        self._settle("Voided here as well.", Action.VOID)
        void_here(self.sides, by=self.by)

    def _settle(self, words: str, action: Action) -> None:
        invoice_questions.answer(self.question, self.sides, words, by=self.by)
        log.write([_entry(self.sides, action, f"Chosen here. {words}")])


def _wanted(sides: Sides) -> services.Wanted:
    assert sides.row.date
    assert sides.row.due_date
    return services.Wanted(
        date=sides.row.date,
        due_date=sides.row.due_date,
        reference=sides.row.reference,
        lines={
            pair.ours.pk: services.WantedLine.of(pair.theirs)
            for pair in sides.pairs
            if pair.ours and pair.theirs
        },
    )


def answered_elsewhere(link: Link) -> None:
    """Somebody chose ours knowing of the difference: nothing is asked by this link any more."""
    invoice_questions.over_by_link(link)
