"""Granular scopes: each call needs its own, and a scope that only reads writes nothing."""

import pytest

from simulators.xero.tests.caller import Simulator

CALLS = {
    "contacts": ["Contacts", "Contacts/x", "Contacts/x/History", "ContactGroups"],
    "invoices": [
        "Invoices",
        "Invoices/x",
        "Invoices/x/History",
        "CreditNotes",
        "CreditNotes/x",
    ],
    "payments": [
        "Payments",
        "Payments/x",
        "Payments/x/History",
        "BatchPayments",
        "BatchPayments/x",
        "Overpayments",
        "Prepayments",
        "Prepayments/x",
    ],
    "banktransactions": [
        "BankTransactions",
        "BankTransactions/x",
        "BankTransfers",
        "BankTransfers/x",
    ],
    "settings": ["Accounts", "TaxRates", "Organisation", "BrandingThemes", "TrackingCategories"],
    "attachments": ["Invoices/x/Attachments", "Invoices/x/Attachments/a.txt"],
}
WRITES = {
    "contacts": [("PUT", "Contacts"), ("POST", "ContactGroups/x"), ("DELETE", "ContactGroups/x")],
    "invoices": [
        ("PUT", "Invoices"),
        ("POST", "Invoices/x/Email"),
        ("PUT", "CreditNotes"),
        ("PUT", "CreditNotes/x/Allocations"),
        ("DELETE", "CreditNotes/x/Allocations/x"),
    ],
    "payments": [
        ("PUT", "Payments"),
        ("POST", "Payments/x"),
        ("PUT", "BatchPayments"),
        ("POST", "BatchPayments/x"),
        ("PUT", "Overpayments/x/Allocations"),
        ("DELETE", "Prepayments/x/Allocations/x"),
    ],
    "banktransactions": [("PUT", "BankTransactions"), ("PUT", "BankTransfers")],
    "settings": [],
    "attachments": [("PUT", "Invoices/x/Attachments/a.txt")],
}


def permitted(xero: Simulator, scope: str) -> dict[tuple[str, str], bool]:
    """Make every call under one scope; say which of them it permitted."""
    xero.control("limits", minute=1000)
    api = xero.connect(scope=f"openid offline_access {scope}")
    reads = [("GET", path) for paths in CALLS.values() for path in paths]
    calls = [*reads, *(call for group in WRITES.values() for call in group)]
    answers = {call: api.call(*call, json={}) for call in calls}
    for answer in answers.values():
        if answer.status_code == 401:
            assert answer.json()["Detail"] == "AuthorizationUnsuccessful"
            assert answer.headers["WWW-Authenticate"] == "insufficient_scope"
    return {call: answer.status_code != 401 for call, answer in answers.items()}


@pytest.mark.parametrize("name", CALLS)
def test_a_scope_permits_its_own_calls_and_no_other(xero: Simulator, name: str) -> None:
    own = {("GET", path) for path in CALLS[name]} | set(WRITES[name])
    found = permitted(xero, f"accounting.{name}")
    assert {call for call, allowed in found.items() if allowed} == own


@pytest.mark.parametrize("name", CALLS)
def test_a_scope_that_reads_writes_nothing(xero: Simulator, name: str) -> None:
    own = {("GET", path) for path in CALLS[name]}
    found = permitted(xero, f"accounting.{name}.read")
    assert {call for call, allowed in found.items() if allowed} == own


def test_items_come_with_either_of_two_scopes(xero: Simulator) -> None:
    for scope in ("accounting.invoices", "accounting.settings"):
        xero.reset()
        api = xero.connect(scope=f"openid offline_access {scope}")
        assert api.put("Items", {"Code": "SALT"}).status_code == 200
        assert api.get("Items").status_code == 200


def test_a_broad_scope_reaches_money_but_no_contacts(xero: Simulator) -> None:
    xero.control("switches", broad_scopes=True)
    found = permitted(xero, "accounting.transactions")
    reached = {"invoices", "payments", "banktransactions"}
    own = {("GET", path) for name in reached for path in CALLS[name]}
    own |= {call for name in reached for call in WRITES[name]}
    assert {call for call, allowed in found.items() if allowed} == own
