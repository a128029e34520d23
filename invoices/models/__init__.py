from invoices.models.credit_note import CreditNote, CreditNoteLine
from invoices.models.email import EmailStatus, EmailText, InvoiceEmail
from invoices.models.invoice import (
    Invoice,
    InvoiceLine,
    InvoiceSequence,
    InvoiceState,
    InvoiceStatus,
    TaxMode,
)
from invoices.models.movement import MoneyMovement, MovementKind
from invoices.models.payment import Payment, PaymentMethod
from invoices.models.product import Product, ProductCategory, TaxRate

__all__ = [
    "CreditNote",
    "CreditNoteLine",
    "EmailStatus",
    "EmailText",
    "Invoice",
    "InvoiceEmail",
    "InvoiceLine",
    "InvoiceSequence",
    "InvoiceState",
    "InvoiceStatus",
    "MoneyMovement",
    "MovementKind",
    "Payment",
    "PaymentMethod",
    "Product",
    "ProductCategory",
    "TaxMode",
    "TaxRate",
]
