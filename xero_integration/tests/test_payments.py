"""Payments both ways: entered once, taken back once, to the cent, and no ping-pong."""

import datetime as dt
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from businesses.models import Business, User
from contacts.models import Contact
from invoices import services
from invoices.models import Invoice, Payment, PaymentMethod
from xero_integration import outbox
from xero_integration.models import (
    Connection,
    Kind,
    Lane,
    Link,
    LinkStatus,
    OutboxRow,
    OutboxStatus,
    Outcome,
    PaymentAccount,
    PullState,
    XeroToken,
)
from xero_integration.reading import events, readers
from xero_integration.sending import waking
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customer(connection: Connection, blue: Business) -> Contact:
    contact = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    return contact


@pytest.fixture
def invoice(connection: Connection, customer: Contact) -> Invoice:
    made = making.invoice(customer)
    making.drain(connection)
    return made


def pay(invoice: Invoice, amount: str = "50.00", **fields: Any) -> Payment:
    return services.record_payment(
        invoice, date=timezone.localdate(), amount=Decimal(amount), **fields
    )


def there(xero: Xero) -> list[dict[str, Any]]:
    """Return the payments that stand in Xero."""
    (organisation,) = xero.state("payments")["organisations"][:1]
    return [one for one in organisation["payments"] if one["Status"] == "AUTHORISED"]


def row(payment: Payment) -> Any:
    return outbox.OutboxRow.objects.get(kind=Kind.PAYMENT, object_id=payment.pk)


def poll(connection: Connection) -> None:
    """Read what changed in Xero, as the next round would."""
    making.poll(connection)
    events.take(connection.pk)


# --- to Xero ------------------------------------------------------------------------------------


def test_a_payment_reaches_its_invoice_at_once(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    payment = pay(invoice, reference="Visa 1234")
    making.drain(connection)
    (one,) = there(xero)
    assert Decimal(str(one["Amount"])) == Decimal("50.00")
    assert one["Reference"].startswith("Visa 1234 PT-")
    assert one["Invoice"]["InvoiceNumber"] == invoice.number
    assert row(payment).status == OutboxStatus.DONE


def test_money_waits_for_its_invoice(xero: Xero, connection: Connection, customer: Contact) -> None:
    invoice = making.invoice(customer)
    payment = pay(invoice, str(invoice.total))
    making.drain(connection)
    making.make_due(connection)
    making.drain(connection)
    assert row(payment).status == OutboxStatus.DONE
    assert [one["Status"] for one in xero.invoices()] == ["PAID"]


def test_a_payment_reversed_before_it_went_never_goes(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    services.reverse_payment(pay(invoice), by=None)
    making.drain(connection)
    assert there(xero) == []


def test_a_reversal_takes_it_back_there(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    payments = [pay(invoice, amount) for amount in ("10.00", "20.00", "30.00")]
    making.drain(connection)
    for payment in payments[:2]:
        services.reverse_payment(payment, by=None)
    making.drain(connection)
    assert [one["Amount"] for one in there(xero)] == [30.0]
    assert xero.invoices()[0]["AmountDue"] == float(invoice.total - 30)


def test_money_that_takes_the_place_of_what_was_taken_back_goes_after_it(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    """Until then the invoice is paid in Xero, which refuses any more."""
    first = pay(invoice, "110.00")
    making.drain(connection)
    with transaction.atomic():
        services.reverse_payment(first, by=None)
        second = pay(invoice, "110.00")
        # As a drain in the other lane may have it: the new one is claimed first.
        OutboxRow.objects.filter(object_id=second.pk).update(queued_at=invoice.created_at)
    xero.fault("503", method="POST", path="Payments")
    for _ in range(3):
        making.make_due(connection)
        making.drain(connection)
    assert row(second).status == OutboxStatus.DONE
    assert len(there(xero)) == 1


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "500"])
def test_a_lost_answer_enters_nothing_twice(
    xero: Xero, connection: Connection, invoice: Invoice, kind: str
) -> None:
    pay(invoice)
    xero.fault(kind, method="PUT", path="Payments")
    making.drain(connection)
    making.make_due(connection)
    making.drain(connection)
    assert len(there(xero)) == 1


def test_once_its_key_has_died_xero_is_looked_at_first(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    payment = pay(invoice)
    xero.fault("drop_after", method="PUT", path="Payments")
    making.drain(connection)
    long_ago = timezone.now() - dt.timedelta(seconds=600)
    connection.batches.filter(kind=Kind.PAYMENT).update(first_sent_at=long_ago, not_before=None)
    making.drain(connection)
    assert row(payment).status == OutboxStatus.DONE
    assert len(there(xero)) == len(xero.writes("Payments")) == 1


def test_a_key_that_dies_during_a_refresh_is_not_sent(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    """It was alive when the batch was taken up, and Xero would make a second payment of it."""
    payment = pay(invoice, "40.00")
    xero.fault("drop_after", method="PUT", path="Payments")
    making.drain(connection)
    xero.control("clock", advance=400)
    nearly = dt.timedelta(seconds=settings.XERO_KEY_LIFE - 1)
    connection.batches.filter(kind=Kind.PAYMENT).update(
        first_sent_at=timezone.now() - nearly, not_before=None
    )
    XeroToken.objects.update(expires_at=timezone.now())
    xero.fault("slow_after", path="connect/token", seconds=1.5)
    making.drain(connection)
    making.make_due(connection)
    making.drain(connection)
    assert row(payment).status == OutboxStatus.DONE
    assert len(there(xero)) == len(xero.writes("Payments")) == 1


def test_a_reversal_whose_answer_was_lost_is_found_done(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    payment = pay(invoice)
    making.drain(connection)
    services.reverse_payment(payment, by=None)
    xero.fault("drop_after", method="POST", path="Payments")
    making.drain(connection)
    long_ago = timezone.now() - dt.timedelta(seconds=600)
    connection.batches.filter(kind=Kind.PAYMENT).update(first_sent_at=long_ago, not_before=None)
    making.drain(connection)
    assert row(payment).status == OutboxStatus.DONE
    assert there(xero) == []


def test_a_reversal_of_what_xero_took_back_itself_is_done_at_once(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    payment = pay(invoice)
    making.drain(connection)
    xero.act("remove_payments", invoice=invoice.number)
    services.reverse_payment(payment, by=None)
    making.drain(connection)
    assert row(payment).status == OutboxStatus.DONE
    writes = len(xero.writes("Payments"))
    making.make_due(connection)
    making.sweep_and_drain(connection)
    assert len(xero.writes("Payments")) == writes == 2


def test_without_an_account_it_waits_and_goes_once_one_is_chosen(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    PaymentAccount.objects.filter(method=PaymentMethod.CASH).delete()
    payment = pay(invoice, method=PaymentMethod.CASH)
    making.drain(connection)
    assert row(payment).error_code == "payment_account_not_mapped"
    bank = connection.accounts.filter(type="BANK").first()
    assert bank is not None
    PaymentAccount.objects.create(
        business=connection.business, connection=connection, method="cash", account=bank
    )
    waking.not_ready(connection, ["payment_account_not_mapped"])
    making.drain(connection)
    assert row(payment).status == OutboxStatus.DONE


def test_an_archived_account_stops_it_before_xero_does(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    connection.accounts.filter(type="BANK").update(status="ARCHIVED")
    payment = pay(invoice)
    making.drain(connection)
    assert row(payment).error_code == "payment_account_unusable"
    assert xero.writes("Payments") == []


def test_a_draft_takes_no_money_until_it_is_approved(
    xero: Xero, connection: Connection, customer: Contact
) -> None:
    Connection.objects.update(invoice_status="DRAFT")
    invoice = making.invoice(customer)
    making.drain(Connection.objects.get())
    payment = pay(invoice)
    making.drain(connection)
    assert row(payment).error_code == "payment_not_approved"
    xero.act("edit_invoice", invoice=invoice.number, fields={"Status": "AUTHORISED"})
    poll(connection)
    making.drain(connection)
    assert row(payment).status == OutboxStatus.DONE
    assert len(there(xero)) == 1


def test_money_of_an_invoice_that_was_left_out_stays_out(
    xero: Xero, connection: Connection, customer: Contact, alice: User
) -> None:
    invoice = making.invoice(customer)
    outbox.exclude(connection.outbox.filter(object_id=invoice.pk), by=alice)
    payment = pay(invoice)
    making.drain(connection)
    assert row(payment).status == OutboxStatus.DONE
    assert there(xero) == []


def test_too_much_money_goes_to_a_person_with_xeros_words(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    payment = pay(invoice, str(invoice.total))
    xero.act("pay_invoice", invoice=invoice.number, amount="60.00")
    making.drain(connection)
    assert (row(payment).status, row(payment).error_code) == (
        OutboxStatus.PARKED,
        "payment_too_large",
    )


def test_payments_made_before_invoices_were_opened_go_with_them(
    xero: Xero, just_connected: Connection, blue: Business
) -> None:
    connection = just_connected
    making.map_accounts(connection)
    Connection.objects.update(contacts_open_at=timezone.now())
    connection.refresh_from_db()
    invoice = making.invoice(making.contact(blue, "Rosa Reyes"))
    pay(invoice)
    outbox.open_invoices(connection)
    for _ in range(3):
        making.make_due(connection)
        making.drain(connection)
    assert len(there(xero)) == 1


# --- from Xero ----------------------------------------------------------------------------------


def test_money_entered_in_xero_comes_here_and_does_not_go_back(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    xero.act("pay_invoice", invoice=invoice.number, amount="60.00", reference="Deposit 7")
    poll(connection)
    (payment,) = invoice.payments.all()
    assert (payment.amount, payment.reference) == (Decimal("60.00"), "Deposit 7")
    invoice.refresh_from_db()
    assert invoice.amount_paid == Decimal("60.00")
    calls = xero.state("calls")["calls"]["total"]
    for _ in range(2):
        making.sweep_and_drain(connection)
    assert len(there(xero)) == 1
    assert xero.state("calls")["calls"]["total"] == calls


def test_money_taken_back_in_xero_is_reversed_here(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    ours = pay(invoice, "10.00")
    making.drain(connection)
    xero.act("pay_invoice", invoice=invoice.number, amount="60.00")
    poll(connection)
    xero.act("remove_payments", invoice=invoice.number)
    poll(connection)
    ours.refresh_from_db()
    invoice.refresh_from_db()
    assert ours.is_reversed
    assert invoice.amount_paid == 0
    making.sweep_and_drain(connection)
    assert there(xero) == []
    assert not Link.objects.current().filter(kind=Kind.PAYMENT).exists()


def test_one_payment_in_xero_in_place_of_another_of_its_amount_is_seen(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    """Removed and entered anew between two looks: no sum of the invoice says so."""
    ours = pay(invoice, "50.00")
    making.drain(connection)
    poll(connection)
    xero.control("clock", advance=1)
    xero.act("remove_payments", invoice=invoice.number)
    xero.act("pay_invoice", invoice=invoice.number, amount="50.00", reference="Bank feed")
    poll(connection)
    ours.refresh_from_db()
    assert ours.is_reversed
    (standing,) = invoice.payments.standing()
    assert standing.reference == "Bank feed"
    making.sweep_and_drain(connection)
    assert [one["Reference"] for one in there(xero)] == ["Bank feed"]


def test_money_that_the_answer_to_an_update_shows_is_not_taken_for_known(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    """The answer goes into the mirror: what it shows of money must have its effect first."""
    xero.control("clock", advance=1)
    xero.act("pay_invoice", invoice=invoice.number, amount="60.00")
    Invoice.objects.filter(pk=invoice.pk).update(due_date=invoice.due_date + dt.timedelta(days=3))
    making.sweep_and_drain(connection)
    Link.objects.filter(kind=Kind.INVOICE).update(pushed_digest="")
    outbox.enqueue(Kind.INVOICE, invoice.pk, business=invoice.business, label=invoice.number)
    making.drain(connection)
    poll(connection)
    assert [one.amount for one in invoice.payments.all()] == [Decimal("60.00")]


def test_our_own_payment_read_back_is_not_recorded_again(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    pay(invoice)
    making.drain(connection)
    for _ in range(2):
        poll(connection)
    assert invoice.payments.count() == 1


def test_our_own_payment_that_is_still_unsettled_is_not_recorded_again(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    pay(invoice)
    xero.fault("drop_after", method="PUT", path="Payments")
    making.drain(connection)
    # Ours was not noted as paid in full, so that the two sides look apart.
    Invoice.objects.update(amount_paid=0)
    poll(connection)
    assert invoice.payments.count() == 1


def test_a_batch_pays_each_of_its_invoices_here(
    xero: Xero, connection: Connection, customer: Contact
) -> None:
    invoices = [making.invoice(customer) for _ in range(3)]
    making.drain(connection)
    xero.act("pay_in_batch", invoices=[one.number for one in invoices])
    poll(connection)
    for invoice in invoices:
        invoice.refresh_from_db()
        assert invoice.amount_due == 0


@pytest.mark.parametrize("kind", ["overpayment", "prepayment"])
def test_a_credit_set_against_an_invoice_counts_here(
    xero: Xero, connection: Connection, invoice: Invoice, kind: str
) -> None:
    xero.act("receive_credit", contact="Rosa Reyes", amount="40.00", kind=kind)
    xero.act("allocate_credit", invoice=invoice.number)
    poll(connection)
    (payment,) = invoice.payments.all()
    assert (payment.method, payment.amount) == (PaymentMethod.CREDIT, Decimal("40.00"))


def test_the_same_money_on_both_sides_is_told_once_and_not_counted_twice(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    pay(invoice, "100.00")
    xero.act("pay_invoice", invoice=invoice.number)
    for _ in range(2):
        readers.begin([connection])
        PullState.objects.update(since=timezone.now() - dt.timedelta(days=1))
        connection.xero_invoices.update(amount_paid=0)
        poll(connection)
    invoice.refresh_from_db()
    assert invoice.amount_paid == Decimal("100.00")
    entry = connection.entries.get(error_code="paid_twice")
    assert entry.outcome == Outcome.FAILED
    assert "110.00" in entry.message


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_random_money_on_both_sides_agrees_to_the_cent(
    xero: Xero, connection: Connection, customer: Contact, seed: int
) -> None:
    chance = random.Random(seed)
    xero.control("limits", minute=10**9, day=10**9)
    invoices = [
        making.invoice(customer, making.line(connection.business, "1000")) for _ in range(4)
    ]
    making.drain(connection)
    for _ in range(40):
        step(xero, chance, chance.choice(invoices))
        if chance.random() < 0.5:
            making.drain(connection)
        if chance.random() < 0.5:
            poll(connection)
    for _ in range(3):
        making.make_due(connection)
        making.drain(connection)
        poll(connection)
    by_number = {one["InvoiceNumber"]: one for one in xero.invoices()}
    for invoice in invoices:
        invoice.refresh_from_db()
        assert Decimal(str(by_number[invoice.number]["AmountPaid"])) == invoice.amount_paid


def step(xero: Xero, chance: random.Random, invoice: Invoice) -> None:
    """Do one thing with money on one of the sides: small sums, so that there is always room."""
    invoice.refresh_from_db()
    amount = Decimal(chance.randrange(1, 1500)) / 100
    here: list[Callable[[], object]] = [lambda: pay(invoice, str(amount))]
    standing = list(invoice.payments.standing())
    if standing:
        here.append(lambda: services.reverse_payment(chance.choice(standing), by=None))
    in_xero: list[Callable[[], object]] = [
        lambda: xero.act("pay_invoice", invoice=invoice.number, amount=str(amount)),
        lambda: xero.act("remove_payments", invoice=invoice.number),
    ]
    chance.choice(chance.choice([here, in_xero]))()


def test_a_link_of_before_is_history_once_xero_took_it_back(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    pay(invoice)
    making.drain(connection)
    xero.act("remove_payments", invoice=invoice.number)
    poll(connection)
    link = Link.objects.get(kind=Kind.PAYMENT)
    assert link.status == LinkStatus.FORMER
    assert connection.outbox.filter(kind=Kind.PAYMENT, lane=Lane.INTERACTIVE).exists()
