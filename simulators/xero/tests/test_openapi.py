"""Answers of the simulator against the component schemas of Xero's own API description."""

from collections.abc import Callable
from typing import Any

import pytest

from simulators.xero.tests.caller import Api, Simulator, invoice, line
from simulators.xero.tests.description import description, undescribed

pytestmark = pytest.mark.skipif(description() is None, reason="no folder of shared data")


@pytest.fixture
def check() -> Callable[[str, Any], None]:
    described = description()
    assert described is not None

    def against(name: str, payload: Any) -> None:
        assert described.faults(name, payload) == []

    return against


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("Organisation", "Organisations"),
        ("Organisation/Actions", "Actions"),
        ("Accounts", "Accounts"),
        ("TaxRates", "TaxRates"),
        ("Items", "Items"),
        ("BrandingThemes", "BrandingThemes"),
        ("TrackingCategories", "TrackingCategories"),
        ("TrackingCategories?includeArchived=true", "TrackingCategories"),
        ("Contacts?page=1&pageSize=1000&includeArchived=true", "Contacts"),
        ("Contacts?summaryOnly=true&page=1", "Contacts"),
        ("Invoices?page=1&pageSize=1000", "Invoices"),
        ("Invoices", "Invoices"),
        ("Payments?page=1", "Payments"),
    ],
)
def test_reads_are_as_described(xero: Simulator, check: Any, path: str, schema: str) -> None:
    xero.reset(seed="demo")
    check(schema, xero.connect().get(path).json())


def test_writes_and_refusals_are_as_described(api: Api, check: Any) -> None:
    whole = {
        "Name": "Dana",
        "ContactNumber": "c",
        "ContactPersons": [{"FirstName": "A"}],
        "PaymentTerms": {"Sales": {"Day": 7, "Type": "DAYSAFTERBILLDATE"}},
        "SalesDefaultAccountCode": "200",
    }
    both = {"Contacts": [whole, {"Name": ""}]}
    answer = api.put("Contacts", both, summarizeErrors="false")
    check("Contacts", answer.json())
    dana = answer.json()["Contacts"][0]["ContactID"]
    lines = [line(DiscountRate=5, Tracking=[{"Name": "Region", "Option": "North"}])]
    sales = [invoice(dana, LineItems=lines), invoice(dana, LineItems=[line(AccountCode="610")])]
    answer = api.put("Invoices", {"Invoices": sales}, summarizeErrors="false")
    check("Invoices", answer.json())
    some = [{"Code": "A", "IsSold": True, "SalesDetails": {"UnitPrice": 1}}, {"Code": "A"}]
    check("Items", api.put("Items", {"Items": some}, summarizeErrors="false").json())
    check("Error", api.put("Contacts", {"Name": "Dana"}).json())
    check("Error", api.get("Contacts", where="nonsense").json())


@pytest.fixture
def write(api: Api, check: Any) -> Callable[..., dict[str, Any]]:
    """Write by PUT what its schema describes; the answer must be as described too."""

    def put(path: str, collection: str, body: Any) -> dict[str, Any]:
        sent = {collection: [body]}
        check(collection, sent)
        answer = api.put(path, sent)
        assert answer.status_code == 200, answer.text
        check(collection, answer.json())
        return answer.json()[collection][0]

    return put


def test_payments_and_credit_are_as_described(api: Api, check: Any, write: Any) -> None:
    dana = api.contact()["ContactID"]
    held = api.invoice(dana, InvoiceNumber="PT-1")
    of_invoice = {"Invoice": {"InvoiceID": held["InvoiceID"]}, "Date": "2026-11-09"}
    bank = {"Code": "090"}
    paid = write("Payments", "Payments", {**of_invoice, "Account": bank, "Amount": 10})
    note = write("CreditNotes", "CreditNotes", invoice(dana, Type="ACCRECCREDIT"))
    named = {"CreditNoteID": note["CreditNoteID"]}
    refund = {"CreditNote": named, "Account": bank, "Amount": 2, "Date": "2026-11-10"}
    write("Payments", "Payments", refund)
    allocations = f"CreditNotes/{note['CreditNoteID']}/Allocations"
    write(allocations, "Allocations", {**of_invoice, "Amount": 5})
    check("Invoices", api.get("Invoices/PT-1").json())
    for name in ("CreditNotes", "Payments"):
        check(name, api.get(name, page=1).json())
    check("CreditNotes", api.get(f"CreditNotes/{note['CreditNoteID']}").json())
    check("PaymentDelete", {"Status": "DELETED"})
    deleted = api.post(f"Payments/{paid['PaymentID']}", {"Status": "DELETED"})
    check("Payments", deleted.json())


def test_batch_payments_are_as_described(api: Api, check: Any, write: Any) -> None:
    held = api.invoice(api.contact()["ContactID"], InvoiceNumber="PT-1")
    part = {"Invoice": {"InvoiceID": held["InvoiceID"]}, "Amount": 10}
    whole = {"Account": {"Code": "090"}, "Date": "2026-11-09", "Details": "D", "Payments": [part]}
    made = write("BatchPayments", "BatchPayments", whole)
    for name in ("BatchPayments", "Payments"):
        check(name, api.get(name).json())
    check("Invoices", api.get("Invoices/PT-1").json())
    gone = {"BatchPaymentID": made["BatchPaymentID"], "Status": "DELETED"}
    check("BatchPaymentDelete", gone)
    check("BatchPayments", api.post("BatchPayments", gone).json())


def test_bank_calls_are_as_described(api: Api, check: Any, write: Any) -> None:
    dana = api.contact()["ContactID"]
    held = api.invoice(dana, InvoiceNumber="PT-1")
    clearing = api.rows("Accounts", where='Name=="Card Clearing Account"')[0]["AccountID"]
    received = {
        "Type": "RECEIVE-OVERPAYMENT",
        "Contact": {"ContactID": dana},
        "BankAccount": {"AccountID": clearing},
        "LineItems": [{"Description": "Twice", "Quantity": 1, "UnitAmount": 60}],
    }
    made = write("BankTransactions", "BankTransactions", received)
    spent = {**received, "Type": "SPEND", "LineItems": [line(AccountCode="405", TaxType="INPUT")]}
    write("BankTransactions", "BankTransactions", spent)
    transfer = {"FromBankAccount": {"AccountID": clearing}, "ToBankAccount": {"Code": "090"}}
    write("BankTransfers", "BankTransfers", {**transfer, "Amount": 5})
    allocation = {"Invoice": {"InvoiceID": held["InvoiceID"]}, "Amount": 5, "Date": "2026-11-09"}
    allocations = f"Overpayments/{made['OverpaymentID']}/Allocations"
    entered = write(allocations, "Allocations", allocation)["AllocationID"]
    check("Allocation", api.call("DELETE", f"{allocations}/{entered}").json())
    early = {**received, "Type": "RECEIVE-PREPAYMENT", "LineItems": [line()]}
    early = write("BankTransactions", "BankTransactions", early)
    write(f"Prepayments/{early['PrepaymentID']}/Allocations", "Allocations", allocation)
    write(allocations, "Allocations", allocation)
    for name in ("BankTransactions", "BankTransfers", "Overpayments", "Prepayments"):
        check(name, api.get(name, page=1).json())
    check("Invoices", api.get("Invoices/PT-1").json())


def test_extras_are_as_described(api: Api, check: Any, write: Any) -> None:
    dana = api.contact()["ContactID"]
    api.invoice(dana, InvoiceNumber="PT-1")
    write("Invoices/PT-1/History", "HistoryRecords", {"Details": "Note"})
    check("HistoryRecords", api.get("Invoices/PT-1/History").json())
    check("OnlineInvoices", api.get("Invoices/PT-1/OnlineInvoice").json())
    api.call("PUT", "Invoices/PT-1/Attachments/a.txt", data=b"a")
    check("Attachments", api.get("Invoices/PT-1/Attachments").json())
    group = write("ContactGroups", "ContactGroups", {"Name": "Weekly"})
    address = f"ContactGroups/{group['ContactGroupID']}"
    write(f"{address}/Contacts", "Contacts", {"ContactID": dana})
    check("ContactGroups", api.get(address).json())
    check("Contacts", api.get(f"Contacts/{dana}").json())


def test_a_typing_error_in_an_answer_would_be_found(check: Any) -> None:
    with pytest.raises(AssertionError):
        check("Contacts", {"Contacts": [{"Nmae": "x"}]})
    with pytest.raises(AssertionError):
        check("Invoices", {"Invoices": [{"Status": "OPEN"}]})


def test_a_typing_error_in_a_request_would_be_found() -> None:
    wrong = {"method": "PUT", "path": "/api.xro/2.0/Contacts", "status": 200}
    assert list(undescribed([{**wrong, "body": {"Nmae": "x"}}]))
    assert list(undescribed([{**wrong, "body": {"Contacts": [{"Nmae": "x"}]}}]))
    assert not list(undescribed([{**wrong, "body": {"Name": "x"}}]))
    by_id = {"method": "POST", "path": "/api.xro/2.0/Payments/x", "status": 200}
    assert list(undescribed([{**by_id, "body": {"Amount": 5}}]))
    history = {"method": "PUT", "path": "/api.xro/2.0/Invoices/x/History", "status": 200}
    assert list(undescribed([{**history, "body": {"Detail": "x"}}]))
    assert not list(undescribed([{**wrong, "status": None, "body": {"Nmae": "x"}}]))
