"""From the customer's card to Xero: its account of card payments is the balance at Stripe."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from businesses.models import Business, User
from invoices import services
from invoices.models import MoneyMovement, MovementKind, PaymentMethod
from invoices.tests.making import make_issued
from pooltrackr.lib.money import ZERO
from stripe_integration import books, polling
from stripe_integration.models import StripeAccount
from stripe_integration.tests import making as card
from stripe_integration.tests import simulator as stripe_simulator
from stripe_integration.tests.simulator import Stripe
from xero_integration.models import Connection, OutboxStatus
from xero_integration.tests import making
from xero_integration.tests import simulator as xero_simulator
from xero_integration.tests.simulator import Xero

pytestmark = pytest.mark.django_db(transaction=True)

DAY = 24 * 3600
LONG_AGO = dt.date(2020, 1, 1)
CLEARING, BANK, FEES = "Card Clearing Account", "Business Bank Account", "Card Processing Fees"
KINDS = {
    "fee": FEES,
    "refund": "General Expenses",
    "dispute": "General Expenses",
    "held": "Customer Deposits",
    "payout": BANK,
    "adjustment": FEES,
}


@pytest.fixture(autouse=True)
def quiet(settings: Any, tmp_path: Any) -> Iterator[None]:
    """No worker, no Redis: the tests do their work."""
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.SITE_URL = "http://localhost:8000"
    making.use_broker("memory://")
    yield
    making.use_broker("")


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Xero, Stripe]]:
    with xero_simulator.Process() as xero, stripe_simulator.Process() as stripe:
        yield Xero(xero.url), Stripe(stripe.url)


@pytest.fixture
def xero(both: tuple[Xero, Stripe], settings: Any) -> Xero:
    xero = both[0]
    for name in xero_simulator.ORIGINS:
        setattr(settings, name, xero.url)
    settings.XERO_CLIENT_ID = xero_simulator.CLIENT_ID
    settings.XERO_CLIENT_SECRET = xero_simulator.CLIENT_SECRET
    xero.control("reset", seed="empty")
    return xero


@pytest.fixture
def stripe(both: tuple[Xero, Stripe], settings: Any) -> Stripe:
    stripe = both[1]
    for name in ("STRIPE_API_URL", "STRIPE_CONNECT_URL", "STRIPE_CHECKOUT_URL"):
        setattr(settings, name, stripe.url)
    settings.STRIPE_SECRET_KEY = stripe_simulator.SECRET_KEY
    settings.STRIPE_CLIENT_ID = stripe_simulator.CLIENT_ID
    settings.STRIPE_WEBHOOK_SECRET = stripe_simulator.WEBHOOK_SECRET
    stripe.control("reset", country="AU", accounts=1)
    return stripe


@pytest.fixture
def account(stripe: Stripe, blue: Business, alice: User) -> StripeAccount:
    return card.connected(stripe, blue, alice)


@pytest.fixture
def connection(xero: Xero, blue: Business, alice: User, as_alice: Client) -> Connection:
    """Xero with everything chosen as a business would that takes cards."""
    connection = making.ready(making.connected(xero, blue, alice))
    clearing = connection.accounts.get(name=CLEARING)
    connection.payment_accounts.update(account=connection.accounts.get(name=BANK))
    connection.payment_accounts.filter(method=PaymentMethod.CARD_ONLINE).update(account=clearing)
    chosen = {kind: str(connection.accounts.get(name=name).pk) for kind, name in KINDS.items()}
    chosen["fee_tax"] = str(connection.xero_tax_rates.get(tax_type="INPUT").pk)
    as_alice.post(reverse("xero:card_accounts", args=["blue"]), chosen)
    making.connected(xero, blue, alice)
    # The invoices of `make_issued` are of a day long ago.
    Connection.objects.update(send_from=LONG_AGO)
    return Connection.objects.get()


def balance(xero: Xero, name: str) -> Decimal:
    accounts = xero.state("accounts")["organisations"][0]["accounts"]
    return Decimal(str(next(one["Balance"] for one in accounts if one["Name"] == name)))


def rest(account: StripeAccount, connection: Connection) -> None:
    """Let everything arrive on both sides."""
    polling.poll(account.pk)
    card.make_due()
    card.work()
    polling.poll(account.pk)
    for _ in range(4):
        making.make_due(connection)
        making.drain(connection)
    account.refresh_from_db()
    stuck = connection.outbox.exclude(status=OutboxStatus.DONE)
    assert list(stuck.values_list("kind", "error_code", "error_message")) == []


def agrees(xero: Xero, account: StripeAccount) -> None:
    owed = books.balance(account)
    assert (books.booked(account), balance(xero, CLEARING)) == (owed, owed)


def fees() -> Decimal:
    rows = MoneyMovement.objects.filter(kind=MovementKind.FEE)
    return -sum((one.amount - one.tax for one in rows), ZERO)


def test_the_clearing_account_holds_what_stripe_owes(
    xero: Xero,
    stripe: Stripe,
    account: StripeAccount,
    connection: Connection,
    blue: Business,
) -> None:
    first = make_issued(blue)
    card.paid(stripe, first)
    second = make_issued(blue, contact=first.contact)
    card.paid(stripe, second)
    rest(account, connection)
    agrees(xero, account)
    assert balance(xero, CLEARING) == Decimal("220") - Decimal("4.34")
    assert balance(xero, FEES) == fees()

    charges = stripe.listed("charges", account=card.ACCOUNT)
    stripe.post("refunds", account=card.ACCOUNT, charge=charges[0]["id"], amount=3000)
    stripe.act("open_dispute", charge=charges[1]["id"])
    rest(account, connection)
    agrees(xero, account)
    [dispute] = stripe.listed("disputes", account=card.ACCOUNT)
    stripe.act("win_dispute", dispute=dispute["id"])
    rest(account, connection)
    agrees(xero, account)

    stripe.control("clock", advance=10 * DAY)
    rest(account, connection)
    agrees(xero, account)
    paid_out = [one["amount"] for one in stripe.listed("payouts", account=card.ACCOUNT)]
    assert balance(xero, BANK) == Decimal(sum(paid_out)) / 100
    assert balance(xero, FEES) == fees()


def test_money_that_no_invoice_needed_waits_and_goes_back(
    xero: Xero,
    stripe: Stripe,
    account: StripeAccount,
    connection: Connection,
    blue: Business,
) -> None:
    invoice = make_issued(blue)
    page = card.opened(invoice)
    services.record_payment(invoice, date=invoice.date, amount=invoice.amount_due)
    stripe.pay(page.stripe_id)
    rest(account, connection)
    agrees(xero, account)
    # What is owed to the customer stands on the other side.
    assert balance(xero, "Customer Deposits") == -invoice.total
    [charge] = stripe.listed("charges", account=card.ACCOUNT)
    stripe.post("refunds", account=card.ACCOUNT, charge=charge["id"])
    rest(account, connection)
    agrees(xero, account)
    assert balance(xero, "Customer Deposits") == 0
