"""The bank's pages: which accounts there are, what is on them, and where it came from."""

import re

import pytest
import requests

from simulators.xero.tests.caller import TIMEOUT, Api, Simulator, line


@pytest.fixture
def clearing(api: Api) -> str:
    return api.rows("Accounts", where='Name=="Card Clearing Account"')[0]["AccountID"]


def words(xero: Simulator, path: str = "", **query: str) -> str:
    """Return what a person reads on a page of the bank, without the markup."""
    answer = requests.get(f"{xero.url}/o/pool1/bank{path}", params=query, timeout=TIMEOUT)
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+(,?)\s*", r"\1 ", re.sub(r"<[^>]+>", " ", answer.text))


def pay(api: Api, account: str, number: str, amount: float) -> None:
    body = {
        "InvoiceNumber": number,
        "Account": {"AccountID": account},
        "Amount": amount,
        "Date": "2026-11-09",
        "Reference": "Visa",
    }
    assert api.put("Payments", body).status_code == 200


def test_accounts_are_listed_with_their_balance(xero: Simulator, api: Api, clearing: str) -> None:
    api.invoice(api.contact()["ContactID"], InvoiceNumber="PT-1")
    pay(api, clearing, "PT-1", 99.5)
    shown = words(xero)
    assert "Card Clearing Account 99.50" in shown
    assert "090 Business Bank Account 0.00" in shown
    # It takes payments though it is no bank; an income account is not for money.
    assert "640 Card Takings in Transit" in shown
    assert "Pool Servicing" not in shown


def test_an_account_shows_what_moved_on_it_newest_first(
    xero: Simulator, api: Api, clearing: str
) -> None:
    dana = api.contact()["ContactID"]
    api.invoice(dana, InvoiceNumber="PT-1")
    pay(api, clearing, "PT-1", 99.5)
    fee = {
        "Type": "SPEND",
        "Contact": {"ContactID": dana},
        "BankAccount": {"AccountID": clearing},
        "Date": "2026-11-10",
        "LineItems": [line(Description="Fee", AccountCode="405", TaxType="INPUT", UnitAmount=2)],
    }
    api.put("BankTransactions", fee)
    payout = {
        "FromBankAccount": {"AccountID": clearing},
        "ToBankAccount": {"Code": "090"},
        "Amount": 97.5,
        "Date": "2026-11-11",
    }
    api.put("BankTransfers", payout)
    shown = words(xero, f"/{clearing}")
    places = [
        shown.index(text)
        for text in (
            "11 Nov 2026 Transfer to Business Bank Account -97.50 0.00",
            "10 Nov 2026 Fee Dana Brook -2.00 97.50",
            "9 Nov 2026 Payment of PT-1 Dana Brook Visa 99.50 99.50",
        )
    ]
    assert places == sorted(places)
    other = api.rows("Accounts", where='Code=="090"')[0]["AccountID"]
    assert "Transfer from Card Clearing Account 97.50 97.50" in words(xero, f"/{other}")


def test_a_batch_is_one_line_of_the_bank(xero: Simulator, api: Api) -> None:
    dana = api.contact()["ContactID"]
    for number in ("PT-1", "PT-2"):
        api.invoice(dana, InvoiceNumber=number)
    batch = xero.act("pay_in_batch", invoices=["PT-1", "PT-2"], date="2026-11-09")
    xero.act("reconcile_payments", invoice="PT-1")
    account = batch["Account"]["AccountID"]
    assert "9 Nov 2026 Payment of PT-1, PT-2 Reconciled 209.00 209.00" in words(xero, f"/{account}")
    xero.act("unreconcile_payments", invoice="PT-1")
    address = f"BatchPayments/{batch['BatchPaymentID']}"
    assert api.post(address, {"Status": "DELETED"}).status_code == 200
    assert "Nothing moved" in words(xero, f"/{account}")


def test_a_payment_leads_to_its_invoice(xero: Simulator, api: Api, clearing: str) -> None:
    held = api.invoice(api.contact()["ContactID"], InvoiceNumber="PT-1")
    pay(api, clearing, "PT-1", 5)
    page = requests.get(f"{xero.url}/o/pool1/bank/{clearing}", timeout=TIMEOUT).text
    assert f'href="/o/pool1/invoices/{held["InvoiceID"]}"' in page


def test_a_long_account_has_pages(xero: Simulator, api: Api, clearing: str) -> None:
    api.invoice(api.contact()["ContactID"], InvoiceNumber="PT-1")
    one = {"InvoiceNumber": "PT-1", "Account": {"AccountID": clearing}, "Amount": 1}
    body = {"Payments": [{**one, "Date": "2026-11-09"} for _ in range(51)]}
    assert api.put("Payments", body).status_code == 200
    assert "51 to 51 of 51" in words(xero, f"/{clearing}", page="2")


def test_an_account_that_is_not_there_is_not_found(xero: Simulator) -> None:
    answer = requests.get(f"{xero.url}/o/pool1/bank/none", timeout=TIMEOUT)
    assert answer.status_code == 404
