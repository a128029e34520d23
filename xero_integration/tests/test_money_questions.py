"""Money on both sides: shown side by side, and mended either way without a cent lost."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from businesses.models import Business
from invoices import services
from invoices.models import Invoice, Payment
from xero_integration.models import (
    Connection,
    Kind,
    Link,
    MoneyQuestion,
    OutboxStatus,
    PaymentAccount,
    QuestionStatus,
)
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero
from xero_integration.tests.test_payments import pay, poll, row, there
from xero_integration.tests.test_payments_crossing import take_everything_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def invoice(connection: Connection, blue: Business) -> Invoice:
    """An invoice of 110.00 that both sides have."""
    made = making.invoice(making.contact(blue, "Rosa Reyes"))
    for _ in range(2):
        making.make_due(connection)
        making.drain(connection)
    return made


def amounts(xero: Xero) -> list[Decimal]:
    return sorted(Decimal(str(one["Amount"])) for one in there(xero))


def standing(invoice: Invoice) -> list[Decimal]:
    return sorted(invoice.payments.standing().values_list("amount", flat=True))


def meet(xero: Xero, connection: Connection, invoice: Invoice, ours: str, theirs: str) -> Payment:
    """Let both sides enter money that the other has not seen, more than the invoice takes."""
    payment = pay(invoice, ours, reference="Counter")
    xero.act("pay_invoice", invoice=invoice.number, amount=theirs, reference="Bank feed")
    making.drain(connection)
    poll(connection)
    return payment


def decide(browser: Client, answer: str) -> str:
    question = MoneyQuestion.objects.get()
    url = reverse("xero:money", args=["blue", question.pk])
    return browser.post(url, {"answer": answer}, follow=True).content.decode()


def is_at_rest(xero: Xero, connection: Connection, invoice: Invoice) -> bool:
    """Both sides have the same money, and nothing is sent however often anybody looks."""
    making.drain(connection)
    writes = len(xero.writes())
    for _ in range(2):
        poll(connection)
        making.sweep_and_drain(connection)
    links = Link.objects.current().filter(kind=Kind.PAYMENT).count()
    same = standing(invoice) == amounts(xero) and links == len(amounts(xero))
    return same and len(xero.writes()) == writes


# --- how it came --------------------------------------------------------------------------------


def test_the_account_tells_the_method_where_one_alone_is_mapped_to_it(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    bank = connection.payment_accounts.get(method="card").account
    PaymentAccount.objects.exclude(method="card").delete()
    xero.act("pay_invoice", invoice=invoice.number, amount="60.00", account=bank.xero_id)
    poll(connection)
    payment = invoice.payments.get()
    assert (payment.method, payment.account) == ("card", "")


def test_of_any_other_account_the_name_is_shown(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client
) -> None:
    """All methods are mapped to one account: none of them is told by it."""
    bank = connection.payment_accounts.get(method="card").account
    xero.act("pay_invoice", invoice=invoice.number, amount="60.00", account=bank.xero_id)
    poll(connection)
    payment = invoice.payments.get()
    assert (payment.method, payment.account) == ("other", bank.name)
    assert f"Other ({bank.name})" in as_bob.get(invoice.get_absolute_url()).content.decode()


def test_money_counts_though_xero_does_not_show_its_account(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    xero.act("pay_invoice", invoice=invoice.number, amount="60.00")
    xero.fault("500", method="GET", path="Payments")
    poll(connection)
    assert not invoice.payments.exists()
    making.make_due(connection)
    poll(connection)
    assert standing(invoice) == [Decimal("60.00")]


# --- the same money -----------------------------------------------------------------------------


@pytest.mark.parametrize("theirs", ["110.00", "100.00"])
def test_the_same_money_counts_once_as_xero_has_it(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client, theirs: str
) -> None:
    meet(xero, connection, invoice, "110.00", theirs)
    page = as_bob.get(invoice.get_absolute_url()).content.decode()
    assert "Paid on both sides?" in page and "Bank feed" in page and "Counter" in page
    assert "Money on both sides" in as_bob.get("/b/blue/xero/queue/").content.decode()
    decide(as_bob, "same")
    assert standing(invoice) == amounts(xero) == [Decimal(theirs)]
    assert is_at_rest(xero, connection, invoice)
    assert "Money on both sides" not in as_bob.get("/b/blue/xero/queue/").content.decode()


def test_what_may_be_the_same_is_linked_by_a_person(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client
) -> None:
    payment = pay(invoice, "50.00", reference="Counter")
    xero.act("pay_invoice", invoice=invoice.number, amount="50.00", reference="Bank feed")
    poll(connection)
    making.drain(connection)
    decide(as_bob, "same")
    assert row(payment).status == OutboxStatus.DONE
    assert standing(invoice) == amounts(xero) == [Decimal("50.00")]
    assert is_at_rest(xero, connection, invoice)


# --- two payments -------------------------------------------------------------------------------


def test_two_payments_that_fit_both_count(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client
) -> None:
    pay(invoice, "50.00", reference="Counter")
    xero.act("pay_invoice", invoice=invoice.number, amount="50.00", reference="Bank feed")
    poll(connection)
    decide(as_bob, "two")
    assert is_at_rest(xero, connection, invoice)
    assert standing(invoice) == amounts(xero) == [Decimal("50.00")] * 2


def test_of_two_payments_what_is_too_much_is_kept_in_sight(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client
) -> None:
    meet(xero, connection, invoice, "110.00", "60.00")
    page = decide(as_bob, "two")
    assert "60.00" in page and "Paid too much" in page
    assert is_at_rest(xero, connection, invoice)
    assert standing(invoice) == amounts(xero) == [Decimal("50.00"), Decimal("60.00")]
    invoice.refresh_from_db()
    assert invoice.amount_due == 0
    assert "paid too much" in as_bob.get("/b/blue/xero/queue/").content.decode()
    assert "Paid too much" not in decide(as_bob, "settled")
    assert MoneyQuestion.objects.get().surplus == Decimal("60.00")


def test_two_whole_payments_leave_xeros_and_owe_ours_back(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client
) -> None:
    meet(xero, connection, invoice, "110.00", "110.00")
    decide(as_bob, "two")
    assert is_at_rest(xero, connection, invoice)
    assert standing(invoice) == amounts(xero) == [Decimal("110.00")]
    assert MoneyQuestion.objects.get().surplus == Decimal("110.00")


# --- what changes meanwhile ---------------------------------------------------------------------


def test_a_question_is_over_once_xero_has_the_payment_no_more(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client
) -> None:
    meet(xero, connection, invoice, "110.00", "60.00")
    xero.control("clock", advance=1)
    xero.act("remove_payments", invoice=invoice.number)
    poll(connection)
    assert MoneyQuestion.objects.get().status == QuestionStatus.OVER
    assert "Paid on both sides?" not in as_bob.get(invoice.get_absolute_url()).content.decode()


def test_an_answer_to_what_changed_meanwhile_changes_nothing(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client
) -> None:
    payment = meet(xero, connection, invoice, "110.00", "60.00")
    services.reverse_payment(payment, by=None)
    assert "changed meanwhile" in decide(as_bob, "same")
    assert standing(invoice) == []
    take_everything_in(xero, connection)
    assert standing(invoice) == [Decimal("60.00")]
    assert MoneyQuestion.objects.get().status == QuestionStatus.OVER


def test_money_of_a_voided_invoice_is_shown_with_what_to_do(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client
) -> None:
    services.void(invoice, by=None)
    xero.act("pay_invoice", invoice=invoice.number, amount="60.00")
    making.drain(connection)
    poll(connection)
    page = as_bob.get(invoice.get_absolute_url()).content.decode()
    assert "The same money" not in page
    assert "Remove one of the payments in Xero" in decide(as_bob, "two")


def test_an_answer_is_given_once(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client, as_rita: Client
) -> None:
    meet(xero, connection, invoice, "110.00", "60.00")
    question = MoneyQuestion.objects.get()
    url = reverse("xero:money", args=["blue", question.pk])
    assert as_rita.post(url, {"answer": "two"}).status_code == 403
    decide(as_bob, "two")
    decide(as_bob, "two")
    assert is_at_rest(xero, connection, invoice)
    assert standing(invoice) == [Decimal("50.00"), Decimal("60.00")]
