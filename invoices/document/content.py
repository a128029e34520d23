"""What stands on a printed invoice, the same on paper and in the PDF.

A tax invoice in Australia names the seller, its ABN, the date, what was sold and the GST; from
1,000 AUD also the buyer (A New Tax System (GST) Act 1999, section 29-70).
"""

from dataclasses import dataclass
from decimal import Decimal

from contacts.models import Contact
from invoices import registry
from invoices.models import Invoice, InvoiceLine, TaxMode
from pooltrackr.lib.money import ZERO

SELLER_LINES = 12  # what stands beside the heading must not fill the page


@dataclass(frozen=True)
class TaxPart:
    """The lines of one rate: what was taxed (without the tax), and the tax."""

    name: str
    net: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Content:
    invoice: Invoice
    heading: str
    lines: list[InvoiceLine]
    tax_parts: list[TaxPart]
    seller: list[str]
    buyer: list[str]
    pool: str
    has_discounts: bool
    has_tax: bool
    # Where the customer can pay it now, or nothing.
    pay_link: str = ""


def content_of(invoice: Invoice) -> Content:
    lines = list(invoice.lines.select_related("tax_rate", "product"))
    return Content(
        invoice=invoice,
        heading=_heading(invoice),
        lines=lines,
        tax_parts=_tax_parts(invoice, lines),
        seller=seller_of(invoice),
        buyer=buyer_of(invoice.contact),
        pool=_pool(invoice),
        has_discounts=any(line.discount_percent for line in lines),
        has_tax=invoice.tax_mode != TaxMode.NO_TAX,
        pay_link=registry.pay_link_of(invoice),
    )


def _heading(invoice: Invoice) -> str:
    """Only who is registered for GST may head a page so."""
    name = "Tax invoice" if invoice.business.gst_registered else "Invoice"
    if invoice.is_draft:
        return f"Draft {name.lower()}"
    return f"{name} (void)" if invoice.is_void else name


def _tax_parts(invoice: Invoice, lines: list[InvoiceLine]) -> list[TaxPart]:
    """Return the tax by rate, from the stored amounts of the lines."""
    if invoice.tax_mode == TaxMode.NO_TAX:
        return []
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for line in lines:
        net, tax = sums.get(line.tax_rate.name, (ZERO, ZERO))
        inside = line.tax_amount if invoice.tax_mode == TaxMode.INCLUSIVE else ZERO
        sums[line.tax_rate.name] = (net + line.line_amount - inside, tax + line.tax_amount)
    return [TaxPart(name, net, tax) for name, (net, tax) in sums.items()]


def seller_of(invoice: Invoice) -> list[str]:
    business = invoice.business
    parts = [*business.address.splitlines(), business.phone, business.email]
    abn = [f"ABN {business.abn}"] if business.abn else []
    shown = [part.strip() for part in (*abn, *parts) if part.strip()]
    return shown[:SELLER_LINES]


def buyer_of(contact: Contact) -> list[str]:
    street = not contact.postal_line1 and not contact.postal_city
    kind = "street" if street else "postal"
    names = ("line1", "line2", "city", "region", "code", "country")
    values = {name: getattr(contact, f"{kind}_{name}") for name in names}
    town = " ".join(filter(None, (values["city"], values["region"], values["code"])))
    address = [values["line1"], values["line2"], town, values["country"]]
    abn = [f"ABN {contact.abn}"] if contact.abn else []
    return [part for part in (contact.name, *address, *abn) if part]


def _pool(invoice: Invoice) -> str:
    pool = invoice.pool
    if pool is None:
        return ""
    return f"{pool.name}, {pool.address}" if pool.address else pool.name
