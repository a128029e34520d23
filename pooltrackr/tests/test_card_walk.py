"""Weeks of card payments over both simulators: at each rest Xero's accounts are Stripe's report.

News is lost, repeated and swapped, and whoever works dies now and then in the middle of it.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest

from businesses.models import Business
from invoices.models import (
    CreditNoteLine,
    InvoiceLine,
    MoneyMovement,
    MovementKind,
    PaymentMethod,
    Product,
    TaxMode,
)
from invoices.tests.making import make_product
from pooltrackr.lib.money import ZERO
from pooltrackr.tests.test_card_money import (
    BANK,
    FEES,
    account,
    agrees,
    balance,
    both,
    connection,
    fees,
    quiet,
    rest,
    stripe,
    xero,
)
from stripe_integration import books, polling, settling
from stripe_integration.models import Charge, Method, OnCharge, StripeAccount
from stripe_integration.tests import making as card
from stripe_integration.tests.simulator import Stripe
from stripe_integration.tests.walk import Walk, report
from xero_integration.client import api
from xero_integration.models import Connection
from xero_integration.sending import aftermath, settle
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["account", "both", "connection", "quiet", "stripe", "xero"]

COLLECTED = "Other Revenue"
STEPS, SHORT, LONG = 8, 40, 200
# Where a worker may die, and how likely it is each time.
PLACES = (
    (api, "_parse"),
    (settle, "apply"),
    (aftermath, "carry_on"),
    (settling, "book"),
    (books, "_record"),
)
LIKELY = 0.04


class Killed(BaseException):
    """No Exception: nothing catches it, as nothing catches SIGKILL."""


@pytest.fixture
def page_life(settings: Any) -> None:
    """What the walk changes of it is put back."""
    settings.STRIPE_PAGE_LIFE = settings.STRIPE_PAGE_LIFE


@pytest.fixture
def fee_product(connection: Connection, blue: Business) -> Product:
    """Card fees are charged on, and are counted on an account of their own in Xero."""
    category = blue.categories.create(name="Card fees")
    product = make_product(blue, code="FEE", name="Card fee", category=category)
    connection.category_accounts.create(
        business=blue, category=category, account=connection.accounts.get(name=COLLECTED)
    )
    OnCharge.objects.create(
        business=blue, method=Method.GROSS_UP, product=product, ignores_law=True
    )
    return product


@contextmanager
def dying(chance: random.Random, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let whoever passes one of the places die there now and then, before or after."""
    with monkeypatch.context() as patch:
        for module, name in PLACES:
            patch.setattr(module, name, mortal(getattr(module, name), chance))
        yield


def mortal(do: Any, chance: random.Random) -> Any:
    def done(*args: Any, **kwargs: Any) -> Any:
        if chance.random() < LIKELY:
            raise Killed
        result = do(*args, **kwargs)
        if chance.random() < LIKELY:
            raise Killed
        return result

    return done


def collected(product: Product) -> Decimal:
    """The fees on invoices without their tax, less what of them was credited."""
    lines = InvoiceLine.objects.filter(product=product).select_related("invoice")
    taken = [without_tax(one.line_amount, one.tax_amount, one.invoice.tax_mode) for one in lines]
    notes = CreditNoteLine.objects.filter(product=product).select_related("credit_note__invoice")
    given = [without_tax(one.amount, one.tax_amount, one.credit_note.mode) for one in notes]
    return sum(taken, ZERO) - sum(given, ZERO)


def without_tax(amount: Decimal, tax: Decimal, mode: str) -> Decimal:
    return amount - tax if mode == TaxMode.INCLUSIVE else amount


def charged_on() -> tuple[Decimal, Decimal]:
    """What became card fees here, and what Stripe's pages said of them that were paid."""
    charges = list(Charge.objects.filter(on_charged__gt=0).select_related("session"))
    ours = sum((one.on_charged for one in charges), ZERO)
    return ours, sum((one.session.fee for one in charges), ZERO)


def income(xero: Xero, name: str) -> Decimal:
    """What Xero's invoices have on an account without tax, less what its credit notes take off."""
    organisation = xero.state("accounts")["organisations"][0]
    code = next(one["Code"] for one in organisation["accounts"] if one["Name"] == name)
    notes = xero.state("creditNotes")["organisations"][0]["creditNotes"]
    taken = [_on(code, one) for one in xero.invoices() if one["Status"] != "VOIDED"]
    given = [_on(code, one) for one in notes if one["Status"] != "VOIDED"]
    return sum(taken, ZERO) - sum(given, ZERO)


def _on(code: str, document: dict[str, Any]) -> Decimal:
    own = [line for line in document["LineItems"] if line.get("AccountCode") == code]
    with_tax = document["LineAmountTypes"] == "Inclusive"
    amounts = [
        Decimal(str(line["LineAmount"])) - (Decimal(str(line["TaxAmount"])) if with_tax else ZERO)
        for line in own
    ]
    return sum(amounts, ZERO)


def moved(kind: MovementKind) -> Decimal:
    found = MoneyMovement.objects.filter(kind=kind)
    return sum(found.values_list("amount", flat=True), ZERO)


def received(business: Business) -> Decimal:
    """What customers paid to the bank themselves."""
    by_hand = business.payments.standing().exclude(method=PaymentMethod.CARD_ONLINE)
    return sum(by_hand.values_list("amount", flat=True), ZERO)


def is_killed(account: StripeAccount, connection: Connection) -> bool:
    """Do what workers do, as far as they get."""
    try:
        polling.poll(account.pk)
        card.make_due()
        card.work()
        for _ in range(2):
            making.make_due(connection)
            making.drain(connection)
    except Killed:
        return True
    return False


def compare(xero: Xero, stripe: Stripe, account: StripeAccount, fee_product: Product) -> None:
    agrees(xero, account)
    paid, out = report(stripe)
    assert (moved(MovementKind.FEE), moved(MovementKind.PAYOUT)) == (paid, out)
    assert balance(xero, FEES) == fees()
    assert balance(xero, BANK) == received(account.business) - out
    assert income(xero, COLLECTED) == collected(fee_product)
    ours, asked = charged_on()
    assert ours == asked


@pytest.mark.parametrize(
    ("seed", "steps"),
    [(3, SHORT), *(pytest.param(seed, LONG, marks=pytest.mark.long) for seed in range(20, 45))],
)
@pytest.mark.usefixtures("page_life")
def test_xeros_accounts_are_stripes_report(
    xero: Xero,
    stripe: Stripe,
    account: StripeAccount,
    connection: Connection,
    fee_product: Product,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
    steps: int,
) -> None:
    walked = Walk(stripe, account.business, seed)
    # As for Stripe's limit: this does not wait for the minutes that a week would have.
    xero.control("limits", minute_seconds=0.1)
    for number in range(steps):
        walked.step()
        if number % STEPS and number + 1 < steps:
            continue
        walked.tell()
        with dying(walked.random, monkeypatch):
            walked.done["killed"] += is_killed(account, connection)
        making.let_leases_end(connection)
        rest(account, connection)
        compare(xero, stripe, account, fee_product)
    assert walked.done["killed"] > 1
    assert len(walked.done) > 7, walked.done
