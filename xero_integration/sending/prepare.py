"""From claimed rows to batches: what of each row is to be sent, if anything, and if it may be.

One transaction claims the rows and writes the batch, so a row is in flight exactly when a batch
that is not settled holds it. Nothing here calls Xero.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch
from django.db.models.functions import Lower
from django.utils import timezone

from contacts.models import Contact
from invoices.models import Invoice, InvoiceLine, InvoiceStatus, Payment, PaymentMethod
from pooltrackr.lib.money import ZERO
from xero_integration import log, outbox, payloads
from xero_integration.both_sides import coding, invoice_edits, threeway
from xero_integration.both_sides.fields import their_values
from xero_integration.both_sides.threeway import Agreed
from xero_integration.linking import archive_there
from xero_integration.mapping import mappings
from xero_integration.mapping.item_push import ItemJudge
from xero_integration.mapping.mappings import Mappings, Problem
from xero_integration.models import (
    Action,
    Batch,
    BatchOperation,
    Connection,
    EditRule,
    ErrorClass,
    Kind,
    Lane,
    Link,
    LinkAction,
    OutboxRow,
    OutboxStatus,
    Outcome,
)
from xero_integration.payments.billing import BillJudge, BillPaymentJudge
from xero_integration.payments.crediting import AllocationJudge, CreditNoteJudge
from xero_integration.payments.movements import MovementJudge, TransferJudge
from xero_integration.payments.refunding import RefundJudge
from xero_integration.sending import batches, rounding
from xero_integration.sending.attaching import AttachmentJudge
from xero_integration.sending.batches import Ready
from xero_integration.sending.judging import (
    MOVING,
    UNAPPROVED,
    Judge,
    Judgement,
    Later,
    Nothing,
    links_of,
)

logger = logging.getLogger(__name__)

# Kept with a link whose next update is to bring the invoice as far as the business wants it.
WITH_STATUS = "with_status"


def prepare(
    connection: Connection, *, kind: Kind, lane: Lane, seen: Collection[UUID] | None = None
) -> tuple[int, list[Batch]]:
    """Claim rows; return how many, and the batches written for them.

    The caller holds the first batch; the others are for whoever comes first. `seen` are the
    objects that were looked at in Xero: others of them may be created, but not updated.
    """
    limit = batches.most_rows(lane) if seen is None else len(seen)
    with transaction.atomic():
        rows = outbox.claim(connection, kind=kind, lane=lane, limit=limit) if limit else []
        if not rows:
            return 0, []
        judge = JUDGES[kind](connection, rows)
        judged = [(row, _unless_unseen(_judge_one(judge, row), seen)) for row in rows]
        _put_down(connection, judged, kind=kind)
        ready = [one for _, one in judged if isinstance(one, Ready)]
        made = batches.write_down(connection, ready, kind=kind, lane=lane)
    return len(rows), made


def _unless_unseen(judgement: Judgement, seen: Collection[UUID] | None) -> Judgement:
    """Let an update wait whose record was not looked at: another drain took what this one saw."""
    if seen is None or not isinstance(judgement, Ready):
        return judgement
    is_new = judgement.operation == BatchOperation.CREATE
    return judgement if is_new or judgement.row.object_id in seen else Later(seconds=0)


def _judge_one(judge: Judge, row: OutboxRow) -> Judgement:
    try:
        return judge.of(row)
    except (ValueError, TypeError, KeyError, ArithmeticError) as error:
        # A record that cannot even be read stops at a person, not its forty-nine neighbours.
        log.crash(logger, error, row=row.pk)
        return Problem("unknown", "This record could not be prepared for Xero.")


def _put_down(
    connection: Connection, judged: Iterable[tuple[OutboxRow, Judgement]], *, kind: Kind
) -> None:
    """Write what became of the rows that are not sent."""
    judged = list(judged)
    _end([(row, one) for row, one in judged if isinstance(one, Nothing)])
    later = [(row, one) for row, one in judged if isinstance(one, Later)]
    _put_off(later)
    if kind == Kind.INVOICE:
        _hurry_contacts(connection, [row for row, _ in later])
    _park([(row, one) for row, one in judged if isinstance(one, Problem)])


def _end(ended: Sequence[tuple[OutboxRow, Nothing]]) -> None:
    rows = OutboxRow.objects.filter(pk__in=[row.pk for row, _ in ended])
    rows.filter(status=OutboxStatus.IN_FLIGHT).update(
        status=OutboxStatus.DONE, lease_owner="", lease_until=None, updated_at=timezone.now()
    )
    for _, one in ended:
        if one.in_step:
            _is_in_step(*one.in_step)


def _put_off(later: Iterable[tuple[OutboxRow, Later]]) -> None:
    by_seconds = defaultdict(list)
    for row, one in later:
        by_seconds[one.seconds].append(row)
    for seconds, rows in by_seconds.items():
        batches.wait_again(rows, seconds=seconds)


def _park(parked: Sequence[tuple[OutboxRow, Problem]]) -> None:
    for row, problem in parked:
        OutboxRow.objects.filter(pk=row.pk, status=OutboxStatus.IN_FLIGHT).update(
            status=OutboxStatus.PARKED,
            error_class=ErrorClass.NOT_READY,
            error_code=problem.code,
            error_message=problem.message,
            lease_owner="",
            lease_until=None,
            updated_at=timezone.now(),
        )
    log.write(
        log.entry_for(
            row,
            action=Action.CREATE,
            outcome=Outcome.FAILED,
            batch=None,
            message=problem.message,
            error_code=problem.code,
        )
        for row, problem in parked
    )


def _hurry_contacts(connection: Connection, invoice_rows: Iterable[OutboxRow]) -> None:
    """A contact in the bulk lane overtakes when an invoice that somebody just issued needs it."""
    ids = [row.object_id for row in invoice_rows if row.lane == Lane.INTERACTIVE]
    if ids:
        contacts = Invoice.objects.filter(pk__in=ids).values("contact_id")
        connection.outbox.filter(
            kind=Kind.CONTACT, object_id__in=contacts, status__in=MOVING
        ).update(lane=Lane.INTERACTIVE)


class ContactJudge:
    """Judges rows of contacts; loads what all of them need in four queries."""

    def __init__(self, connection: Connection, rows: Iterable[OutboxRow]) -> None:
        ids = [row.object_id for row in rows]
        self.contacts = Contact.objects.filter(business_id=connection.business_id).in_bulk(ids)
        self.links = links_of(connection, Kind.CONTACT, ids)
        undecided = connection.link_choices.filter(contact_id__in=ids, action=LinkAction.UNDECIDED)
        self.undecided = set(undecided.values_list("contact_id", flat=True))
        new = [one for key, one in self.contacts.items() if key not in self.links]
        self.names_on_their_way = _names_on_their_way(connection, new)
        self.rule = EditRule(connection.edit_rule)
        held = connection.xero_contacts.filter(xero_id__in=[x.xero_id for x in self.links.values()])
        self.mirror = {one.xero_id: their_values(one) for one in held}
        merged = [key for key, one in self.contacts.items() if one.merged_into_id is not None]
        self.to_archive = archive_there.wanted(connection, merged) if merged else {}

    def of(self, row: OutboxRow) -> Judgement:
        contact = self.contacts.get(row.object_id)
        link = self.links.get(row.object_id)
        if contact is None or contact.merged_into_id is not None:
            return self._merged(row, contact) if contact else Nothing()
        if link is None and contact.is_archived:
            return Nothing()
        if link is None and contact.pk in self.undecided:
            return Problem("contact_undecided", "Nobody has chosen yet: link, create or leave out.")
        # Drains work side by side: whoever is in Xero already has the older right to the name.
        if link is None and contact.name.lower() in self.names_on_their_way:
            return Later()
        if link is not None:
            return self._update(row, contact, link)
        payload = payloads.contact_payload(contact)
        if payload.problems:
            return payload.problems[0]
        return Ready(row, BatchOperation.CREATE, payload, contact.updated_at)

    def _merged(self, row: OutboxRow, contact: Contact) -> Judgement:
        """Archive it in Xero, where a person chose so; else it is nobody's affair any more."""
        former = self.to_archive.get(contact.pk)
        if former is None:
            return Nothing()
        status = archive_there.ARCHIVED
        payload = payloads.archive_payload(contact, xero_id=former.xero_id, status=status)
        return Ready(row, BatchOperation.VOID, payload, contact.updated_at)

    def _update(self, row: OutboxRow, contact: Contact, link: Link) -> Judgement:
        """Send what changed here since both sides agreed; all of it where they never have."""
        agreed = Agreed.from_json(link.agreed)
        theirs = self.mirror.get(link.xero_id, agreed.theirs)
        ours = payloads.sent_values(contact)
        part = payloads.Part(threeway.to_send(agreed, ours, theirs, rule=self.rule), theirs)
        payload = payloads.contact_payload(contact, xero_id=link.xero_id, part=part)
        if archive_there.comes_back(link):
            back = {**payload.body, "ContactStatus": archive_there.ACTIVE}
            payload = replace(payload, body=back)
        elif link.pushed_digest == payload.digest:
            return Nothing()
        elif not part.fields:
            return Nothing((link, payload.digest))
        if payload.problems:
            return payload.problems[0]
        return Ready(row, BatchOperation.UPDATE, payload, contact.updated_at)


class InvoiceJudge:
    """Judges rows of invoices; loads what all of them need in a constant number of queries."""

    def __init__(self, connection: Connection, rows: Iterable[OutboxRow]) -> None:
        ids = [row.object_id for row in rows]
        lines = InvoiceLine.objects.select_related("product__category", "tax_rate")
        invoices = (
            Invoice.objects.filter(business_id=connection.business_id)
            .select_related("business", "contact", "pool")
            .prefetch_related(Prefetch("lines", lines))
        )
        self.connection = connection
        self.invoices = invoices.in_bulk(ids)
        self.links = links_of(connection, Kind.INVOICE, ids)
        contact_ids = [invoice.contact_id for invoice in self.invoices.values()]
        self.contact_links = links_of(connection, Kind.CONTACT, contact_ids)
        self.contacts_on_their_way = set(
            connection.outbox.filter(
                kind=Kind.CONTACT,
                object_id__in=contact_ids,
                status__in=MOVING,
            ).values_list("object_id", flat=True)
        )
        self.mappings: Mappings = mappings.resolve(connection)
        self.asked = invoice_edits.asked_about(connection, ids)
        there = [link.xero_id for link in self.links.values()]
        mirror = connection.xero_invoices.filter(xero_id__in=there) if there else ()
        self.codes = {row.xero_id: row.codes for row in mirror}

    def of(self, row: OutboxRow) -> Judgement:
        invoice = self.invoices.get(row.object_id)
        if invoice is None or invoice.status == InvoiceStatus.DRAFT:
            return Nothing()
        lines = list(invoice.lines.all())
        link = self.links.get(invoice.pk)
        if link is not None and link.pushed_digest == payloads.invoice_digest(invoice, lines):
            return Nothing()
        if invoice.status == InvoiceStatus.VOID:
            return self._void(row, invoice, lines, link) if link else Nothing()
        if link is None and invoice.date < self.connection.send_from:
            return Nothing()
        if asked := self.asked.get(invoice.pk):
            return asked
        return self._issued(row, invoice, lines, link)

    def _void(
        self, row: OutboxRow, invoice: Invoice, lines: list[InvoiceLine], link: Link
    ) -> Judgement:
        status = link.remote.get("status") or self.connection.invoice_status
        target = payloads.Target("", status=status, xero_id=link.xero_id)
        payload = payloads.void_payload(invoice, lines, target=target)
        return Ready(row, BatchOperation.VOID, payload, invoice.updated_at)

    def _issued(
        self, row: OutboxRow, invoice: Invoice, lines: list[InvoiceLine], link: Link | None
    ) -> Judgement:
        stop = self._not_ready(invoice)
        if stop is not None:
            return stop
        target = payloads.Target(
            contact_id=self.contact_links[invoice.contact_id].xero_id,
            status=self.connection.invoice_status,
            url=payloads.back_link(settings.SITE_URL + invoice.get_absolute_url()),
            xero_id=link.xero_id if link else "",
            line_ids=link.remote.get("lines", {}) if link else {},
            recoded=self._recoded(link) if link else {},
            with_status=link is not None and WITH_STATUS in link.remote,
            rounding=rounding.amount_to_send(link.remote) if link else ZERO,
        )
        payload = payloads.invoice_payload(invoice, lines, target=target, mappings=self.mappings)
        if payload.problems:
            return payload.problems[0]
        operation = BatchOperation.UPDATE if link else BatchOperation.CREATE
        return Ready(row, operation, payload, invoice.updated_at)

    def _recoded(self, link: Link) -> coding.Codes:
        return coding.recoded(link.remote.get("codes", {}), self.codes.get(link.xero_id, {}))

    def _not_ready(self, invoice: Invoice) -> Later | Problem | None:
        if invoice.contact_id not in self.contact_links:
            if invoice.contact_id in self.contacts_on_their_way:
                return Later()
            return Problem("contact_not_linked", "The invoice's contact is not linked to Xero.")
        if self.connection.base_currency not in ("", invoice.currency):
            return Problem(
                "currency_differs",
                f"The invoice is in {invoice.currency}, the organisation's books are in "
                f"{self.connection.base_currency}.",
            )
        is_new = invoice.pk not in self.links
        return next(iter(self.mappings.problems(invoice, is_new=is_new)), None)


class PaymentJudge:
    """Judges rows of payments; loads what all of them need in a constant number of queries."""

    def __init__(self, connection: Connection, rows: Iterable[OutboxRow]) -> None:
        ids = [row.object_id for row in rows]
        payments = Payment.objects.filter(business_id=connection.business_id)
        self.connection = connection
        self.payments = payments.select_related("invoice").in_bulk(ids)
        self.links = links_of(connection, Kind.PAYMENT, ids)
        invoice_ids = {payment.invoice_id for payment in self.payments.values()}
        self.invoice_links = links_of(connection, Kind.INVOICE, invoice_ids)
        there = [link.xero_id for link in self.invoice_links.values()]
        mirror = connection.xero_invoices.filter(xero_id__in=there)
        self.statuses = dict(mirror.values_list("xero_id", "status"))
        rows_of_invoices = connection.outbox.filter(kind=Kind.INVOICE, object_id__in=invoice_ids)
        self.invoice_rows = dict(rows_of_invoices.values_list("object_id", "status"))
        self.still_paid = self._taking_back(invoice_ids)
        self.mappings: Mappings = mappings.resolve(connection)

    def _taking_back(self, invoice_ids: Collection[UUID]) -> set[UUID]:
        """Return the invoices of which a payment that was taken back here still stands in Xero."""
        moving = self.connection.outbox.filter(kind=Kind.PAYMENT, status__in=MOVING)
        there = Link.objects.current().filter(connection=self.connection, kind=Kind.PAYMENT)
        taken_back = Payment.objects.filter(
            business_id=self.connection.business_id,
            invoice_id__in=invoice_ids,
            reversed_at__isnull=False,
            pk__in=moving.values("object_id"),
        ).filter(pk__in=there.values("object_id"))
        return set(taken_back.values_list("invoice_id", flat=True))

    def of(self, row: OutboxRow) -> Judgement:
        payment = self.payments.get(row.object_id)
        link = self.links.get(row.object_id)
        if payment is None or (link is None and payment.is_reversed):
            return Nothing()
        if payment.method == PaymentMethod.CREDIT:
            # No money moved: it goes as a credit note, or came as one.
            return Nothing()
        if link is None:
            return self._new(row, payment)
        if not payment.is_reversed or link.pushed_digest == payloads.payment_digest(payment):
            return Nothing()
        payload = payloads.reversal_payload(payment, xero_id=link.xero_id)
        return Ready(row, BatchOperation.VOID, payload, payment.updated_at)

    def _new(self, row: OutboxRow, payment: Payment) -> Judgement:
        stop = self._not_ready(payment) or self.mappings.payment_problem(payment)
        if stop is not None:
            return stop
        payload = payloads.payment_payload(
            payment,
            invoice_id=self.invoice_links[payment.invoice_id].xero_id,
            account_id=self.mappings.payments[payment.method].xero_id,
        )
        return Ready(row, BatchOperation.CREATE, payload, payment.updated_at)

    def _not_ready(self, payment: Payment) -> Nothing | Later | Problem | None:
        """Money goes after its invoice, and only to one that is approved."""
        link = self.invoice_links.get(payment.invoice_id)
        if link is None:
            return self._without_invoice(payment)
        status = self.statuses.get(link.xero_id) or link.remote.get("status", "")
        if status in UNAPPROVED:
            return Problem("payment_not_approved", "The invoice is not approved in Xero yet.")
        # Until then Xero takes it for paid, and refuses any more.
        return Later() if payment.invoice_id in self.still_paid else None

    def _without_invoice(self, payment: Payment) -> Nothing | Later | Problem:
        status = self.invoice_rows.get(payment.invoice_id)
        if status in MOVING:
            return Later()
        if status == OutboxStatus.PARKED:
            return Problem("invoice_not_sent", "The invoice of this payment waits for you itself.")
        # Left out by a person, or of before the send-from date: so is its money.
        return Nothing()


JUDGES: dict[Kind, Callable[[Connection, Iterable[OutboxRow]], Judge]] = {
    Kind.CONTACT: ContactJudge,
    Kind.ITEM: ItemJudge,
    Kind.INVOICE: InvoiceJudge,
    Kind.PAYMENT: PaymentJudge,
    Kind.CREDIT_NOTE: CreditNoteJudge,
    Kind.ALLOCATION: AllocationJudge,
    Kind.ATTACHMENT: AttachmentJudge,
    Kind.REFUND: RefundJudge,
    Kind.MOVEMENT: MovementJudge,
    Kind.BILL: BillJudge,
    Kind.BILL_PAYMENT: BillPaymentJudge,
    Kind.TRANSFER: TransferJudge,
}


def _is_in_step(link: Link, digest: str) -> None:
    """Note that nothing of the object is for Xero: a blank, or what a person is asked about."""
    Link.objects.filter(pk=link.pk).update(pushed_digest=digest, updated_at=timezone.now())


def _names_on_their_way(connection: Connection, new: Collection[Contact]) -> set[str]:
    """Return those names of `new`, in small letters, that linked contacts are about to have."""
    # By the index first: hardly any name is there twice, and then nothing else is asked.
    ours = Contact.objects.filter(business_id=connection.business_id).order_by()
    names = ours.annotate(small=Lower("name")).filter(small__in={one.name.lower() for one in new})
    alike = dict(names.exclude(pk__in=[one.pk for one in new]).values_list("pk", "small"))
    if not alike:
        return set()
    linked = links_of(connection, Kind.CONTACT, alike)
    moving = connection.outbox.filter(kind=Kind.CONTACT, object_id__in=linked, status__in=MOVING)
    return {alike[pk] for pk in moving.values_list("object_id", flat=True)}
