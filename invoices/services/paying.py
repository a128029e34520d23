"""Payments: recorded, never changed, reversed when wrong; never more than is due."""

import datetime as dt
import uuid
from decimal import Decimal

from django.db import transaction

from businesses.models import User
from invoices.errors import InvoiceRefused
from invoices.models import Invoice, Payment, PaymentMethod
from invoices.services.locking import lock
from pooltrackr.lib.money import ZERO, rounded


@transaction.atomic
def record_payment(
    invoice: Invoice,
    *,
    date: dt.date,
    amount: Decimal,
    method: str = PaymentMethod.BANK_TRANSFER,
    reference: str = "",
    account: str = "",
    by: User | None = None,
    key: uuid.UUID | None = None,
) -> Payment:
    """Record money received: `amount` in the invoice's currency, whole cents, at most what is due.

    Raises InvoiceRefused otherwise. A second call with the same `key` (one for each form shown)
    returns the first's payment: a form sent twice pays once.
    """
    lock(invoice)
    if key and (existing := invoice.payments.filter(pk=key).first()):
        return existing
    if key and Payment.objects.filter(pk=key).exists():
        raise InvoiceRefused("This form has been used already. Open the invoice anew.")
    _check(invoice, amount)
    payment = Payment(
        pk=key or uuid.uuid4(),
        business_id=invoice.business_id,
        invoice=invoice,
        date=date,
        amount=amount,
        method=method,
        reference=reference,
        account=account,
        recorded_by=by,
    )
    # Never an UPDATE: the key comes from a form and might name another invoice's payment.
    payment.save(force_insert=True)
    _settle(invoice)
    return payment


@transaction.atomic
def reverse_payment(payment: Payment, *, by: User | None) -> Payment:
    """Take a payment back; the invoice is due again by its amount.

    The row stays, marked as reversed: money that was booked is never deleted.
    """
    invoice = payment.invoice
    lock(invoice)
    payment.refresh_from_db()
    payment.reverse(by=by)
    payment.save()
    _settle(invoice)
    payment.invoice = invoice
    return payment


def _check(invoice: Invoice, amount: Decimal) -> None:
    if not invoice.is_issued:
        raise InvoiceRefused(f"{invoice} is not an issued invoice, so it takes no payment.")
    if amount <= 0 or amount != rounded(amount):
        raise InvoiceRefused("A payment is an amount in whole cents above zero.")
    if amount > invoice.amount_due:
        raise InvoiceRefused(
            f"{invoice} has {invoice.amount_due:,} left to pay, and this payment is {amount:,}."
        )


def _settle(invoice: Invoice) -> None:
    """Store what the standing payments sum to, and save the invoice."""
    amounts = invoice.payments.standing().values_list("amount", flat=True)
    invoice.amount_paid = sum(amounts, ZERO)
    invoice.save()
