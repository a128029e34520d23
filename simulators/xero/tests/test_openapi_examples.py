"""The examples of Xero's description against its own schemas: which of them are wrong, and how.

What the schemas lack stands in LATER_MEMBERS. An example not named here that fails would mean
that our reading of the schemas is too strict, one named that passes that it is too lax.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from simulators.xero.accounting.routes import handler_of
from simulators.xero.tests.description import ACCOUNTING, Json, description, document

pytestmark = pytest.mark.skipif(description() is None, reason="no folder of shared data")

WRONG = {
    "PUT /BankTransactions request": "bankTransactions for BankTransactions",
    "POST /BankTransactions request": "Lineitems for LineItems",
    "POST /BankTransactions/{BankTransactionID} request": "Lineitems for LineItems",
    "PUT /BankTransfers request": "an Amount that is a text",
    "GET /Contacts 200": "TaxNumbeType for TaxNumberType",
    "GET /Payments 200": "a batch with numbers and flags that are texts",
    "GET /Payments/{PaymentID} 200": "a batch with numbers and flags that are texts",
    "POST /Payments request": "a list under a schema of one",
    "POST /Payments/{PaymentID} request": "a list under a schema of one",
    "DELETE /CreditNotes/{CreditNoteID}/Allocations/{AllocationID} 200": "AllocationId, no Amount",
    "DELETE /Overpayments/{OverpaymentID}/Allocations/{AllocationID} 200": "the same",
    "DELETE /Prepayments/{PrepaymentID}/Allocations/{AllocationID} 200": "the same",
    "PUT /Prepayments/{PrepaymentID}/History 400": "JSON within a text",
}


def examples() -> Iterator[tuple[str, str, Any]]:
    """Yield every example of a call that is simulated: its place, its schema, itself."""
    for path, operations in document(ACCOUNTING)["paths"].items():
        for method, operation in operations.items():
            if handler_of(method.upper(), tuple(path.strip("/").split("/"))) is None:
                continue
            for where, body in bodies_of(operation):
                content = body.get("content", {}).get("application/json", {})
                schema = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
                if schema and "example" in content:
                    yield f"{method.upper()} {path} {where}", schema, plain(content["example"])


def bodies_of(operation: Json) -> list[tuple[str, Json]]:
    return [("request", operation.get("requestBody", {})), *operation["responses"].items()]


def plain(value: Any) -> Any:
    """Return the text of dates, which YAML reads as dates."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def test_all_examples_but_those_named_are_as_described() -> None:
    described = description()
    assert described is not None
    listed = list(examples())
    assert len(listed) > 100
    wrong = {place for place, schema, one in listed if described.faults(schema, one)}
    assert wrong == set(WRONG)
