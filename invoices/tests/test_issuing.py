"""Issuing gives a number once and without a gap; voiding keeps it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection
from django.db.models.signals import post_save
from django.utils import timezone

from businesses.models import Business, User
from invoices import services
from invoices.errors import InvoiceRefused
from invoices.models import Invoice, InvoiceState
from invoices.tests.making import line, make_draft, make_issued, pay

pytestmark = pytest.mark.django_db


def test_numbers_are_given_in_order(blue: Business) -> None:
    assert [make_issued(blue).number for _ in range(3)] == ["INV-0001", "INV-0002", "INV-0003"]


def test_issuing_says_when_and_who(blue: Business, alice: User) -> None:
    with time_machine.travel("2026-11-22T01:00:00Z", tick=False):
        invoice = services.issue(make_draft(blue), by=alice)
        assert (invoice.issued_at, invoice.issued_by) == (timezone.now(), alice)


def test_an_invoice_is_issued_once(blue: Business) -> None:
    draft = make_draft(blue)
    stale = Invoice.objects.get(pk=draft.pk)
    services.issue(draft, by=None)
    with pytest.raises(InvoiceRefused, match="already"):
        services.issue(stale, by=None)
    assert make_issued(blue).number == "INV-0002"


@pytest.mark.parametrize("price", ["-1", "-0.01"])
def test_a_total_below_zero_is_not_issued_and_takes_no_number(blue: Business, price: str) -> None:
    draft = make_draft(blue, line(blue, price))
    with pytest.raises(InvoiceRefused, match="below zero"):
        services.issue(draft, by=None)
    assert make_issued(blue).number == "INV-0001"


def test_an_invoice_without_lines_is_not_issued(blue: Business) -> None:
    draft = make_draft(blue)
    draft.lines.all().delete()
    with pytest.raises(InvoiceRefused, match="at least one line"):
        services.issue(draft, by=None)


def test_an_archived_contact_gets_no_invoice(blue: Business) -> None:
    draft = make_draft(blue)
    draft.contact.archive()
    with pytest.raises(InvoiceRefused, match="archived"):
        services.issue(draft, by=None)


def test_a_number_that_was_used_before_is_passed_over(blue: Business) -> None:
    make_issued(blue)
    blue.invoice_sequence.next_number = 1
    blue.invoice_sequence.save()
    assert make_issued(blue).number == "INV-0002"


def test_businesses_count_for_themselves(blue: Business) -> None:
    other = Business.objects.create(name="Other pools", slug="other-pools")
    make_issued(blue)
    assert make_issued(other).number == "INV-0001"


def test_voiding_keeps_the_number_and_says_who(blue: Business, alice: User) -> None:
    invoice = services.void(make_issued(blue), by=alice)
    assert (invoice.number, invoice.state, invoice.voided_by) == (
        "INV-0001",
        InvoiceState.VOID,
        alice,
    )
    assert make_issued(blue).number == "INV-0002"


def test_an_invoice_with_payments_is_not_voided(blue: Business) -> None:
    invoice = make_issued(blue)
    payment = pay(invoice, "10")
    with pytest.raises(InvoiceRefused, match="Reverse them first"):
        services.void(invoice, by=None)
    services.reverse_payment(payment, by=None)
    assert services.void(invoice, by=None).is_void


def test_a_draft_is_not_voided_and_nothing_is_voided_twice(blue: Business) -> None:
    with pytest.raises(InvoiceRefused, match="delete it"):
        services.void(make_draft(blue), by=None)
    invoice = services.void(make_issued(blue), by=None)
    with pytest.raises(InvoiceRefused, match="void already"):
        services.void(invoice, by=None)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_give_each_number_once_and_leave_no_gap(blue: Business) -> None:
    drafts = [make_draft(blue) for _ in range(12)]
    # Every third one is refused after the others have begun: its number must not be lost.
    bad = [make_draft(blue, line(blue, "-5")) for _ in range(4)]
    barrier = threading.Barrier(8)

    def issue_in_a_thread(invoices: list[Invoice]) -> None:
        barrier.wait(timeout=20)
        try:
            for invoice in invoices:
                try:
                    services.issue(Invoice.objects.get(pk=invoice.pk), by=None)
                except InvoiceRefused:
                    continue
        finally:
            connection.close()

    work = [*drafts, *bad]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(issue_in_a_thread, [work[start::8] for start in range(8)]))
    numbers = sorted(Invoice.objects.issued().values_list("number", flat=True))
    assert numbers == [f"INV-{count:04d}" for count in range(1, 13)]


@pytest.mark.django_db(transaction=True)
def test_two_clicks_on_issue_at_once_issue_once(blue: Business) -> None:
    draft = make_draft(blue)
    barrier = threading.Barrier(2)

    def click(_: int) -> str:
        barrier.wait(timeout=20)
        try:
            return services.issue(Invoice.objects.get(pk=draft.pk), by=None).number
        except InvoiceRefused:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(click, range(2))) == ["INV-0001", "refused"]


def test_a_failure_after_the_number_was_taken_gives_it_back(blue: Business) -> None:
    draft = make_draft(blue)

    def fail(**kwargs: object) -> None:
        raise RuntimeError("a receiver that breaks")

    post_save.connect(fail, sender=Invoice)
    try:
        with pytest.raises(RuntimeError):
            services.issue(draft, by=None)
    finally:
        post_save.disconnect(fail, sender=Invoice)
    assert Invoice.objects.get(pk=draft.pk).is_draft
    assert make_issued(blue).number == "INV-0001"
