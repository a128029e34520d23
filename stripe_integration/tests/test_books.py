"""The books: payments and movements are Stripe's balance to the cent, whatever happened."""

import random
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Sum
from django.test import Client

from businesses.models import Business
from contacts.models import Contact
from invoices import services
from invoices.models import Invoice, MoneyMovement, MovementKind, PaymentMethod
from invoices.tests.making import make_issued
from pooltrackr.lib.money import ZERO, rounded
from stripe_integration import books, polling, settling
from stripe_integration.models import Charge, StripeAccount
from stripe_integration.tests.making import ACCOUNT, deliver, make_due, opened, paid, told, work
from stripe_integration.tests.simulator import VISA_ABROAD, VISA_AU, Stripe

DAY = 24 * 3600


def moved(*kinds: MovementKind) -> list[Decimal]:
    rows = MoneyMovement.objects.order_by("created_at")
    return [one.amount for one in rows if not kinds or one.kind in kinds]


def agrees(account: StripeAccount) -> None:
    account.refresh_from_db()
    assert books.booked(account) == books.balance(account)


def refund(stripe: Stripe, **what: Any) -> None:
    stripe.post("refunds", account=ACCOUNT, **what)


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


ACTS = (
    *["pay"] * 5,
    *("twice", "refund", "part", "bounce", "dispute", "close", "fail", "wait"),
    *("reverse", "use", "elsewhere", "foreign"),
)


class Walk:
    """Seeded acts of customers, banks and Stripe, as any week has them."""

    def __init__(self, stripe: Stripe, business: Business, seed: int) -> None:
        self.stripe, self.business = stripe, business
        self.random = random.Random(seed)
        self.contact: Contact = make_issued(business).contact
        self.done: Counter[str] = Counter()

    def step(self) -> None:
        act = self.random.choice(ACTS)
        if getattr(self, act)():
            self.done[act] += 1

    def pay(self) -> bool:
        card = self.random.choice([VISA_AU, VISA_ABROAD])
        paid(self.stripe, make_issued(self.business, contact=self.contact), card=card)
        return True

    def twice(self) -> bool:
        """Paid by hand while the page stood open: the card's money is held."""
        invoice = make_issued(self.business, contact=self.contact)
        row = opened(invoice)
        part = self.random.choice([invoice.amount_due, Decimal("30.00")])
        services.record_payment(invoice, date=invoice.date, amount=part)
        self.stripe.pay(row.stripe_id)
        return True

    def reverse(self) -> bool:
        """Somebody here takes a card payment back: its money is held."""
        payments = self.business.payments.standing().filter(method=PaymentMethod.CARD_ONLINE)
        found = list(payments.order_by("reference"))
        if found:
            services.reverse_payment(self.random.choice(found), by=None)
        return bool(found)

    def use(self) -> bool:
        """Somebody presses "Enter as a payment"."""
        rows = list(Charge.objects.exclude(booked_at=None).order_by("stripe_id"))
        left = [one for one in rows if one.unapplied]
        return bool(left) and settling.apply_rest(self.random.choice(left)) > 0

    def elsewhere(self, currency: str = "aud") -> bool:
        """A payment that another program makes."""
        amount = self.random.randint(100, 20_000)
        payment = {"amount": amount, "currency": currency, "confirm": "true"}
        method = {"payment_method": "pm_card_au", "payment_method_types[]": "card"}
        self.stripe.post("payment_intents", account=ACCOUNT, **payment, **method)
        return True

    def foreign(self) -> bool:
        return self.elsewhere("usd")

    def _charge(self) -> dict[str, Any] | None:
        rows = self.stripe.listed("charges", account=ACCOUNT)
        whole = [one for one in rows if not one["disputed"] and not one["refunded"]]
        return self.random.choice(whole) if whole else None

    def refund(self) -> bool:
        charge = self._charge()
        if charge:
            refund(self.stripe, charge=charge["id"])
        return bool(charge)

    def part(self) -> bool:
        charge = self._charge()
        left = charge["amount"] - charge["amount_refunded"] if charge else 0
        if not charge or left < 2:
            return False
        refund(self.stripe, charge=charge["id"], amount=self.random.randint(1, left - 1))
        return True

    def dispute(self) -> bool:
        charge = self._charge()
        if not charge or charge["amount_refunded"]:
            return False
        self.stripe.act("open_dispute", charge=charge["id"])
        return True

    def close(self) -> bool:
        rows = self.stripe.listed("disputes", account=ACCOUNT)
        still_open = [one for one in rows if one["status"] == "needs_response"]
        if not still_open:
            return False
        one = self.random.choice(still_open)
        self.stripe.act(self.random.choice(["win_dispute", "lose_dispute"]), dispute=one["id"])
        return True

    def fail(self) -> bool:
        rows = [
            one for one in self.stripe.listed("payouts", account=ACCOUNT) if one["status"] == "paid"
        ]
        if not rows:
            return False
        self.stripe.act("fail_payout", payout=rows[0]["id"])
        return True

    def bounce(self) -> bool:
        """The bank of a customer sends a refund back."""
        rows = self.stripe.listed("refunds", account=ACCOUNT)
        went = [one for one in rows if one["status"] == "succeeded"]
        if not went:
            return False
        self.stripe.act("fail_refund", refund=self.random.choice(went)["id"])
        return True

    def wait(self) -> bool:
        seconds = self.random.randint(1, 4) * DAY
        self.stripe.control("clock", advance=seconds)
        # Pages end by our clock, which stays behind.
        settings.STRIPE_PAGE_LIFE += seconds
        return True


def report(stripe: Stripe) -> tuple[Decimal, Decimal]:
    """Return the fees and the payouts of Stripe's own list."""
    rows: list[dict[str, Any]] = []
    while page := stripe.listed(
        "balance_transactions",
        account=ACCOUNT,
        **({"starting_after": rows[-1]["id"]} if rows else {}),
    ):
        rows += page
    rows = [one for one in rows if one["currency"] == "aud"]
    fees = sum(one["fee"] - (one["amount"] if one["type"] == "stripe_fee" else 0) for one in rows)
    out = sum(one["amount"] for one in rows if one["type"].startswith("payout"))
    return Decimal(-fees) / 100, Decimal(out) / 100


def total(kind: MovementKind) -> Decimal:
    found = MoneyMovement.objects.filter(kind=kind).aggregate(sum=Sum("amount"))["sum"]
    return rounded(found or ZERO)


def walk(stripe: Stripe, account: StripeAccount, *, seed: int, steps: int) -> Walk:
    """Walk; at each rest Stripe's balance is ours, some news lost, some told twice, in no order."""
    walked, browser = Walk(stripe, account.business, seed), Client()
    # A week's news within a second: who meets the limit tries again later, and this does not wait.
    stripe.control("limits", per_second=0)
    for number in range(steps):
        walked.step()
        if number % 12 and number + 1 < steps:
            continue
        news = [one for one in told(stripe)[-40:] if walked.random.random() < 0.7]
        walked.random.shuffle(news)
        for event in news:
            deliver(browser, event)
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
