"""A week of customers, banks and Stripe, as seeded acts; and what Stripe reports of it."""

import random
from collections import Counter
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.test import Client

from businesses.models import Business
from contacts.models import Contact
from invoices import services
from invoices.models import PaymentMethod
from invoices.tests.making import make_issued
from stripe_integration import settling
from stripe_integration.models import Charge
from stripe_integration.tests.making import ACCOUNT, deliver, opened, paid, told
from stripe_integration.tests.simulator import VISA_ABROAD, VISA_AU, Stripe

DAY = 24 * 3600
# Of what happened, as much comes as news: the rest is found by asking.
TOLD, LATEST = 0.7, 40

ACTS = (
    *["pay"] * 5,
    *("twice", "refund", "part", "bounce", "dispute", "close", "fail", "wait"),
    *("reverse", "use", "elsewhere", "foreign"),
)


def refund(stripe: Stripe, **what: Any) -> None:
    stripe.post("refunds", account=ACCOUNT, **what)


class Walk:
    """Seeded acts of customers, banks and Stripe, as any week has them."""

    def __init__(self, stripe: Stripe, business: Business, seed: int) -> None:
        self.stripe, self.business = stripe, business
        self.random = random.Random(seed)
        self.contact: Contact = make_issued(business).contact
        self.done: Counter[str] = Counter()
        self.browser = Client()
        # A week within a second: who meets the limit tries again later, and this does not wait.
        stripe.control("limits", per_second=0)

    def tell(self) -> None:
        """Deliver some of the latest events, again and again, in no order."""
        news = [one for one in told(self.stripe)[-LATEST:] if self.random.random() < TOLD]
        self.random.shuffle(news)
        for event in news:
            deliver(self.browser, event)

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
