"""A payment by card becomes one Payment, whoever looks first and wherever a worker dies."""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from invoices import services
from invoices.models import Invoice, Payment, PaymentMethod
from invoices.services import paying as invoice_paying
from invoices.tests.making import pay
from stripe_integration import accounts, polling, settling
from stripe_integration.errors import StripeRefused
from stripe_integration.models import Charge, CheckoutSession, SessionStatus, StripeAccount
from stripe_integration.tests.making import (
    ACCOUNT,
    deliver,
    make_due,
    opened,
    paid,
    path_of,
    told,
    work,
)
from stripe_integration.tests.simulator import AMEX_AU, VISA_ABROAD, VISA_AU, Stripe


def intent_of(stripe: Stripe) -> str:
    return stripe.listed("payment_intents", account=ACCOUNT)[0]["id"]


def test_the_payment_is_there_when_the_customer_comes_back(
    stripe: Stripe, invoice: Invoice, client: Client, as_bob: Client
) -> None:
    row = paid(stripe, invoice)
    page = client.get(f"{path_of(invoice)}?end=paid").content.decode()
    assert "is paid" in page
    assert "$110.00" in page
    payment = invoice.payments.get()
    charge = Charge.objects.get()
    assert (payment.amount, payment.method) == (Decimal(110), PaymentMethod.CARD_ONLINE)
    assert payment.reference == charge.stripe_id
    assert payment.recorded_by is None
    row.refresh_from_db()
    assert row.status == SessionStatus.PAID
    assert "Card online (Stripe)" in as_bob.get(f"/b/blue/invoices/{invoice.pk}/").content.decode()


@pytest.mark.parametrize(
    ("card", "brand", "country", "fee"),
    [
        # 1.7 % and 30 cents, and 3.5 % and 30 cents, of 110 dollars.
        (VISA_AU, "visa", "AU", "2.17"),
        (AMEX_AU, "amex", "AU", "2.17"),
        (VISA_ABROAD, "visa", "US", "4.15"),
    ],
)
def test_the_true_fee_and_its_tax_are_kept(
    stripe: Stripe, invoice: Invoice, card: str, brand: str, country: str, fee: str
) -> None:
    paid(stripe, invoice, card=card)
    settling.settle(accounts.current(invoice.business), intent_of(stripe))
    charge = Charge.objects.get()
    assert (charge.brand, charge.funding, charge.country) == (brand, "credit", country)
    assert (charge.amount, charge.fee) == (Decimal(110), Decimal(fee))
    assert charge.net == charge.amount - charge.fee
    taxes = stripe.listed("balance_transactions", account=ACCOUNT)[0]["fee_details"]
    tax = sum(one["amount"] for one in taxes if one["type"] == "tax")
    assert charge.fee_tax == Decimal(tax) / 100 > 0


def test_a_charge_of_before_gets_its_fee_later(
    stripe: Stripe, account: StripeAccount, invoice: Invoice, settings: Any
) -> None:
    paid(stripe, invoice)
    settling.settle(account, intent_of(stripe))
    hour_ago = Charge.objects.get().created_at - polling.FEE_WAIT * 2
    Charge.objects.update(fee=None, net=None, created_at=hour_ago)
    polling.poll(account.pk)
    assert Charge.objects.get().fee == Decimal("2.17")


# --- exactly once -------------------------------------------------------------------------------


def test_looking_many_times_books_once(
    stripe: Stripe, account: StripeAccount, invoice: Invoice
) -> None:
    paid(stripe, invoice)
    for _ in range(3):
        settling.settle(account, intent_of(stripe))
    assert Payment.objects.count() == Charge.objects.count() == 1


class Killed(BaseException):
    """The end of a worker: nothing below catches it."""


STEPS = [
    ("the read from Stripe", accounts, "door_to"),
    ("the charge's row", settling, "_store"),
    ("the booking", settling, "book"),
    ("the payment", settling.services, "record_payment"),
    ("the invoice's sum", invoice_paying, "_settle"),
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("step", "module", "name"), STEPS, ids=[one[0] for one in STEPS])
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_at_any_step_leaves_one_payment(
    stripe: Stripe,
    account: StripeAccount,
    invoice: Invoice,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    module: Any,
    name: str,
    after: bool,
) -> None:
    """The functions stay as they are; a death is put before or after each."""
    paid(stripe, invoice)
    event = next(one for one in told(stripe) if one["type"] == "payment_intent.succeeded")
    deliver(client, event)
    real = getattr(module, name)

    def dying(*args: Any, **kwargs: Any) -> Any:
        if after:
            real(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as death:
        death.setattr(module, name, dying)
        with pytest.raises(Killed):
            work()
    # The next sweep, after the lease; then the event comes again, and a poll finds it too.
    for _ in range(2):
        StripeAccount.objects.update(events_read_to=None)
        make_due()
        work()
        deliver(client, event)
        polling.poll(account.pk)
        work()
    invoice.refresh_from_db()
    assert [one.amount for one in invoice.payments.standing()] == [Decimal(110)]
    assert (invoice.amount_due, Charge.objects.get().applied) == (0, Decimal(110))


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_book_once(
    stripe: Stripe, account: StripeAccount, invoice: Invoice
) -> None:
    paid(stripe, invoice)
    intent, start = intent_of(stripe), threading.Barrier(4)

    def run() -> None:
        try:
            start.wait(10)
            settling.settle(account, intent)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        for worker in [workers.submit(run) for _ in range(4)]:
            worker.result(30)
    assert [one.amount for one in invoice.payments.all()] == [Decimal(110)]


# --- what a person must see ---------------------------------------------------------------------


def test_paid_twice_is_for_a_person(
    stripe: Stripe, account: StripeAccount, invoice: Invoice, as_bob: Client
) -> None:
    paid(stripe, invoice)
    pay(invoice, "110")
    settling.settle(account, intent_of(stripe))
    charge = Charge.objects.get()
    assert (charge.applied, charge.unapplied) == (0, Decimal(110))
    assert invoice.payments.count() == 1
    page = as_bob.get(f"/b/blue/invoices/{invoice.pk}/").content.decode()
    assert "had been paid already" in page
    assert "Needs you" in page
    assert "had been paid already" in as_bob.get("/b/blue/stripe/").content.decode()


def test_what_is_too_much_is_kept_apart(
    stripe: Stripe, account: StripeAccount, invoice: Invoice
) -> None:
    paid(stripe, invoice)
    pay(invoice, "50")
    settling.settle(account, intent_of(stripe))
    invoice.refresh_from_db()
    charge = Charge.objects.get()
    assert (invoice.amount_due, charge.applied, charge.unapplied) == (0, 60, 50)
    assert "more than was left" in charge.problem


def test_a_void_invoice_takes_no_payment(
    stripe: Stripe, account: StripeAccount, invoice: Invoice
) -> None:
    paid(stripe, invoice)
    services.void(invoice, by=None)
    settling.settle(account, intent_of(stripe))
    charge = Charge.objects.get()
    assert (charge.applied, charge.payment) == (0, None)
    assert "cancelled" in charge.problem


def test_a_person_applies_the_money_after_all_and_only_once(
    stripe: Stripe, account: StripeAccount, invoice: Invoice, as_bob: Client
) -> None:
    paid(stripe, invoice)
    by_hand = pay(invoice, "110")
    settling.settle(account, intent_of(stripe))
    services.reverse_payment(by_hand, by=None)
    at = f"/b/blue/stripe/charges/{Charge.objects.get().pk}/apply/"
    as_bob.post(at)
    as_bob.post(at)
    invoice.refresh_from_db()
    assert invoice.amount_due == 0
    assert [one.amount for one in invoice.payments.standing()] == [Decimal(110)]
    assert Charge.objects.get().unapplied == 0


def test_a_reversed_payment_is_not_booked_again(
    stripe: Stripe, account: StripeAccount, invoice: Invoice
) -> None:
    paid(stripe, invoice)
    settling.settle(account, intent_of(stripe))
    services.reverse_payment(invoice.payments.get(), by=None)
    settling.settle(account, intent_of(stripe))
    assert invoice.payments.count() == 1
    assert not invoice.payments.standing().exists()


def test_an_unpaid_intent_books_nothing(
    stripe: Stripe, account: StripeAccount, invoice: Invoice
) -> None:
    opened(invoice)
    with pytest.raises(StripeRefused):
        settling.settle(account, "pi_nothing")
    assert not Charge.objects.exists()


def test_an_answer_that_never_came_does_not_lose_the_payment(
    stripe: Stripe, account: StripeAccount, invoice: Invoice, client: Client
) -> None:
    """Stripe made the page, the answer was lost, and somebody paid it all the same."""
    stripe.fault("drop_after", path="checkout/sessions")
    client.post(path_of(invoice))
    row = CheckoutSession.objects.get()
    assert (row.status, row.stripe_id) == (SessionStatus.PREPARED, "")
    [page] = stripe.listed("checkout/sessions", account=ACCOUNT)
    stripe.pay(page["id"])
    polling.poll(account.pk)
    work()
    row.refresh_from_db()
    invoice.refresh_from_db()
    assert (row.status, row.stripe_id, invoice.amount_due) == (SessionStatus.PAID, page["id"], 0)


def test_only_stripe_makes_an_online_payment(invoice: Invoice, as_bob: Client) -> None:
    answer = as_bob.post(
        f"/b/blue/invoices/{invoice.pk}/payments/",
        {
            "amount": "10",
            "date": "2026-11-03",
            "method": "card_online",
            "key": "6e5f0c0a-2f0b-4d0e-9a3b-8a1f6f6f2d50",
        },
    )
    assert answer.status_code != 302
    assert not invoice.payments.exists()
