"""A contact as Xero holds it, and the keys by which Xero finds one."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from simulators.xero.table import Key
from simulators.xero.wire import Json

# Scalar members of a contact that the API can write, with their greatest lengths.
TEXT_MEMBERS = {
    "ContactNumber": 50,
    "AccountNumber": 50,
    "FirstName": 255,
    "LastName": 255,
    "CompanyNumber": 50,
    "EmailAddress": 255,
    "TaxNumber": 50,
    "TaxNumberType": 10,
    "BankAccountDetails": 255,
    "AccountsReceivableTaxType": 50,
    "AccountsPayableTaxType": 50,
    "SalesDefaultAccountCode": 10,
    "PurchasesDefaultAccountCode": 10,
    "SalesDefaultLineAmountType": 20,
    "PurchasesDefaultLineAmountType": 20,
    "DefaultCurrency": 3,
    "XeroNetworkKey": 100,
}
ADDRESS_TYPES = ("STREET", "POBOX")
ADDRESS_MEMBERS = {
    "AddressLine1": 500,
    "AddressLine2": 500,
    "AddressLine3": 500,
    "AddressLine4": 500,
    "City": 255,
    "Region": 255,
    "PostalCode": 50,
    "Country": 50,
    "AttentionTo": 255,
}
PHONE_TYPES = ("DDI", "DEFAULT", "FAX", "MOBILE")
PHONE_MEMBERS = {"PhoneNumber": 50, "PhoneAreaCode": 10, "PhoneCountryCode": 20}


def folded(name: str) -> str:
    """Return a name without case and accents: Xero's name filter ignores both."""
    if name.isascii():
        return name.casefold()
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


@dataclass(frozen=True, slots=True)
class Contact:
    id: str
    name: str
    updated: datetime
    status: str = "ACTIVE"
    text: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    phones: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    persons: tuple[Json, ...] = ()
    payment_terms: Json | None = None
    merged_to: str | None = None

    @property
    def is_active(self) -> bool:
        return self.status == "ACTIVE"

    def keys(self) -> Iterable[Key]:
        # Only active contacts claim their name; numbers stay claimed by archived ones.
        yield ("name" if self.is_active else "archived name"), folded(self.name)
        for kind, member in (
            ("number", "ContactNumber"),
            ("account number", "AccountNumber"),
            ("email", "EmailAddress"),
        ):
            value = self.text.get(member)
            if value:
                yield kind, folded(value)
