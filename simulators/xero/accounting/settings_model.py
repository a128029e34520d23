"""Accounts, tax rates, items and the other settings rows of an organisation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from simulators.xero.table import Key

CLASSES = {
    "SALES": "REVENUE",
    "REVENUE": "REVENUE",
    "OTHERINCOME": "REVENUE",
    "EXPENSE": "EXPENSE",
    "DIRECTCOSTS": "EXPENSE",
    "OVERHEADS": "EXPENSE",
    "DEPRECIATN": "EXPENSE",
    "BANK": "ASSET",
    "CURRENT": "ASSET",
    "FIXED": "ASSET",
    "INVENTORY": "ASSET",
    "NONCURRENT": "ASSET",
    "PREPAYMENT": "ASSET",
    "CURRLIAB": "LIABILITY",
    "LIABILITY": "LIABILITY",
    "TERMLIAB": "LIABILITY",
    "EQUITY": "EQUITY",
}
# A system account may not be posted to, save the one whose purpose is rounding lines.
POSTABLE_SYSTEM_ACCOUNTS = frozenset({"", "ROUNDING"})


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    code: str
    name: str
    type: str
    tax_type: str
    updated: datetime
    status: str = "ACTIVE"
    description: str = ""
    system_account: str = ""
    enable_payments: bool = False
    bank_account_number: str = ""

    @property
    def account_class(self) -> str:
        return CLASSES[self.type]

    @property
    def takes_invoice_lines(self) -> bool:
        return self.type != "BANK" and self.system_account in POSTABLE_SYSTEM_ACCOUNTS

    def keys(self) -> Iterable[Key]:
        if self.code:
            yield "code", self.code.casefold()
        yield "name", self.name.casefold()


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A tax rate; `id` is its TaxType code, by which lines name it."""

    id: str
    name: str
    rate: Decimal
    applies_to: frozenset[str]
    updated: datetime
    report_tax_type: str = ""
    status: str = "ACTIVE"

    def keys(self) -> Iterable[Key]:
        yield "code", self.id
        yield "name", self.name.casefold()


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    code: str
    name: str
    updated: datetime
    description: str = ""
    purchase_description: str = ""
    unit_price: Decimal | None = None
    account_code: str = ""
    tax_type: str = ""
    purchase_price: Decimal | None = None
    purchase_account_code: str = ""
    purchase_tax_type: str = ""
    is_sold: bool = True
    is_purchased: bool = True
    # Of an item tracked as inventory; it is not counted down by what is sold.
    on_hand: Decimal | None = None

    def keys(self) -> Iterable[Key]:
        yield "code", self.code.casefold()


@dataclass(frozen=True, slots=True)
class BrandingTheme:
    id: str
    name: str
    sort_order: int
    created: datetime


@dataclass(frozen=True, slots=True)
class TrackingOption:
    id: str
    name: str
    status: str = "ACTIVE"


@dataclass(frozen=True, slots=True)
class TrackingCategory:
    id: str
    name: str
    options: tuple[TrackingOption, ...] = ()
    status: str = "ACTIVE"
