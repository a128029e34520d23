"""Card money: in Xero once, on the account that stands for the card company's balance."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from businesses.models import Business, User
from contacts.models import Contact
from invoices import services
from invoices.models import Invoice, MoneyMovement, MovementKind, PaymentMethod
from invoices.services import Movement
from xero_integration import missed, sweep
from xero_integration.models import Connection, Kind, OutboxRow, OutboxStatus
from xero_integration.reading import chart
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero
from xero_integration.wizard import accounts

pytestmark = pytest.mark.django_db(transaction=True)

CLEARING, BANK, FEES = "Card Clearing Account", "Business Bank Account", "Card Processing Fees"
HELD, DISPUTES = "Customer Deposits", "General Expenses"
PAGE = reverse("xero:card_accounts", args=["blue"])


@pytest.fixture
def clearing(xero: Xero, connection: Connection) -> Connection:
    """Card payments go to an account of their own; nothing else is chosen yet."""
    row = connection.payment_accounts.get(method=PaymentMethod.CARD_ONLINE)
    row.account = connection.accounts.get(name=CLEARING)
    row.save()
    return connection


@pytest.fixture
def chosen(
    xero: Xero, clearing: Connection, blue: Business, alice: User, as_bob: Client
) -> Connection:
    """A person has chosen all accounts, and allowed bank transactions."""
    as_bob.post(PAGE, choices(clearing))
    making.connected(xero, blue, alice)
    return Connection.objects.get()


def choices(connection: Connection, **changed: str) -> dict[str, str]:
    ids = {one.name: str(one.pk) for one in connection.accounts.all()}
    rate = connection.xero_tax_rates.get(tax_type="INPUT")
    return {
        "fee": ids[FEES],
        "refund": ids[DISPUTES],
        "dispute": ids[DISPUTES],
        "held": ids[HELD],
        "payout": ids[BANK],
        "adjustment": ids[FEES],
        "fee_tax": str(rate.pk),
        "contact": "",
        "save": "on",
        **changed,
    }


def moved(business: Business, kind: MovementKind, amount: str, **more: Any) -> MoneyMovement:
    number = MoneyMovement.objects.count() + 1
    data = Movement(
        kind=kind,
        source_id=f"txn_{number}",
        # The business may be a day ahead of us.
        date=timezone.localdate() + dt.timedelta(days=1),
        currency="AUD",
        amount=Decimal(amount),
        **more,
    )
    return services.record_movement(business, processor="stripe", data=data)


def held(xero: Xero, part: str) -> list[dict[str, Any]]:
    return [
        one
        for one in xero.state(part)["organisations"][0][part]
        if one.get("Status") not in ("DELETED", "VOIDED")
    ]


def balance(xero: Xero, name: str) -> Decimal:
    accounts = xero.state("accounts")["organisations"][0]["accounts"]
    return Decimal(str(next(one["Balance"] for one in accounts if one["Name"] == name)))


def statuses() -> set[tuple[str, str]]:
    rows = OutboxRow.objects.filter(kind__in=(Kind.MOVEMENT, Kind.TRANSFER))
    return set(rows.values_list("status", "error_code"))


DONE = {(OutboxStatus.DONE.value, "")}


def test_a_fee_is_spent_from_the_balance_with_its_tax(
    xero: Xero, chosen: Connection, blue: Business
) -> None:
    fee = moved(blue, MovementKind.FEE, "-3.20", tax=Decimal("-0.29"), memo="Fee for ch_1")
    making.drain(chosen)
    (there,) = held(xero, "bankTransactions")
    assert (there["Type"], there["Total"], there["TotalTax"]) == ("SPEND", 3.2, 0.29)
    assert there["Contact"]["Name"] == "Stripe"
    assert there["BankAccount"]["Name"] == CLEARING
    assert there["Reference"].startswith("Processing fee txn_1 PT-")
    assert there["LineItems"][0]["TaxType"] == "INPUT"
    assert balance(xero, CLEARING) == fee.amount
    assert balance(xero, FEES) == Decimal("2.91")
    assert statuses() == DONE


def test_a_payout_is_a_transfer_and_comes_back_as_one(
    xero: Xero, chosen: Connection, blue: Business
) -> None:
    moved(blue, MovementKind.PAYOUT, "-96.80")
    moved(blue, MovementKind.PAYOUT, "96.80")
    moved(blue, MovementKind.PAYOUT, "-40")
    making.drain(chosen)
    ways = [(one["FromBankAccount"]["Name"], one["Amount"]) for one in held(xero, "bankTransfers")]
    assert ways == [(CLEARING, 96.8), (BANK, 96.8), (CLEARING, 40)]
    assert balance(xero, CLEARING) == Decimal(-40)
    assert balance(xero, BANK) == Decimal(40)
    assert statuses() == DONE


def test_the_account_holds_what_the_card_company_owes(
    xero: Xero, chosen: Connection, blue: Business
) -> None:
    invoice = making.invoice(making.contact(blue, "Rosa Reyes"), making.line(blue, "100"))
    services.record_payment(
        invoice,
        date=invoice.date,
        amount=invoice.amount_due,
        method=PaymentMethod.CARD_ONLINE,
    )
    paid = invoice.total
    for kind, amount in (
        (MovementKind.FEE, "-2.17"),
        (MovementKind.HELD, "15.00"),
        (MovementKind.DISPUTE, "-110.00"),
        (MovementKind.FEE, "-25.00"),
        (MovementKind.DISPUTE, "110.00"),
        (MovementKind.HELD, "-15.00"),
        (MovementKind.ADJUSTMENT, "0.01"),
        (MovementKind.REFUND, "-10.00"),
        (MovementKind.PAYOUT, "-50.00"),
    ):
        moved(blue, kind, amount, invoice=invoice if kind == MovementKind.HELD else None)
    making.drain(chosen)
    making.make_due(chosen)
    making.drain(chosen)
    assert statuses() == DONE
    total = sum((one.amount for one in MoneyMovement.objects.all()), paid)
    assert balance(xero, CLEARING) == total
    assert balance(xero, HELD) == 0
    of_customer = [
        one for one in held(xero, "bankTransactions") if one["Contact"]["Name"] == "Rosa Reyes"
    ]
    assert len(of_customer) == 2


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "500", "truncate", "not_json"])
@pytest.mark.parametrize("path", ["BankTransactions", "BankTransfers"])
def test_a_lost_answer_makes_none_twice(
    xero: Xero, chosen: Connection, blue: Business, kind: str, path: str
) -> None:
    moved(blue, MovementKind.FEE, "-3.20")
    moved(blue, MovementKind.PAYOUT, "-90")
    xero.fault(kind, method="PUT", path=path)
    making.drain(chosen)
    making.make_due(chosen)
    making.drain(chosen)
    assert len(held(xero, "bankTransactions")) == len(held(xero, "bankTransfers")) == 1
    assert statuses() == DONE


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
@pytest.mark.parametrize("path", ["BankTransactions", "BankTransfers"])
def test_a_dead_key_is_looked_up_by_our_reference(
    xero: Xero, chosen: Connection, blue: Business, kind: str, path: str
) -> None:
    moved(blue, MovementKind.FEE, "-3.20", memo='With "quotes" in it')
    moved(blue, MovementKind.PAYOUT, "-90")
    xero.fault(kind, method="PUT", path=path)
    making.drain(chosen)
    long_ago = timezone.now() - dt.timedelta(minutes=30)
    chosen.batches.filter(first_sent_at__isnull=False).update(first_sent_at=long_ago)
    making.make_due(chosen)
    making.drain(chosen)
    making.make_due(chosen)
    making.drain(chosen)
    assert len(held(xero, "bankTransactions")) == len(held(xero, "bankTransfers")) == 1
    assert statuses() == DONE


def test_what_waits_for_a_choice_goes_by_itself(
    xero: Xero, clearing: Connection, blue: Business, alice: User, as_bob: Client
) -> None:
    moved(blue, MovementKind.FEE, "-3.20", tax=Decimal("-0.29"))
    moved(blue, MovementKind.PAYOUT, "-90")
    making.drain(clearing)
    assert statuses() == {(OutboxStatus.PARKED, "bank_not_allowed")}
    as_bob.post(PAGE, choices(clearing, fee="", fee_tax=""))
    assert "Reconnect and allow it" in as_bob.get(PAGE).content.decode()
    making.connected(xero, blue, alice)
    connection = Connection.objects.get()
    making.drain(connection)
    assert statuses() == {(OutboxStatus.PARKED, "movement_account_not_mapped"), *DONE}
    as_bob.post(PAGE, choices(connection, fee_tax=""))
    making.drain(connection)
    assert statuses() == {(OutboxStatus.PARKED, "movement_tax_not_mapped"), *DONE}
    as_bob.post(PAGE, choices(connection))
    making.drain(connection)
    assert statuses() == DONE
    assert len(held(xero, "bankTransactions")) == len(held(xero, "bankTransfers")) == 1


def test_the_account_of_card_payments_may_be_chosen_last(
    xero: Xero, chosen: Connection, blue: Business
) -> None:
    online = chosen.payment_accounts.filter(method=PaymentMethod.CARD_ONLINE)
    online.delete()
    moved(blue, MovementKind.FEE, "-3.20")
    making.drain(chosen)
    assert statuses() == {(OutboxStatus.PARKED, "movement_account_not_mapped")}
    account = chosen.accounts.get(name=CLEARING)
    chosen.payment_accounts.create(business=blue, method=PaymentMethod.CARD_ONLINE, account=account)
    accounts.send_again(chosen)
    making.drain(chosen)
    assert statuses() == DONE


def test_what_xero_refuses_for_an_account_goes_once_another_is_chosen(
    xero: Xero, chosen: Connection, blue: Business, as_bob: Client
) -> None:
    """It was archived there since it was read: the chart is read anew, and says so from then on."""
    xero.act("archive_account", account="405")
    moved(blue, MovementKind.FEE, "-3.20")
    making.drain(chosen)
    [(status, _)] = statuses()
    assert status == OutboxStatus.PARKED
    assert f"{FEES} (no longer usable)" in as_bob.get(PAGE).content.decode()
    other = str(chosen.accounts.get(name="Bank Fees").pk)
    as_bob.post(PAGE, choices(chosen, fee=other, adjustment=other))
    making.drain(chosen)
    assert statuses() == DONE


def test_an_account_that_is_used_again_in_xero_sends_what_waited(
    xero: Xero, chosen: Connection, blue: Business
) -> None:
    xero.act("archive_account", account="405")
    chart.read(chosen)
    moved(blue, MovementKind.FEE, "-3.20")
    making.drain(chosen)
    assert statuses() == {(OutboxStatus.PARKED, "movement_account_unusable")}
    xero.act("restore_account", account="405")
    assert chart.read(chosen) == 1
    making.drain(chosen)
    assert statuses() == DONE


def test_payouts_can_be_left_to_be_matched_by_hand(
    xero: Xero, chosen: Connection, blue: Business, as_bob: Client
) -> None:
    as_bob.post(PAGE, choices(chosen, payout="by-hand"))
    assert 'value="by-hand" selected' in as_bob.get(PAGE).content.decode()
    moved(blue, MovementKind.PAYOUT, "-90")
    making.drain(chosen)
    assert held(xero, "bankTransfers") == []
    assert statuses() == DONE


def test_a_clearing_account_that_can_stand_for_no_balance_is_said_and_nothing_sent(
    xero: Xero, chosen: Connection, blue: Business, as_bob: Client
) -> None:
    row = chosen.payment_accounts.get(method=PaymentMethod.CARD_ONLINE)
    row.account = chosen.accounts.get(name=HELD)
    row.save()
    moved(blue, MovementKind.FEE, "-3.20")
    making.drain(chosen)
    assert statuses() == {(OutboxStatus.PARKED, "movement_account_unusable")}
    assert "can stand for no balance in Xero" in as_bob.get(PAGE).content.decode()


def test_an_archived_account_is_no_choice(
    xero: Xero, chosen: Connection, blue: Business, as_bob: Client
) -> None:
    chosen.accounts.filter(name=FEES).update(status="ARCHIVED")
    page = as_bob.get(PAGE).content.decode()
    assert f"{FEES} (no longer usable)" in page
    answer = as_bob.post(PAGE, choices(chosen))
    assert "cannot be used for this" in answer.content.decode()
    moved(blue, MovementKind.FEE, "-3.20")
    making.drain(chosen)
    assert statuses() == {(OutboxStatus.PARKED, "movement_account_unusable")}


def test_likely_accounts_are_proposed_and_not_stored(
    xero: Xero, clearing: Connection, as_bob: Client
) -> None:
    page = as_bob.get(PAGE).content.decode()
    fees = clearing.accounts.get(name=FEES)
    assert f'<option value="{fees.pk}" selected' in page
    gst = clearing.xero_tax_rates.get(tax_type="INPUT")
    assert f'<option value="{gst.pk}" selected' in page
    assert clearing.movement_accounts.count() == 0


def test_one_that_no_signal_told_of_is_found_by_the_sweep(
    xero: Xero, chosen: Connection, blue: Business
) -> None:
    moved(blue, MovementKind.FEE, "-3.20")
    moved(blue, MovementKind.PAYOUT, "-90")
    OutboxRow.objects.filter(kind__in=(Kind.MOVEMENT, Kind.TRANSFER)).delete()
    missed.find(chosen)
    making.drain(chosen)
    assert len(held(xero, "bankTransactions")) == len(held(xero, "bankTransfers")) == 1


def test_it_is_found_where_nothing_else_changed_of_late(
    xero: Xero, chosen: Connection, blue: Business
) -> None:
    moved(blue, MovementKind.FEE, "-3.20")
    OutboxRow.objects.filter(kind=Kind.MOVEMENT).delete()
    long_ago = timezone.now() - 2 * sweep.RECENT
    Contact.objects.update(updated_at=long_ago)
    Invoice.objects.update(updated_at=long_ago)
    sweep.sweep()
    making.drain(chosen)
    assert len(held(xero, "bankTransactions")) == 1


def test_money_from_before_the_send_from_date_stays_out(
    xero: Xero, chosen: Connection, blue: Business
) -> None:
    Connection.objects.update(send_from=timezone.localdate() + dt.timedelta(days=2))
    moved(blue, MovementKind.FEE, "-3.20")
    making.drain(Connection.objects.get())
    assert held(xero, "bankTransactions") == []
    assert statuses() == DONE


def test_one_movement_is_written_down_once(blue: Business, connection: Connection) -> None:
    data = Movement(
        kind=MovementKind.FEE,
        source_id="txn_1",
        date=timezone.localdate(),
        currency="AUD",
        amount=Decimal("-1"),
    )
    first = services.record_movement(blue, processor="stripe", data=data)
    again = services.record_movement(blue, processor="stripe", data=data)
    assert first == again
    assert MoneyMovement.objects.count() == 1


def test_an_account_that_became_the_clearing_account_takes_no_payouts(
    xero: Xero, chosen: Connection, blue: Business, as_bob: Client
) -> None:
    bank = chosen.accounts.get(name=BANK)
    chosen.payment_accounts.filter(method=PaymentMethod.CARD_ONLINE).update(account=bank)
    moved(blue, MovementKind.PAYOUT, "-90")
    making.drain(chosen)
    assert statuses() == {(OutboxStatus.PARKED, "movement_account_unusable")}
    assert "no longer usable" in as_bob.get(PAGE).content.decode()


def test_the_chosen_contact_is_followed_through_merges_in_xero(
    xero: Xero, chosen: Connection, blue: Business
) -> None:
    for name in ("Stripe Payments", "Stripe Australia"):
        xero.act("add_contact", fields={"Name": name})
    first = xero.contact("Stripe Payments")["ContactID"]
    into = xero.act("merge_contacts", **{"from": "Stripe Payments", "into": "Stripe Australia"})
    Connection.objects.update(processor_contact=first)
    making.poll(chosen)
    moved(blue, MovementKind.FEE, "-3.20")
    making.drain(Connection.objects.get())
    (there,) = held(xero, "bankTransactions")
    assert there["Contact"]["Name"] == "Stripe Australia", into


@pytest.mark.parametrize("contact", ["gone", "archived"])
def test_a_chosen_contact_that_is_of_no_use_leads_to_the_card_accounts(
    xero: Xero, chosen: Connection, blue: Business, as_bob: Client, contact: str
) -> None:
    there = xero.act("add_contact", fields={"Name": "Stripe Payments"})["ContactID"]
    xero.act("archive_contact", contact="Stripe Payments")
    making.poll(chosen)
    wanted = there if contact == "archived" else "0b0e1c8c-0000-4000-8000-000000000000"
    Connection.objects.update(processor_contact=wanted)
    moved(blue, MovementKind.FEE, "-3.20")
    making.drain(Connection.objects.get())
    assert statuses() == {(OutboxStatus.PARKED, "movement_contact_unusable")}
    as_bob.post(PAGE, choices(chosen))
    making.drain(Connection.objects.get())
    assert statuses() == DONE
