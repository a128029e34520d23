"""Which members of a body are objects and which are lists; all others are plain values.

Xero reads a body into types before it looks at any element: one value of a wrong type and the
whole call is a PostDataInvalidException, whatever summarizeErrors says.
"""

from collections.abc import Mapping

OBJECTS = frozenset(
    {
        "Account",
        "AccountsPayable",
        "AccountsReceivable",
        "Balances",
        "BankAccount",
        "BatchPayment",
        # Inside a contact; the list of batch payments is an envelope.
        "BatchPayments",
        "Bills",
        "BrandingTheme",
        "Contact",
        "CreditNote",
        "FromBankAccount",
        "Invoice",
        "Item",
        "Overpayment",
        "PaymentTerms",
        "Prepayment",
        "PurchaseDetails",
        "Sales",
        "SalesDetails",
        "ToBankAccount",
    }
)
LISTS = frozenset(
    {
        "Addresses",
        "Allocations",
        "Attachments",
        "ContactGroups",
        "ContactPersons",
        "Contacts",
        "CreditNotes",
        "InvoiceAddresses",
        "LineItems",
        "Options",
        "Overpayments",
        "Payments",
        "Phones",
        "Prepayments",
        "PurchasesTrackingCategories",
        "SalesTrackingCategories",
        "TaxBreakdown",
        "Tracking",
        "ValidationErrors",
        "Warnings",
    }
)


def wrong_type(element: Mapping[str, object]) -> str:
    """Return the name of a member that cannot be read, at any depth, or an empty text."""
    for name, value in element.items():
        found = wrong_member(name, value)
        if found:
            return found
    return ""


def wrong_member(name: str, value: object) -> str:
    if value is None:
        return ""
    if name in OBJECTS:
        return wrong_type(value) if isinstance(value, dict) else name
    if name in LISTS:
        return wrong_in_list(name, value) if isinstance(value, list) else name
    return name if isinstance(value, dict | list) else ""


def wrong_in_list(name: str, values: list[object]) -> str:
    found = (wrong_type(one) if isinstance(one, dict) else name for one in values)
    return next(filter(None, found), "")
