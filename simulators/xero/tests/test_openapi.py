"""Answers of the simulator against the component schemas of Xero's own API description."""

import os
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from simulators.xero.tests.caller import Api, Simulator, invoice, line

pytestmark = pytest.mark.skipif(
    # Under CI the folder has to be there: a check that is left out there is no check.
    "POOLTRACKR_SHARED" not in os.environ and "CI" not in os.environ,
    reason="no folder of shared data",
)
# What every answer carries beside the collection; the schemas know only the collection.
ENVELOPE = {"Id": {}, "Status": {}, "ProviderName": {}, "DateTimeUTC": {}, "pagination": {}}
# Members that the description of July 2026 lacks, with the source that has them.
LATER_MEMBERS = {
    # Xero's own examples of invoices and their lines carry these.
    "Invoice": {"DateString": {}, "DueDateString": {}, "TotalDiscount": {}},
    "LineItem": {"ValidationErrors": {}},
}
# An element of an error echoes whatever was sent; its schema names only the ids.
OPEN = frozenset({"Element"})


def strict(schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas as JSON Schema that takes no member they do not name."""
    for name, schema in schemas.items():
        if "properties" in schema:
            schema["properties"].update(LATER_MEMBERS.get(name, {}))
            if name.endswith("s"):
                schema["properties"].update(ENVELOPE)
            schema["additionalProperties"] = name in OPEN
    return mended(schemas)


def mended(value: Any) -> Any:
    """Turn OpenAPI's nullable into a type, and point references at this document."""
    if isinstance(value, list):
        return [mended(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    changed = {key: mended(inner) for key, inner in value.items() if key != "example"}
    if changed.pop("nullable", False) and isinstance(changed.get("type"), str):
        changed["type"] = [changed["type"], "null"]
    # The files write dates as dates; YAML reads them so.
    changed.pop("format", None)
    return changed


@pytest.fixture(scope="module")
def components() -> dict[str, Any]:
    path = Path(os.environ["POOLTRACKR_SHARED"]) / "xero" / "openapi" / "xero_accounting.yaml"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    return {"schemas": strict(document["components"]["schemas"])}


@pytest.fixture
def check(components: dict[str, Any]):
    def against(name: str, payload: Any) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": components}
        validator = jsonschema_rs.validator_for(schema)
        faults = [
            f"{'/'.join(map(str, fault.instance_path))}: {fault.message[:200]}"
            for fault in validator.iter_errors(payload)
        ]
        assert faults == []

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
    check("Error", api.put("Contacts", {"Name": "Dana"}).json())
    check("Error", api.get("Contacts", where="nonsense").json())


@pytest.fixture
def write(api: Api, check: Any):
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
