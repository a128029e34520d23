"""Card money where its account is a current asset: bills, paid from it, once."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from businesses.models import Business, User
from invoices.models import MovementKind, PaymentMethod
from xero_integration import missed
from xero_integration.connecting import connect
from xero_integration.connecting.connect import BANK_SCOPE
from xero_integration.models import Connection, Kind, OutboxRow, OutboxStatus, PaymentAccount
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero
from xero_integration.tests.test_movements import (
    BANK,
    CLEARING,
    FEES,
    PAGE,
    balance,
    choices,
    held,
    moved,
)

pytestmark = pytest.mark.django_db(transaction=True)

ASSET = "Card Takings in Transit"


def online(connection: Connection) -> PaymentAccount:
    return connection.payment_accounts.get(method=PaymentMethod.CARD_ONLINE)


def use(connection: Connection, name: str) -> None:
    row = online(connection)
    row.account = connection.accounts.get(name=name)
    row.save()


@pytest.fixture
def asset(xero: Xero, connection: Connection, as_bob: Client) -> Connection:
    """Card payments go to a current asset account, and the other accounts are chosen."""
    use(connection, ASSET)
    as_bob.post(PAGE, choices(connection, payout="by-hand"))
    return Connection.objects.get()


def bills(xero: Xero) -> list[dict[str, Any]]:
    return [one for one in held(xero, "invoices") if one["Type"] == "ACCPAY"]


def rows() -> set[tuple[str, str, str]]:
    return set(OutboxRow.objects.values_list("kind", "status", "error_code"))


DONE = {(Kind.BILL, "done", ""), (Kind.BILL_PAYMENT, "done", "")}


def test_a_fee_is_a_bill_with_its_tax_paid_from_the_account(
    xero: Xero, asset: Connection, blue: Business
) -> None:
    moved(blue, MovementKind.FEE, "-3.20", tax=Decimal("-0.29"), memo="Fee for ch_1")
    making.drain(asset)
    making.drain(asset)
    (bill,) = bills(xero)
    assert (bill["Total"], bill["TotalTax"], bill["Status"]) == (3.2, 0.29, "PAID")
    assert bill["Contact"]["Name"] == "Stripe"
    assert (bill["AmountPaid"], bill["AmountDue"]) == (3.2, 0)
    assert bill["Payments"][0]["Amount"] == 3.2
    assert held(xero, "bankTransactions") == []
    assert rows() == DONE


def test_no_further_permission_is_asked_for(
    asset: Connection, blue: Business, alice: User, as_bob: Client
) -> None:
    assert BANK_SCOPE not in connect.extra_scopes(blue)
    assert "permission to enter bank transactions" not in as_bob.get(PAGE).content.decode()
    use(asset, CLEARING)
    assert BANK_SCOPE in connect.extra_scopes(blue)


@pytest.mark.parametrize("path", ["Invoices", "Payments"])
@pytest.mark.parametrize("fault", ["drop_after", "500_after"])
def test_an_answer_that_is_lost_makes_no_second_bill(
    xero: Xero, asset: Connection, blue: Business, path: str, fault: str
) -> None:
    moved(blue, MovementKind.FEE, "-3.20")
    xero.fault(fault, path=path)
    for _ in range(4):
        making.make_due(asset)
        making.drain(asset)
    (bill,) = bills(xero)
    assert (bill["Status"], len(bill["Payments"])) == ("PAID", 1)
    assert rows() == DONE


def test_a_key_that_died_is_looked_up_by_our_reference(
    xero: Xero, asset: Connection, blue: Business
) -> None:
    moved(blue, MovementKind.FEE, "-3.20")
    xero.fault("drop_after", path="Invoices")
    making.drain(asset)
    long_ago = timezone.now() - dt.timedelta(hours=1)
    asset.batches.update(first_sent_at=long_ago, not_before=None)
    for _ in range(3):
        making.make_due(asset)
        making.drain(asset)
    assert len(bills(xero)) == 1
    assert rows() == DONE


def test_payouts_are_left_to_match_and_money_that_comes_in_to_a_person(
    xero: Xero, asset: Connection, blue: Business, as_bob: Client
) -> None:
    moved(blue, MovementKind.PAYOUT, "-90")
    moved(blue, MovementKind.HELD, "20")
    making.drain(asset)
    assert rows() == {
        (Kind.TRANSFER, "done", ""),
        (Kind.BILL, OutboxStatus.PARKED, "movement_comes_in"),
    }
    assert held(xero, "bankTransfers") == bills(xero) == []
    assert "match each payout in Xero" in as_bob.get(PAGE).content.decode()


def test_what_waited_goes_in_the_form_of_the_account_chosen_then(
    xero: Xero, asset: Connection, blue: Business, alice: User, as_bob: Client
) -> None:
    asset.accounts.filter(name=FEES).update(status="ARCHIVED")
    moved(blue, MovementKind.FEE, "-3.20")
    making.drain(asset)
    assert rows() == {(Kind.BILL, OutboxStatus.PARKED, "movement_account_unusable")}
    asset.accounts.filter(name=FEES).update(status="ACTIVE")
    use(asset, CLEARING)
    as_bob.post(PAGE, choices(asset))
    making.connected(xero, blue, alice)
    making.drain(Connection.objects.get())
    assert rows() == {(Kind.MOVEMENT, "done", "")}
    assert balance(xero, CLEARING) == Decimal("-3.20")
    assert bills(xero) == []
    assert balance(xero, BANK) == 0


def test_the_sweep_queues_what_no_signal_told_of_once(
    xero: Xero, asset: Connection, blue: Business
) -> None:
    moved(blue, MovementKind.FEE, "-3.20")
    OutboxRow.objects.all().delete()
    for _ in range(2):
        missed.find(asset)
        making.drain(asset)
    assert len(bills(xero)) == 1
    assert rows() == DONE
