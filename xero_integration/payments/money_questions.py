"""Money on both sides that a person decides about: opened when it is met, and the two ways out.

The same money: it counts once, as Xero has it. Two payments: both count, and what is more than the
invoice comes to is kept in sight as owed to the customer. Calls nobody: what changes here goes to
Xero by the outbox.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from businesses.models import Business, User
from invoices import services
from invoices.errors import InvoiceRefused
from invoices.models import Invoice, Payment
from pooltrackr.lib.money import ZERO
from xero_integration import log, outbox
from xero_integration.models import (
    Action,
    Connection,
    Kind,
    Link,
    MoneyAnswer,
    MoneyQuestion,
    OutboxRow,
    OutboxStatus,
    QuestionStatus,
)
from xero_integration.payments import same_money
from xero_integration.payments.same_money import Receipt

MOVED = "Something about these payments changed meanwhile. Look at them once more."


class NotAnswered(Exception):
    """Why an answer was not carried out, in words for the person; nothing was changed."""


# --- asking -----------------------------------------------------------------------------------


def ask(
    connection: Connection, invoice: Invoice, receipt: Receipt, *, payment: Payment | None
) -> None:
    """Open the question of one receipt, once; what was answered stays answered."""
    values = {
        "invoice": invoice,
        "payment": payment,
        "amount": receipt.amount,
        "date": receipt.date,
        "reference": receipt.reference[:255],
        "method": receipt.method,
        "account": receipt.account,
    }
    key = {"connection": connection, "xero_id": receipt.xero_id}
    found, is_new = MoneyQuestion.objects.get_or_create(
        **key, defaults={"business_id": connection.business_id, **values}
    )
    if not is_new and found.status != QuestionStatus.ANSWERED:
        values |= {"status": QuestionStatus.OPEN, "updated_at": timezone.now()}
        MoneyQuestion.objects.filter(pk=found.pk).update(**values)


def candidate(payments: Collection[Payment], receipt: Receipt) -> Payment | None:
    """Return which payment that Xero has not is likeliest the receipt's money."""
    standing = [one for one in payments if not one.is_reversed]
    return min(standing, key=lambda one: abs(one.amount - receipt.amount), default=None)


def is_open(connection: Connection, xero_id: str) -> bool:
    return open_ones(connection).filter(xero_id=xero_id).exists()


def open_ones(connection: Connection) -> QuerySet[MoneyQuestion]:
    return connection.money_questions.filter(status=QuestionStatus.OPEN)


def of_invoices(connection: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Return those of the invoices that something is asked about."""
    # Few are open at any time: compared here, for `ids` may be thousands.
    asked = open_ones(connection).values_list("invoice_id", flat=True)
    return set(asked).intersection(ids)


def over(connection: Connection, invoice: Invoice, *, but: Collection[str] = ()) -> None:
    """End what is asked of this invoice's money, save about receipts still without a place."""
    asked = open_ones(connection).filter(invoice=invoice).exclude(xero_id__in=but)
    asked.update(status=QuestionStatus.OVER, updated_at=timezone.now())


def to_see(business: Business) -> QuerySet[MoneyQuestion]:
    """Return what a person sees: open questions, and surpluses that nobody has dealt with."""
    owed = Q(status=QuestionStatus.ANSWERED, surplus__gt=0, settled_at=None)
    connections = Connection.objects.current().filter(business=business)
    found = MoneyQuestion.objects.filter(business=business, connection__in=connections)
    found = found.filter(Q(status=QuestionStatus.OPEN) | owed)
    return found.select_related("invoice__contact", "invoice__business", "payment", "connection")


# --- answering --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Held:
    """A question with all it is about, locked."""

    question: MoneyQuestion
    invoice: Invoice
    payment: Payment | None
    by: User | None

    @property
    def connection(self) -> Connection:
        return self.question.connection


def answer(question: MoneyQuestion, chosen: MoneyAnswer, *, by: User | None) -> Decimal:
    """Carry out an answer; return what the customer has paid too much. Raises NotAnswered."""
    try:
        with transaction.atomic():
            held = _hold(question, by)
            surplus = _ANSWERS[chosen](held)
            _close(held.question, chosen, surplus, by=by)
            return surplus
    except InvoiceRefused as refusal:
        raise NotAnswered(f"{refusal} Remove one of the payments in Xero, or here.") from None


def settle_surplus(question: MoneyQuestion) -> None:
    """Note that what was paid too much was given back, or entered as a credit."""
    now = timezone.now()
    owed = MoneyQuestion.objects.filter(pk=question.pk, settled_at=None)
    owed.update(settled_at=now, updated_at=now)


def _hold(question: MoneyQuestion, by: User | None) -> _Held:
    invoice = Invoice.objects.select_for_update().get(pk=question.invoice_id)
    found = MoneyQuestion.objects.select_for_update(of=("self",)).select_related(
        "connection", "payment"
    )
    question = found.get(pk=question.pk)
    if question.status != QuestionStatus.OPEN or _is_linked(question.connection, question.xero_id):
        raise NotAnswered(MOVED)
    payment = question.payment
    if payment is not None and (payment.is_reversed or not _is_free(question.connection, payment)):
        raise NotAnswered(MOVED)
    return _Held(question, invoice, payment, by)


def _is_linked(connection: Connection, xero_id: str) -> bool:
    current = Link.objects.current().filter(connection=connection, kind=Kind.PAYMENT)
    return current.filter(xero_id=xero_id).exists()


def _is_free(connection: Connection, payment: Payment) -> bool:
    """Say whether ours is neither in Xero nor on its way there."""
    current = Link.objects.current().filter(connection=connection, kind=Kind.PAYMENT)
    rows = connection.outbox.filter(kind=Kind.PAYMENT, object_id=payment.pk)
    in_flight = rows.filter(status=OutboxStatus.IN_FLIGHT)
    return not current.filter(object_id=payment.pk).exists() and not in_flight.exists()


def _same(held: _Held) -> Decimal:
    """It counts once: ours is linked, or gives way to Xero's where the amounts differ."""
    payment = held.payment
    if payment is None:
        raise NotAnswered("No payment here is left that it could be.")
    if payment.amount == held.question.amount:
        same_money.link(held.connection, payment, held.question.xero_id)
        _settle_row(held.connection, payment)
        entry = same_money.entry(held.connection, payment, Action.ADOPT, held.question.xero_id)
        log.write([entry])
        return ZERO
    services.reverse_payment(payment, by=held.by)
    _settle_row(held.connection, payment)
    _record_theirs(held)
    return ZERO


def _two(held: _Held) -> Decimal:
    """Both count: Xero's as it is, ours as far as the invoice goes; the rest is owed back."""
    payment = held.payment
    if payment is None:
        _record_theirs(held)
        return ZERO
    held.invoice.refresh_from_db()
    due_beside = held.invoice.amount_due + payment.amount - held.question.amount
    if due_beside >= payment.amount:
        _record_theirs(held)
        _send(held.connection, payment)
        return ZERO
    services.reverse_payment(payment, by=held.by)
    _settle_row(held.connection, payment)
    _record_theirs(held)
    fits = max(ZERO, due_beside)
    if fits:
        services.record_payment(
            held.invoice,
            date=payment.date,
            amount=fits,
            method=payment.method,
            reference=payment.reference,
            account=payment.account,
            by=held.by,
        )
    return payment.amount - fits


_ANSWERS = {MoneyAnswer.SAME: _same, MoneyAnswer.TWO: _two}


def _record_theirs(held: _Held) -> None:
    """Record Xero's payment here, linked, so that nothing of it goes back."""
    asked = held.question
    receipt = Receipt(
        *(asked.xero_id, asked.amount, asked.date, asked.reference),
        method=asked.method,
        account=asked.account,
    )
    same_money.record(held.connection, held.invoice, receipt)


def _settle_row(connection: Connection, payment: Payment) -> None:
    """Nothing of ours is to be sent, whatever was in its way."""
    rows = connection.outbox.filter(kind=Kind.PAYMENT, object_id=payment.pk)
    rows.exclude(status=OutboxStatus.IN_FLIGHT).update(
        status=OutboxStatus.DONE, updated_at=timezone.now(), **outbox.NO_ERROR
    )


def _send(connection: Connection, payment: Payment) -> None:
    rows = OutboxRow.objects.filter(connection=connection, kind=Kind.PAYMENT, object_id=payment.pk)
    outbox.retry(rows, by=None)


def _close(
    question: MoneyQuestion, chosen: MoneyAnswer, surplus: Decimal, *, by: User | None
) -> None:
    now = timezone.now()
    MoneyQuestion.objects.filter(pk=question.pk).update(
        status=QuestionStatus.ANSWERED,
        answer=chosen,
        answered_by=by,
        answered_at=now,
        surplus=surplus,
        updated_at=now,
    )
