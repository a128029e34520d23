"""The demo's invoices of the last three months, in every state, written by the app's services."""

import datetime as dt
import random
from collections.abc import Mapping
from decimal import Decimal
from zoneinfo import ZoneInfo

from businesses.models import Business
from contacts.models import Contact, ContactKind, Pool
from contacts.models.pool import PoolType
from invoices import services
from invoices.models import Invoice, PaymentMethod, Product
from pooltrackr.lib.money import rounded

DAYS_BACK = 90
DRAFTS_PER_HUNDRED = 6  # the newest ones
VOID_OF_UNPAID = 0.12
DISCOUNTED_SHARE = 0.08
# By age in days: how many are paid in full by now, and how many in part.
PAID = ((45, 0.95, 0.02), (20, 0.82, 0.05), (7, 0.40, 0.04), (0, 0.10, 0.02))

METHODS = (
    PaymentMethod.BANK_TRANSFER,
    PaymentMethod.BANK_TRANSFER,
    PaymentMethod.CARD,
    PaymentMethod.EFTPOS,
    PaymentMethod.CASH,
)
CHEMICALS = ("CHLOR-10", "ACID-5", "SALT-20", "BUFFER-4", "STABIL-2", "ALGAE-1", "CLARIFY-1")
# What is done on a visit: lines of (code, quantity), and how often.
JOBS: tuple[tuple[int, tuple[tuple[str, str], ...]], ...] = (
    (10, (("SERVICE", "1"),)),
    (8, (("SERVICE", "1"), ("WATER-TEST", "1"))),
    (2, (("GREEN", "1"), ("VACUUM", "1"), ("CHLOR-GRAN", "1"))),
    (2, (("CALL-OUT", "1"), ("LABOUR", "1.5"), ("SEAL-KIT", "1"))),
    (2, (("PUMP-VS", "1"), ("LABOUR", "2.25"), ("TRAVEL", "34.5"))),
    (1, (("CELL-25", "1"), ("LABOUR", "0.75"))),
    (1, (("LEAK-TEST", "1"), ("LABOUR", "2"))),
    (1, (("FILTER-CART", "2"), ("SERVICE", "1"), ("WATER-LAB", "1"))),
)


def make(
    business: Business,
    paid_by: list[tuple[Contact, Pool]],
    products: Mapping[str, Product],
    *,
    chance: random.Random,
    count: int,
    until: dt.date,
) -> list[Invoice]:
    """Write `count` invoices in the order of their dates, so that their numbers rise with them."""
    dates = sorted(until - dt.timedelta(days=chance.randrange(DAYS_BACK)) for _ in range(count))
    drafts = count * DRAFTS_PER_HUNDRED // 100
    invoices = []
    for position, date in enumerate(dates):
        contact, pool = chance.choice(paid_by)
        data = invoice_data(contact, pool, products, date=date, chance=chance)
        invoice = services.create_draft(business, data=data)
        if position < count - drafts:
            settle(services.issue(invoice, by=None), until=until, chance=chance)
        invoices.append(invoice)
    backdate(business)
    return invoices


def invoice_data(
    contact: Contact,
    pool: Pool,
    products: Mapping[str, Product],
    *,
    date: dt.date,
    chance: random.Random,
) -> services.InvoiceData:
    lines = [
        line(products[code], Decimal(quantity), chance)
        for code, quantity in what_was_done(contact, pool, chance)
    ]
    return services.InvoiceData(
        contact=contact,
        pool=pool,
        date=date,
        service_date=date - dt.timedelta(days=chance.choice((0, 0, 1, 2))),
        lines=lines,
    )


def what_was_done(contact: Contact, pool: Pool, chance: random.Random) -> list[tuple[str, str]]:
    job = list(chance.choices([lines for _, lines in JOBS], [often for often, _ in JOBS])[0])
    if job[0][0] == "SERVICE" and contact.kind == ContactKind.COMPANY:
        job[0] = ("SERVICE-COM", "1")
    elif job[0][0] == "SERVICE" and pool.type == PoolType.SPA:
        job[0] = ("SERVICE-SPA", "1")
    used = chance.sample(CHEMICALS, chance.choice((0, 1, 1, 2, 3)))
    return job + [(code, chance.choice(("1", "1", "2", "3"))) for code in used]


def line(product: Product, quantity: Decimal, chance: random.Random) -> services.LineData:
    discounted = chance.random() < DISCOUNTED_SHARE
    return services.LineData(
        product=product,
        description=product.description or product.name,
        quantity=quantity,
        unit_price=product.price,
        tax_rate=product.tax_rate,
        discount_percent=Decimal(chance.choice((5, 10))) if discounted else Decimal(0),
    )


def settle(invoice: Invoice, *, until: dt.date, chance: random.Random) -> None:
    """Pay an issued invoice in full, in part or not yet, or void it."""
    age = (until - invoice.date).days
    fully, partly = next((full, part) for days, full, part in PAID if age >= days)
    luck = chance.random()
    if luck < fully:
        pay(invoice, invoice.total, until=until, chance=chance)
    elif luck < fully + partly:
        pay(invoice, rounded(invoice.total / 2), until=until, chance=chance)
    elif chance.random() < VOID_OF_UNPAID:
        services.void(invoice, by=None)


def pay(invoice: Invoice, amount: Decimal, *, until: dt.date, chance: random.Random) -> None:
    latest = (until - invoice.date).days
    date = invoice.date + dt.timedelta(days=min(latest, chance.randrange(1, 21)))
    method = chance.choice(METHODS)
    services.record_payment(invoice, date=date, amount=amount, method=method)


def backdate(business: Business) -> None:
    """Let each invoice seem written at four in the afternoon of its date, not all just now."""
    invoices = list(business.invoices.all())
    for invoice in invoices:
        at = dt.datetime.combine(invoice.date, dt.time(16), tzinfo=ZoneInfo(business.time_zone))
        at = min(at, invoice.created_at)
        invoice.created_at = at
        invoice.issued_at = invoice.issued_at and at
    Invoice.objects.bulk_update(invoices, ["created_at", "issued_at"])
