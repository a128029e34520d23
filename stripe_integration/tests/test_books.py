"""The books: payments and movements are Stripe's balance to the cent, whatever happened."""

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client

from invoices import services
from invoices.models import Invoice, MoneyMovement, MovementKind
from pooltrackr.lib.money import ZERO, rounded
from stripe_integration import books, polling, settling
from stripe_integration.models import Charge, StripeAccount
from stripe_integration.tests.making import ACCOUNT, deliver, make_due, opened, paid, told, work
from stripe_integration.tests.simulator import Stripe
from stripe_integration.tests.walk import DAY, Walk, refund, report


def moved(*kinds: MovementKind) -> list[Decimal]:
    rows = MoneyMovement.objects.order_by("created_at")
    return [one.amount for one in rows if not kinds or one.kind in kinds]


def agrees(account: StripeAccount) -> None:
    account.refresh_from_db()
    assert books.booked(account) == books.balance(account)


def test_the_fee_of_a_payment_is_a_movement(
    stripe: Stripe, account: StripeAccount, invoice: Invoice
) -> None:
    paid(stripe, invoice)
    polling.poll(account.pk)
    work()
    books.read(account)
    [fee] = MoneyMovement.objects.all()
    assert (fee.kind, fee.amount, fee.invoice) == (MovementKind.FEE, Decimal("-2.17"), invoice)
    assert fee.source_id.startswith("txn_")
    agrees(account)


def test_what_no_invoice_needed_is_held_and_used_later(
    stripe: Stripe, account: StripeAccount, invoice: Invoice
) -> None:
    row = opened(invoice)
    payment = services.record_payment(invoice, date=invoice.date, amount=invoice.amount_due)
    stripe.pay(row.stripe_id)
    polling.poll(account.pk)
    work()
    books.read(account)
    assert moved(MovementKind.HELD) == [Decimal("110.00")]
    agrees(account)
    services.reverse_payment(payment, by=None)
    assert settling.apply_rest(Charge.objects.get()) == 110
    assert moved(MovementKind.HELD) == [Decimal("110.00"), Decimal("-110.00")]
    agrees(account)


def test_a_payment_that_is_taken_back_here_is_held(
    stripe: Stripe, account: StripeAccount, invoice: Invoice
) -> None:
    paid(stripe, invoice)
    polling.poll(account.pk)
    work()
    services.reverse_payment(invoice.payments.get(), by=None)
    invoice.payments.get().save()
    books.read(account)
    assert moved(MovementKind.HELD) == [Decimal("110.00")]
    agrees(account)
    refund(stripe, charge=Charge.objects.get().stripe_id)
    books.read(account)
    assert moved(MovementKind.HELD, MovementKind.REFUND) == [Decimal("110.00"), Decimal("-110.00")]
    agrees(account)


def test_one_that_was_refunded_first_is_given_back_once(
    stripe: Stripe, account: StripeAccount, invoice: Invoice
) -> None:
    """What is held since the refund was written down is no part of it."""
    paid(stripe, invoice)
    polling.poll(account.pk)
    work()
    refund(stripe, charge=Charge.objects.get().stripe_id)
    polling.poll(account.pk)
    services.reverse_payment(invoice.payments.get(), by=None)
    polling.poll(account.pk)
    agrees(account)
    assert moved(MovementKind.REFUND) == [Decimal("-110.00")]
    assert moved(MovementKind.HELD) == [Decimal("110.00")]


def test_repeated_and_swapped_news_book_nothing_twice(
    stripe: Stripe, account: StripeAccount, invoice: Invoice, client: Client
) -> None:
    paid(stripe, invoice)
    stripe.control("clock", advance=10 * DAY)
    for event in [*reversed(told(stripe)), *told(stripe)]:
        assert deliver(client, event) == 200
    work()
    make_due()
    work()
    before = moved()
    books.read(account)
    StripeAccount.objects.update(books_read_to=None)
    books.read(StripeAccount.objects.get())
    assert moved() == before
    assert moved(MovementKind.PAYOUT) == [Decimal("-107.83")]
    agrees(account)


def test_a_charge_made_elsewhere_is_held(stripe: Stripe, account: StripeAccount) -> None:
    payment = {"amount": 5000, "currency": "aud", "confirm": "true"}
    method = {"payment_method": "pm_card_au", "payment_method_types[]": "card"}
    stripe.post("payment_intents", account=ACCOUNT, **payment, **method)
    polling.poll(account.pk)
    assert moved(MovementKind.HELD) == [Decimal("50.00")]
    agrees(account)


def test_money_in_another_currency_is_told_and_not_booked(
    stripe: Stripe, account: StripeAccount, invoice: Invoice, as_rita: Client
) -> None:
    paid(stripe, invoice)
    payment = {"amount": 5000, "currency": "usd", "confirm": "true"}
    method = {"payment_method": "pm_card_au", "payment_method_types[]": "card"}
    stripe.post("payment_intents", account=ACCOUNT, **payment, **method)
    polling.poll(account.pk)
    agrees(account)
    assert {one.currency for one in MoneyMovement.objects.all()} == {"AUD"}
    page = as_rita.get("/b/blue/stripe/payouts/").content.decode()
    assert "Agrees" in page
    assert "48.85" in page


def total(kind: MovementKind) -> Decimal:
    found = MoneyMovement.objects.filter(kind=kind).aggregate(sum=Sum("amount"))["sum"]
    return rounded(found or ZERO)


def walk(stripe: Stripe, account: StripeAccount, *, seed: int, steps: int) -> Walk:
    """Walk; at each rest Stripe's balance is ours, some news lost, some told twice, in no order."""
    walked = Walk(stripe, account.business, seed)
    for number in range(steps):
        walked.step()
        if number % 12 and number + 1 < steps:
            continue
        walked.tell()
        work()
        polling.poll(account.pk)
        make_due()
        work()
        polling.poll(account.pk)
        agrees(account)
        assert (total(MovementKind.FEE), total(MovementKind.PAYOUT)) == report(stripe)
    return walked


@pytest.fixture
def page_life(settings: Any) -> None:
    """What the walk changes of it is put back."""
    settings.STRIPE_PAGE_LIFE = settings.STRIPE_PAGE_LIFE


def test_the_page_shows_the_balance_beside_the_books(
    stripe: Stripe, account: StripeAccount, invoice: Invoice, as_rita: Client
) -> None:
    address = "/b/blue/stripe/payouts/"
    assert "has not been asked" in as_rita.get(address).content.decode()
    paid(stripe, invoice)
    polling.poll(account.pk)
    page = as_rita.get(address).content.decode()
    assert "Agrees" in page
    assert "107.83" in page
    assert "Processing fee" in page
    StripeAccount.objects.update(owed=Decimal("107.84"))
    page = as_rita.get(address).content.decode()
    assert "Differs" in page
    assert "0.01" in page


@pytest.mark.usefixtures("page_life")
def test_payments_and_movements_are_the_balance(stripe: Stripe, account: StripeAccount) -> None:
    walked = walk(stripe, account, seed=2, steps=48)
    assert len(walked.done) >= 6, walked.done


@pytest.mark.long
@pytest.mark.usefixtures("page_life")
@pytest.mark.parametrize("seed", range(10, 60))
def test_so_they_are_in_five_thousand_steps(
    stripe: Stripe, account: StripeAccount, seed: int
) -> None:
    walk(stripe, account, seed=seed, steps=100)
