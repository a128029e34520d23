"""Prepayments, and credit of every kind set against invoices and taken off them again."""

from typing import Any

import pytest

from simulators.xero.tests.caller import Api, Json, Simulator, invoice, line, messages


@pytest.fixture
def dana(api: Api) -> str:
    return api.contact()["ContactID"]


def received(contact_id: str, kind: str, **members: Any) -> Json:
    return {
        "Type": kind,
        "Contact": {"ContactID": contact_id},
        "BankAccount": {"Code": "090"},
        "Date": "2026-11-10",
        "LineItems": [line(AccountCode="835", TaxType="BASEXCLUDED", UnitAmount=60)],
        **members,
    }


def made(api: Api, contact_id: str, kind: str = "RECEIVE-PREPAYMENT", **members: Any) -> Json:
    answer = api.put("BankTransactions", received(contact_id, kind, **members))
    assert answer.status_code == 200, answer.text
    return answer.json()["BankTransactions"][0]


def allocation(held: Json, amount: float) -> Json:
    return {
        "Invoice": {"InvoiceID": held["InvoiceID"]},
        "Amount": amount,
        "Date": "2026-11-12",
    }


def test_a_prepayment_has_lines_with_tax_and_pays_an_invoice(api: Api, dana: str) -> None:
    taxed = [line(UnitAmount=110)]
    transaction = made(api, dana, LineItems=taxed)
    address = f"Prepayments/{transaction['PrepaymentID']}"
    prepayment = api.rows(address)[0]
    assert (prepayment["Total"], prepayment["TotalTax"], prepayment["RemainingCredit"]) == (
        110,
        10,
        110,
    )
    held = api.invoice(dana)
    assert api.put(f"{address}/Allocations", allocation(held, 104.5)).status_code == 200
    paid = api.rows(f"Invoices/{held['InvoiceID']}")[0]
    assert (paid["Status"], paid["AmountCredited"], paid["AmountPaid"]) == ("PAID", 104.5, 0)
    assert (paid["Payments"], paid["Prepayments"][0]["AppliedAmount"]) == ([], 104.5)
    left = api.rows("Prepayments", page=1)[0]
    assert (left["Status"], left["RemainingCredit"]) == ("AUTHORISED", 5.5)


def test_what_is_left_of_a_prepayment_is_refunded(api: Api, dana: str) -> None:
    prepayment = {"PrepaymentID": made(api, dana)["PrepaymentID"]}
    refund = {"Prepayment": prepayment, "Account": {"Code": "090"}, "Amount": 60}
    entered = api.put("Payments", refund).json()["Payments"][0]
    assert entered["PaymentType"] == "ARPREPAYMENTPAYMENT"
    assert entered["Prepayment"]["PrepaymentID"] == prepayment["PrepaymentID"]
    assert api.rows("Prepayments")[0]["Status"] == "PAID"


def test_a_used_prepayment_keeps_its_transaction(api: Api, dana: str) -> None:
    used, unused = made(api, dana), made(api, dana)
    held = api.invoice(dana)
    api.put(f"Prepayments/{used['PrepaymentID']}/Allocations", allocation(held, 1))
    gone = [
        api.post(f"BankTransactions/{one['BankTransactionID']}", {"Status": "DELETED"}).status_code
        for one in (used, unused)
    ]
    assert gone == [400, 200]
    statuses = {one["PrepaymentID"]: one["Status"] for one in api.rows("Prepayments")}
    assert statuses == {used["PrepaymentID"]: "AUTHORISED", unused["PrepaymentID"]: "VOIDED"}


def credit(api: Api, contact_id: str, kind: str) -> str:
    """Make credit of a kind; return its address."""
    if kind == "CreditNotes":
        body = invoice(contact_id, Type="ACCRECCREDIT")
        return f"CreditNotes/{api.put(kind, body).json()[kind][0]['CreditNoteID']}"
    name = kind.removesuffix("s")
    return f"{kind}/{made(api, contact_id, f'RECEIVE-{name.upper()}')[f'{name}ID']}"


@pytest.mark.parametrize("kind", ["CreditNotes", "Overpayments", "Prepayments"])
def test_an_allocation_is_taken_back(xero: Simulator, api: Api, dana: str, kind: str) -> None:
    held, address = api.invoice(dana), credit(api, dana, kind)
    entered = api.put(f"{address}/Allocations", allocation(held, 60)).json()["Allocations"][0]
    one = f"{address}/Allocations/{entered['AllocationID']}"
    xero.act("set_lock_dates", period="2026-11-12")
    assert "lock date" in messages(api.call("DELETE", one))[0]
    xero.act("set_lock_dates", period=None)
    answer = api.call("DELETE", one)
    assert (answer.status_code, answer.json()["IsDeleted"]) == (200, True)
    opened = api.rows(f"Invoices/{held['InvoiceID']}")[0]
    assert (opened["AmountDue"], opened[kind]) == (104.5, [])
    assert api.rows(address)[0]["Allocations"] == []
    assert api.call("DELETE", one).status_code == 404


@pytest.mark.parametrize("kind", ["prepayment", "overpayment"])
def test_a_person_receives_money_and_sets_it_against_an_invoice(
    xero: Simulator, api: Api, dana: str, kind: str
) -> None:
    held = api.invoice(dana, InvoiceNumber="PT-1")
    xero.act("receive_credit", contact=dana, kind=kind, amount=100)
    xero.act("allocate_credit", invoice="PT-1")
    part = api.rows("Invoices/PT-1")[0]
    assert (part["Status"], part["AmountCredited"], part["AmountDue"]) == ("AUTHORISED", 100, 4.5)
    assert xero.control("act", do="allocate_credit", invoice="PT-1").status_code == 400
    xero.act("receive_credit", contact=dana, kind=kind, amount=20)
    xero.act("allocate_credit", invoice=held["InvoiceID"])
    assert api.rows("Invoices/PT-1")[0]["Status"] == "PAID"
