"""Short ways to the invoices that the tests are about."""

import datetime as dt
from decimal import Decimal
from typing import Any

from businesses.models import Business
from contacts.models import Contact
from invoices import services
from invoices.models import Invoice, Product, TaxRate
from invoices.services import InvoiceData, LineData

DATE = dt.date(2026, 11, 2)


def make_contact(business: Business, name: str = "Mira Castellan", **fields: Any) -> Contact:
    return business.contacts.create(name=name, **fields)


def gst(business: Business) -> TaxRate:
    return business.tax_rates.get(is_default=True)


def gst_free(business: Business) -> TaxRate:
    return business.tax_rates.get(name="GST free")


def make_product(business: Business, code: str = "CHL-10", **fields: Any) -> Product:
    fields.setdefault("name", "Liquid chlorine 10 L")
    fields.setdefault("price", Decimal("38.50"))
    fields.setdefault("tax_rate", gst(business))
    return business.products.create(code=code, **fields)


def line(business: Business, price: str = "100", **fields: Any) -> LineData:
    fields.setdefault("description", "Pool service")
    fields.setdefault("quantity", Decimal(1))
    fields.setdefault("tax_rate", gst(business))
    return LineData(unit_price=Decimal(price), **fields)


def data(contact: Contact, *lines: LineData, **fields: Any) -> InvoiceData:
    fields.setdefault("date", DATE)
    return InvoiceData(contact=contact, lines=lines or (line(contact.business),), **fields)


def make_draft(business: Business, *lines: LineData, **fields: Any) -> Invoice:
    contact = fields.pop("contact", None) or make_contact(business)
    return services.create_draft(business, data=data(contact, *lines, **fields))


def make_issued(business: Business, *lines: LineData, **fields: Any) -> Invoice:
    return services.issue(make_draft(business, *lines, **fields), by=None)


def pay(invoice: Invoice, amount: str) -> Any:
    return services.record_payment(invoice, date=DATE, amount=Decimal(amount))
