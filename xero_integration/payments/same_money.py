"""Whether money that Xero has is money recorded here that has not reached Xero.

The same sum may have been entered on both sides. Amount, day and reference tell that it is one;
the amount alone does not, and a person is asked, with both figures, before it counts twice.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from invoices import services
from invoices.models import Invoice, Payment, PaymentMethod
from xero_integration import log, outbox
from xero_integration.models import (
    Action,
    Connection,
    Direction,
    ErrorClass,
    Kind,
    Link,
    OutboxRow,
    OutboxStatus,
    Outcome,
    SyncEntry,
)
from xero_integration.numbers import is_of
from xero_integration.payloads import payment_digest

MAYBE = "maybe_paid_twice"


@dataclass(frozen=True)
class Receipt:
    """One sum that Xero has set against an invoice."""

    xero_id: str
    amount: Decimal
    date: dt.date
    reference: str = ""
    method: str = PaymentMethod.OTHER
    # The account's name in Xero, where the method does not say how it came.
    account: str = ""


Ask = Callable[[Connection, Invoice, Receipt, Payment], None]


class Unsettled:
    """The payments of an invoice that no link knows; within a transaction."""

    def __init__(self, connection: Connection, invoice: Invoice, *, ask: Ask) -> None:
        self.connection, self.invoice, self.ask = connection, invoice, ask
        current = Link.objects.current().filter(connection=connection, kind=Kind.PAYMENT)
        unlinked = invoice.payments.exclude(pk__in=current.values("object_id"))
        self.payments = list(unlinked.select_related("invoice", "credit_note"))
        ids = [payment.pk for payment in self.payments]
        rows = connection.outbox.filter(kind=Kind.PAYMENT, object_id__in=ids)
        self.rows = {row.object_id: row for row in rows.select_for_update().order_by("pk")}

    def includes(self, receipt: Receipt) -> bool:
        """Say whether a receipt is one of these by our id: it is linked once that is settled."""
        return any(
            is_of(receipt.reference, payment.pk)
            for payment in self.payments
            if not payment.is_reversed or self._is_under_way(payment)
        ) or self._is_our_credit(receipt)

    def _is_our_credit(self, receipt: Receipt) -> bool:
        """Say whether it is a credit note made here, whose allocation is not settled yet."""
        is_credit = receipt.method == PaymentMethod.CREDIT and receipt.reference
        return bool(is_credit) and any(
            payment.credit_note.number == receipt.reference
            for payment in self.payments
            if hasattr(payment, "credit_note") and not payment.is_reversed
        )

    def _is_under_way(self, payment: Payment) -> bool:
        row = self.rows.get(payment.pk)
        return row is not None and row.status in outbox.OPEN

    def explains(self, receipt: Receipt) -> bool:
        """Settle a receipt by a payment that is, or may be, the same money; say if there is one."""
        alike = [payment for payment in self.payments if self._may_be(payment, receipt)]
        same = next((payment for payment in alike if _is_same(payment, receipt)), None)
        payment = same or next(iter(alike), None)
        if payment is None or (same is None and self._was_asked(payment, receipt)):
            return False
        self.payments.remove(payment)
        (self._adopt if same else self._ask)(payment, receipt)
        return True

    def _may_be(self, payment: Payment, receipt: Receipt) -> bool:
        row = self.rows.get(payment.pk)
        # What is in flight is settled by its own answer; a credit moves no money.
        is_free = row is not None and row.status != OutboxStatus.IN_FLIGHT
        moves = receipt.method != PaymentMethod.CREDIT
        return is_free and moves and not payment.is_reversed and payment.amount == receipt.amount

    def _was_asked(self, payment: Payment, receipt: Receipt) -> bool:
        """Say whether a person was asked and has decided: then they are two."""
        asked = self.connection.entries.filter(
            error_code=MAYBE, object_id=payment.pk, xero_id=receipt.xero_id
        )
        return self.rows[payment.pk].error_code != MAYBE and asked.exists()

    def _adopt(self, payment: Payment, receipt: Receipt) -> None:
        link(self.connection, payment, receipt.xero_id)
        self._set(payment, status=OutboxStatus.DONE, **outbox.NO_ERROR)
        log.write([entry(self.connection, payment, Action.ADOPT, receipt.xero_id)])

    def _ask(self, payment: Payment, receipt: Receipt) -> None:
        if self.rows[payment.pk].error_code == MAYBE:
            return
        words = f"Here {_told(payment)}; in Xero {_told(receipt)}."
        self._set(
            payment,
            status=OutboxStatus.PARKED,
            error_class=ErrorClass.NOT_READY,
            error_code=MAYBE,
            error_message=words,
        )
        asked = entry(self.connection, payment, Action.READ, receipt.xero_id)
        asked.outcome, asked.error_code, asked.message = Outcome.FAILED, MAYBE, words
        log.write([asked])
        self.ask(self.connection, self.invoice, receipt, payment)

    def _set(self, payment: Payment, **values: str) -> None:
        rows = OutboxRow.objects.filter(pk=self.rows[payment.pk].pk)
        rows.update(updated_at=timezone.now(), **values)


def _is_same(payment: Payment, receipt: Receipt) -> bool:
    words = payment.reference.strip()
    return bool(words) and words == receipt.reference.strip() and payment.date == receipt.date


def link(connection: Connection, payment: Payment, xero_id: str) -> None:
    """Note that Xero has `payment` as it stands here, so that its echo is known."""
    Link.objects.create(
        business_id=connection.business_id,
        connection=connection,
        kind=Kind.PAYMENT,
        object_id=payment.pk,
        xero_id=xero_id,
        pushed_digest=payment_digest(payment),
        pushed_at=timezone.now(),
        checked_at=payment.updated_at,
    )


def record(connection: Connection, invoice: Invoice, receipt: Receipt) -> None:
    """Record a receipt here, linked, within a transaction. Raises InvoiceRefused."""
    with transaction.atomic():
        payment = services.record_payment(
            invoice,
            date=receipt.date,
            amount=receipt.amount,
            method=receipt.method,
            reference=receipt.reference or "Entered in Xero",
            account=receipt.account,
            by=None,
        )
    link(connection, payment, receipt.xero_id)
    log.write([entry(connection, payment, Action.CREATE, receipt.xero_id)])


def entry(connection: Connection, payment: Payment, action: Action, xero_id: str) -> SyncEntry:
    """Return the unsaved log entry of a payment that came from Xero."""
    label = f"{payment.invoice.number}, {payment.amount:,}"
    return log.entry(
        connection,
        Kind.PAYMENT,
        action,
        label,
        payment.pk,
        xero_id,
        direction=Direction.FROM_XERO,
    )


def _told(money: Payment | Receipt) -> str:
    return f"{money.amount:,} of {money.date:%-d %b %Y} ({money.reference or 'no reference'})"
