"""Bank transactions, transfers and overpayments, and the cents they leave on accounts."""

from typing import Any

import pytest

from simulators.xero.tests.caller import Api, Json, Simulator, line, messages


@pytest.fixture
def dana(api: Api) -> str:
    return api.contact()["ContactID"]


@pytest.fixture
def clearing(api: Api) -> str:
    rows = api.rows("Accounts", where='Name=="Card Clearing Account"')
    return rows[0]["AccountID"]


def spend(contact_id: str, account_id: str, **members: Any) -> Json:
    return {
        "Type": "SPEND",
        "Contact": {"ContactID": contact_id},
        "BankAccount": {"AccountID": account_id},
        "Date": "2026-11-10",
        "LineItems": [line(AccountCode="405", TaxType="INPUT", UnitAmount=2.13)],
        **members,
    }


def balance(xero: Simulator, name: str) -> float:
    accounts = xero.organisation("accounts")["accounts"]
    return next(one["Balance"] for one in accounts if one["Name"] == name)


def test_a_clearing_account_comes_out_to_the_cent(
    xero: Simulator, api: Api, dana: str, clearing: str
) -> None:
    held = api.invoice(dana)
    paid = {
        "Invoice": {"InvoiceID": held["InvoiceID"]},
        "Account": {"AccountID": clearing},
        "Amount": 104.5,
        "Date": "2026-11-09",
    }
    api.put("Payments", paid)
    fee = api.put("BankTransactions", spend(dana, clearing)).json()["BankTransactions"][0]
    assert (fee["Total"], fee["TotalTax"], fee["LineAmountTypes"]) == (2.13, 0.19, "Inclusive")
    assert balance(xero, "Card Clearing Account") == 102.37
    payout = {
        "FromBankAccount": {"AccountID": clearing},
        "ToBankAccount": {"Code": "090"},
        "Amount": 102.37,
        "Date": "2026-11-11",
    }
    moved = api.put("BankTransfers", payout).json()["BankTransfers"][0]
    assert balance(xero, "Card Clearing Account") == 0
    assert balance(xero, "Business Bank Account") == 102.37
    address = f"BankTransfers/{moved['BankTransferID']}"
    assert api.post(address, {"Amount": 5}).status_code == 400
    assert api.post(address, {"Status": "DELETED"}).status_code == 200
    assert api.rows(address)[0]["Status"] == "DELETED"
    api.post(f"BankTransactions/{fee['BankTransactionID']}", {"Status": "DELETED"})
    assert balance(xero, "Card Clearing Account") == 104.5


def test_a_bank_transaction_needs_a_bank_account_contact_and_known_type(
    xero: Simulator, api: Api, dana: str, clearing: str
) -> None:
    wrong = spend(dana, clearing, BankAccount={"Code": "640"})
    assert messages(api.put("BankTransactions", wrong)) == [
        "The account must be an active one of the type BANK."
    ]
    assert api.put("BankTransactions", spend("", clearing, Contact=None)).status_code == 400
    assert api.put("BankTransactions", spend(dana, clearing, Type="PAY")).status_code == 400
    assert api.put("BankTransactions", spend(dana, clearing, LineItems=[])).status_code == 400
    xero.act("set_lock_dates", period="2026-11-10")
    assert "lock date" in messages(api.put("BankTransactions", spend(dana, clearing)))[0]
    assert api.rows("BankTransactions", page=1) == []


def test_a_deleted_transaction_stays_deleted(api: Api, dana: str, clearing: str) -> None:
    fee = api.put("BankTransactions", spend(dana, clearing)).json()["BankTransactions"][0]
    address = f"BankTransactions/{fee['BankTransactionID']}"
    assert api.post(address, {"Status": "VOIDED"}).status_code == 200
    assert api.post(address, {"Status": "AUTHORISED"}).status_code == 400


def test_a_transaction_is_changed_line_by_line(api: Api, dana: str, clearing: str) -> None:
    fee = api.put("BankTransactions", spend(dana, clearing)).json()["BankTransactions"][0]
    address = f"BankTransactions/{fee['BankTransactionID']}"
    kept = {"LineItemID": fee["LineItems"][0]["LineItemID"], "UnitAmount": 3.3}
    change = {"IsReconciled": True, "LineItems": [kept]}
    assert api.post(address, change).status_code == 200
    read = api.rows(address)[0]
    assert (read["Total"], read["TotalTax"], read["IsReconciled"]) == (3.3, 0.3, True)
    assert len(api.rows("BankTransactions")) == 1


def test_a_transfer_needs_two_bank_accounts(api: Api, clearing: str) -> None:
    same = {"AccountID": clearing}
    body = {"FromBankAccount": same, "ToBankAccount": same, "Amount": 1}
    assert messages(api.put("BankTransfers", body)) == [
        "A transfer needs two different bank accounts."
    ]
    body["ToBankAccount"] = {"Code": "640"}
    assert api.put("BankTransfers", body).status_code == 400


def test_an_overpayment_is_made_allocated_and_then_stays(
    xero: Simulator, api: Api, dana: str, clearing: str
) -> None:
    more = spend(dana, clearing, Type="RECEIVE-OVERPAYMENT")
    more["LineItems"] = [{"Description": "Paid twice", "Quantity": 1, "UnitAmount": 60}]
    made = api.put("BankTransactions", more).json()["BankTransactions"][0]
    overpayment = api.rows(f"Overpayments/{made['OverpaymentID']}")[0]
    assert (overpayment["Status"], overpayment["RemainingCredit"]) == ("AUTHORISED", 60)
    held = api.invoice(dana)
    allocation = {"Invoice": {"InvoiceID": held["InvoiceID"]}, "Amount": 60, "Date": "2026-11-12"}
    address = f"Overpayments/{made['OverpaymentID']}/Allocations"
    assert api.put(address, allocation).status_code == 200
    credited = api.rows(f"Invoices/{held['InvoiceID']}")[0]
    assert (credited["AmountCredited"], credited["AmountDue"]) == (60, 44.5)
    assert credited["Overpayments"][0]["AppliedAmount"] == 60
    assert api.rows("Overpayments")[0]["Status"] == "PAID"
    gone = api.post(f"BankTransactions/{made['BankTransactionID']}", {"Status": "DELETED"})
    assert gone.status_code == 400
    assert balance(xero, "Card Clearing Account") == 60
