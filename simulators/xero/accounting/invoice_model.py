"""An invoice and its lines as Xero holds them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from simulators.xero.accounting.payment_model import Payment
from simulators.xero.table import Key
from simulators.xero.wire import Json

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    description: str = ""
    quantity: Decimal | None = None
    unit_amount: Decimal | None = None
    account_id: str = ""
    account_code: str = ""
    item_code: str = ""
    tax_type: str = ""
    tax_amount: Decimal = ZERO
    line_amount: Decimal = ZERO
    discount_rate: Decimal | None = None
    discount_amount: Decimal | None = None
    tracking: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Allocation:
    """Credit of one document set against an invoice; both carry it."""

    id: str
    credit_id: str
    credit_type: str
    invoice_id: str
    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice, or a document made like one: `type` says which.

    On a credit note the amount due is the credit that is left.
    """

    id: str
    type: str
    contact_id: str
    day: date
    updated: datetime
    number: str = ""
    reference: str = ""
    due_date: date | None = None
    status: str = "DRAFT"
    line_amount_types: str = "Exclusive"
    lines: tuple[Line, ...] = ()
    sub_total: Decimal = ZERO
    total_tax: Decimal = ZERO
    total: Decimal = ZERO
    total_discount: Decimal = ZERO
    currency: str = "AUD"
    currency_rate: Decimal = Decimal("1.0")
    url: str = ""
    branding_theme_id: str = ""
    sent_to_contact: bool = False
    expected_payment_date: date | None = None
    planned_payment_date: date | None = None
    payments: tuple[Payment, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    # Bank transactions only: the account, and the overpayment or prepayment that some make.
    bank_account_id: str = ""
    is_reconciled: bool = False
    credit_id: str = ""
    fully_paid_on: date | None = None
    by_api: bool = True

    @property
    def is_sale(self) -> bool:
        return self.type in {"ACCREC", "ACCRECCREDIT"}

    @property
    def amount_paid(self) -> Decimal:
        return sum((payment.amount for payment in self.payments), ZERO)

    @property
    def amount_credited(self) -> Decimal:
        return sum((one.amount for one in self.allocations), ZERO)

    @property
    def amount_due(self) -> Decimal:
        if self.status in {"VOIDED", "DELETED"}:
            return ZERO
        return self.total - self.amount_paid - self.amount_credited

    @property
    def has_money(self) -> bool:
        """Whether a payment or a credit note is allocated to it."""
        return bool(self.payments) or self.amount_credited > 0

    @property
    def is_approved(self) -> bool:
        return self.status in {"AUTHORISED", "PAID"}

    def keys(self) -> Iterable[Key]:
        yield "contact", self.contact_id
        if self.number:
            yield ("number" if self.is_sale else "bill number"), self.number.casefold()
        if self.is_approved:
            yield ("customer" if self.is_sale else "supplier"), self.contact_id
