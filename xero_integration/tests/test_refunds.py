"""Money given back: in Xero a credit note that is paid out of the card balance, once."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from businesses.models import Business, User
from invoices import services
from invoices.models import CreditNote, Invoice, MoneyMovement, MovementKind, PaymentMethod
from xero_integration import missed
from xero_integration.models import Connection, Kind, OutboxRow, OutboxStatus
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero
from xero_integration.tests.test_movements import (
    CLEARING,
    balance,
    choices,
    chosen,
    clearing,
    held,
    moved,
)

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["chosen", "clearing"]

REFUND = MovementKind.REFUND


@pytest.fixture
def paid(xero: Xero, chosen: Connection, blue: Business) -> Invoice:
    """An invoice over 110 that a card paid, here and in Xero."""
    invoice = making.invoice(making.contact(blue))
    services.record_payment(
        invoice,
        date=timezone.localdate() + dt.timedelta(days=1),
        amount=Decimal(110),
        method=PaymentMethod.CARD_ONLINE,
        reference="ch_1",
    )
    making.drain(chosen)
    return invoice


def refunded(invoice: Invoice, amount: str = "33.33") -> MoneyMovement:
    money = moved(invoice.business, REFUND, f"-{amount}", invoice=invoice)
    services.credit_refund(invoice, money, reason="Refunded by card")
    return money


def rows() -> set[tuple[str, str, str]]:
    kinds = (Kind.CREDIT_NOTE, Kind.REFUND, Kind.MOVEMENT)
    found = OutboxRow.objects.filter(kind__in=kinds)
    return set(found.values_list("kind", "status", "error_code"))


def notes(xero: Xero) -> list[dict[str, Any]]:
    return held(xero, "creditNotes")


def test_a_refund_is_a_credit_note_paid_out_with_its_tax(
    xero: Xero, chosen: Connection, paid: Invoice
) -> None:
    refunded(paid)
    making.drain(chosen)
    (note,) = notes(xero)
    assert (note["Total"], note["TotalTax"], note["Status"]) == (33.33, 3.03, "PAID")
    assert note["RemainingCredit"] == 0
    assert held(xero, "bankTransactions") == []
    assert balance(xero, CLEARING) == Decimal("76.67")
    assert {(status, code) for _, status, code in rows()} == {("done", "")}
    (there,) = xero.invoices()
    assert (there["Status"], there["AmountPaid"]) == ("PAID", 110)


@pytest.mark.parametrize("fault", ["drop_after", "500_after"])
def test_an_answer_that_is_lost_pays_out_once(
    xero: Xero, chosen: Connection, paid: Invoice, fault: str
) -> None:
    refunded(paid)
    xero.fault(fault, path="Payments")
    for _ in range(4):
        making.make_due(chosen)
        making.drain(chosen)
    assert balance(xero, CLEARING) == Decimal("76.67")
    assert len(notes(xero)) == 1
    assert {(status, code) for _, status, code in rows()} == {("done", "")}


def test_the_account_of_card_payments_must_be_usable(
    xero: Xero, chosen: Connection, paid: Invoice, as_bob: Client
) -> None:
    chosen.accounts.filter(name=CLEARING).update(status="ARCHIVED")
    refunded(paid)
    making.drain(chosen)
    assert (Kind.REFUND, OutboxStatus.PARKED, "movement_account_unusable") in rows()
    chosen.accounts.filter(name=CLEARING).update(status="ACTIVE")
    as_bob.post("/b/blue/xero/card-accounts/", choices(chosen))
    making.drain(chosen)
    assert balance(xero, CLEARING) == Decimal("76.67")


def test_the_sweep_finds_a_refund_that_no_signal_told_of(
    xero: Xero, chosen: Connection, paid: Invoice
) -> None:
    refunded(paid)
    OutboxRow.objects.filter(kind__in=(Kind.CREDIT_NOTE, Kind.MOVEMENT)).delete()
    missed.find(chosen)
    making.drain(chosen)
    making.drain(chosen)
    assert balance(xero, CLEARING) == Decimal("76.67")


def test_one_without_a_credit_note_is_money_spent(
    xero: Xero, chosen: Connection, paid: Invoice, alice: User
) -> None:
    moved(paid.business, REFUND, "-33.33", invoice=paid)
    making.drain(chosen)
    assert not CreditNote.objects.exists()
    (spent,) = held(xero, "bankTransactions")
    assert spent["Total"] == 33.33
    assert balance(xero, CLEARING) == Decimal("76.67")


def test_a_note_here_is_seen_on_the_invoice_with_its_state(
    xero: Xero, chosen: Connection, paid: Invoice, as_bob: Client
) -> None:
    refunded(paid)
    making.drain(chosen)
    page = as_bob.get(paid.get_absolute_url()).content.decode()
    assert "$33.33</span> given back" in page
