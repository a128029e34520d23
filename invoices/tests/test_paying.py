"""Payments never exceed what is due, are recorded once, and are reversed rather than changed."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
import time_machine
from django.db import connection

from businesses.models import Business, User
from invoices import services
from invoices.errors import InvoiceRefused
from invoices.models import Invoice, InvoiceState, Payment
from invoices.tests.making import DATE, line, make_contact, make_draft, make_issued, pay

pytestmark = pytest.mark.django_db

ISSUE_DAY = "2026-11-02T02:00:00Z"


def test_payments_lead_from_awaiting_to_part_paid_to_paid(blue: Business) -> None:
    with time_machine.travel(ISSUE_DAY, tick=False):
        invoice = make_issued(blue)
        assert invoice.state == InvoiceState.AWAITING
        pay(invoice, "10")
        assert (invoice.state, invoice.amount_due) == (InvoiceState.PART_PAID, Decimal(100))
        pay(invoice, "100")
        assert (invoice.state, invoice.amount_due) == (InvoiceState.PAID, Decimal(0))


def test_an_invoice_is_overdue_from_the_day_after_its_due_date(blue: Business) -> None:
    invoice = make_issued(blue)  # due on 16 November; midnight in Brisbane is 14:00 UTC
    with time_machine.travel("2026-11-16T13:59:00Z", tick=False):
        assert invoice.state == InvoiceState.AWAITING
    with time_machine.travel("2026-11-16T14:00:00Z", tick=False):
        assert invoice.state == InvoiceState.OVERDUE


def test_an_invoice_of_nothing_is_paid_when_issued(blue: Business) -> None:
    assert make_issued(blue, line(blue, "0")).state == InvoiceState.PAID


@pytest.mark.parametrize("amount", ["110.01", "0", "-1", "0.001"])
def test_wrong_amounts_are_refused(blue: Business, amount: str) -> None:
    invoice = make_issued(blue)
    with pytest.raises(InvoiceRefused):
        pay(invoice, amount)
    assert not invoice.payments.exists()


def test_a_draft_and_a_void_invoice_take_no_payment(blue: Business) -> None:
    for invoice in (make_draft(blue), services.void(make_issued(blue), by=None)):
        with pytest.raises(InvoiceRefused, match="not an issued invoice"):
            pay(invoice, "1")


def test_the_same_key_is_one_payment(blue: Business) -> None:
    invoice, key = make_issued(blue), uuid.uuid4()
    for _ in range(2):
        services.record_payment(invoice, date=DATE, amount=Decimal(10), key=key)
    assert invoice.payments.count() == 1
    assert invoice.amount_paid == Decimal(10)


def test_reversing_makes_the_amount_due_again(blue: Business, alice: User) -> None:
    invoice = make_issued(blue)
    first, second = pay(invoice, "60"), pay(invoice, "50")
    services.reverse_payment(first, by=alice)
    invoice.refresh_from_db()
    assert (invoice.amount_paid, first.reversed_by) == (second.amount, alice)
    with pytest.raises(InvoiceRefused, match="already"):
        services.reverse_payment(Payment.objects.get(pk=first.pk), by=alice)


@pytest.mark.django_db(transaction=True)
def test_payments_at_once_never_exceed_what_is_due(blue: Business) -> None:
    invoice = make_issued(blue)
    barrier = threading.Barrier(4)

    def pay_in_a_thread(_: int) -> bool:
        barrier.wait(timeout=20)
        try:
            pay(Invoice.objects.get(pk=invoice.pk), "50")
        except InvoiceRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(pay_in_a_thread, range(4))) == 2
    invoice.refresh_from_db()
    assert invoice.amount_paid == Decimal(100)


def test_state_filters_agree_with_the_state_of_each_invoice(blue: Business) -> None:
    contact = make_contact(blue)
    paid = make_issued(blue, contact=contact)
    pay(paid, "110")
    part = make_issued(blue, contact=contact)
    pay(part, "0.10")
    issued = make_issued(blue, contact=contact)
    draft = make_draft(blue, contact=contact)
    void = services.void(make_issued(blue, contact=contact), by=None)
    invoices = blue.invoices
    assert set(invoices.paid()) == {paid}
    assert set(invoices.unpaid()) == {part, issued}
    assert set(invoices.overdue(on=part.due_date)) == set()
    assert set(invoices.overdue(on=DATE.replace(day=17))) == {part, issued}
    assert set(invoices.drafts()) == {draft}
    assert set(invoices.void()) == {void}


def test_search_finds_by_number_reference_contact_and_total(blue: Business) -> None:
    invoice = make_issued(blue, reference="Job 77", contact=make_contact(blue, "José Núñez"))
    make_issued(blue, line(blue, "3"), contact=make_contact(blue, "Other"))
    for query in ("inv-0001", "job 77", "jose", "nunez 0001", "110", "110.00"):
        assert list(blue.invoices.search(query)) == [invoice], query
    for query in ("nobody", "nan", "1e99", "jose 0002"):
        assert not blue.invoices.search(query).exists(), query
