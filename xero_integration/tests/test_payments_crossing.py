"""Payments that are entered, taken back or answered for on both sides in one moment."""

from decimal import Decimal

import pytest
from django.utils import timezone

from businesses.models import User
from contacts.models import Contact
from invoices import services
from invoices.models import Invoice
from xero_integration import outbox
from xero_integration.client.api import Client
from xero_integration.mapping import mappings
from xero_integration.models import Connection, Lane, OutboxStatus
from xero_integration.payments import receipts
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero
from xero_integration.tests.test_payments import customer, invoice, pay, poll, row, there

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["customer", "invoice"]


def take_everything_in(xero: Xero, connection: Connection) -> None:
    """Let an invoice's money be read whether or not anything of the invoice changed."""
    with Client(connection, lane=Lane.BULK) as client:
        ids = [one["InvoiceID"] for one in xero.invoices()]
        asked_at = timezone.now()
        answer = client.call("get_invoices", i_ds=ids, page=1, page_size=100)
        receipts.take_in(connection, answer.elements("Invoices"), as_of=asked_at)


def test_a_payment_reversed_here_is_not_taken_for_new_before_xero_hears_of_it(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    payment = pay(invoice)
    making.drain(connection)
    services.reverse_payment(payment, by=None)
    take_everything_in(xero, connection)
    assert [one.pk for one in invoice.payments.all()] == [payment.pk]
    making.drain(connection)
    assert there(xero) == []


def test_one_credit_may_be_set_against_two_invoices(
    xero: Xero, connection: Connection, customer: Contact
) -> None:
    first, second = (making.invoice(customer) for _ in range(2))
    making.drain(connection)
    xero.act("receive_credit", contact="Rosa Reyes", amount="150.00")
    for one in (first, second):
        xero.act("allocate_credit", invoice=one.number)
    poll(connection)
    amounts = [one.payments.get().amount for one in (first, second)]
    assert amounts == [Decimal("110.00"), Decimal("40.00")]


def test_the_same_part_payment_on_both_sides_counts_once(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    payment = pay(invoice, "50.00", reference="Visa 1234")
    xero.act(
        "pay_invoice",
        invoice=invoice.number,
        amount="50.00",
        reference="Visa 1234",
        date=str(payment.date),
    )
    take_everything_in(xero, connection)
    making.drain(connection)
    assert invoice.payments.get() == payment
    assert len(there(xero)) == 1
    assert row(payment).status == OutboxStatus.DONE


def test_what_may_be_the_same_money_goes_to_a_person_with_both_figures(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    payment = pay(invoice, "50.00", reference="Counter")
    xero.act("pay_invoice", invoice=invoice.number, amount="50.00", reference="Bank feed")
    take_everything_in(xero, connection)
    making.drain(connection)
    assert invoice.payments.get() == payment
    assert (row(payment).status, row(payment).error_code) == (
        OutboxStatus.PARKED,
        "maybe_paid_twice",
    )
    assert "50.00" in row(payment).error_message
    assert len(there(xero)) == 1
    # They are two after all: ours goes, and theirs counts here as well.
    outbox.retry([row(payment)], by=None)
    making.drain(connection)
    take_everything_in(xero, connection)
    invoice.refresh_from_db()
    assert (len(there(xero)), invoice.amount_paid) == (2, Decimal("100.00"))


def test_money_follows_an_invoice_that_is_let_in_later(
    xero: Xero, connection: Connection, customer: Contact, alice: User
) -> None:
    invoice = making.invoice(customer)
    outbox.exclude(connection.outbox.filter(object_id=invoice.pk), by=alice)
    payment = pay(invoice)
    making.drain(connection)
    outbox.retry([making.row(invoice)], by=alice)
    making.drain(connection)
    assert row(payment).status == OutboxStatus.DONE
    assert len(there(xero)) == 1


def test_an_answer_of_before_a_payment_went_does_not_take_it_back(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    with Client(connection, lane=Lane.BULK) as client:
        asked_at = timezone.now()
        ids = [one["InvoiceID"] for one in xero.invoices()]
        old = client.call("get_invoices", i_ds=ids, page=1, page_size=100)
    payment = pay(invoice)
    making.drain(connection)
    receipts.take_in(connection, old.elements("Invoices"), as_of=asked_at)
    payment.refresh_from_db()
    assert not payment.is_reversed


def test_an_account_that_xero_keeps_for_itself_takes_no_payments(
    connection: Connection,
) -> None:
    debtors = connection.accounts.get(system_account="DEBTORS")
    debtors.enable_payments = True
    assert mappings.payment_account_trouble(debtors)
