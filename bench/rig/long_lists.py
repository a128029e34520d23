"""A business with long lists. Import once Django is set up."""

import datetime as dt

from businesses.models import Business
from contacts.matching.tests.made_lists import duplicate_list
from contacts.models import Contact, Pool, PoolContact
from invoices.models import Invoice, InvoiceLine


def fill(business: Business, rows: int) -> None:
    records, _pairs = duplicate_list(1, rows)
    contacts = [
        Contact(
            business=business,
            name=record.name or f"Customer {number}",
            first_name=record.first_name,
            last_name=record.last_name,
            email=record.email,
            phone=record.phone,
            street_line1=record.address_line1,
            street_city=record.city,
        )
        for number, record in enumerate(records[:rows])
    ]
    for contact in contacts:
        contact.refresh_search_key()
    Contact.objects.bulk_create(contacts, batch_size=500)
    fill_pools(business, contacts)
    fill_products(business)
    fill_invoices(business, contacts)


def fill_pools(business: Business, contacts: list[Contact]) -> None:
    pools = [Pool(business=business, name=f"Pool at {c.street_line1}"[:255]) for c in contacts]
    for pool in pools:
        pool.refresh_search_key()
    Pool.objects.bulk_create(pools, batch_size=500)
    links = [
        PoolContact(business=business, pool=pool, contact=contact)
        for pool, contact in zip(pools, contacts, strict=True)
    ]
    PoolContact.objects.bulk_create(links, batch_size=500)


def fill_products(business: Business) -> None:
    rate = business.tax_rates.get(is_default=True)
    category = business.categories.create(name="Chemicals")
    for n in range(300):
        business.products.create(
            code=f"P{n:04}", name=f"Chlorine {n}", price=n, tax_rate=rate, category=category
        )


def fill_invoices(business: Business, contacts: list[Contact]) -> None:
    """One invoice a contact, over three years; a third paid, some drafts, the rest due."""
    rate, day = business.tax_rates.get(is_default=True), dt.date(2026, 11, 1)
    invoices, lines = [], []
    for n, contact in enumerate(contacts):
        date = day - dt.timedelta(days=n % 1_000)
        status = "draft" if n % 10 == 0 else "issued"
        invoice = Invoice(business=business, contact=contact, date=date, due_date=date)
        invoice.status, invoice.number = status, "" if status == "draft" else f"INV-{n:06}"
        invoice.subtotal, invoice.tax_total, invoice.total = 100, 10, 110
        invoice.amount_paid = 110 if status == "issued" and n % 3 == 0 else 0
        invoice.search_key = invoice.number.lower()
        line = InvoiceLine(business=business, invoice=invoice, description="Pool service")
        line.unit_price, line.tax_rate, line.line_amount, line.tax_amount = 100, rate, 100, 10
        invoices.append(invoice)
        lines.append(line)
    Invoice.objects.bulk_create(invoices, batch_size=500)
    InvoiceLine.objects.bulk_create(lines, batch_size=500)
