"""Businesses for the benchmarks, connected and with work to send. Import after `rig.prepare`."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from businesses.models import Business, Membership, User
from contacts.models import Contact
from invoices import services
from invoices.models import Invoice, InvoiceLine
from xero_integration import outbox, payloads
from xero_integration.client.api import Client
from xero_integration.linking import links
from xero_integration.models import Connection, Kind, Lane
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero


def owner() -> User:
    return User.objects.create_user("owner@bench.example", "a-password-for-the-benchmark")


def firm(slug: str, by: User) -> Business:
    business = Business.objects.create(name=slug.title(), slug=slug)
    Membership.objects.create(business=business, user=by, role="owner")
    return business


def connected(xero: Xero, business: Business, by: User, organisation: str) -> Connection:
    return making.connected(xero, business, by, organisation=organisation)


def ready(xero: Xero, slug: str, by: User, organisation: str) -> Connection:
    """Return a business's connection past the wizard: everything is sent as it is saved."""
    return making.ready(connected(xero, firm(slug, by), by, organisation))


def linked(connection: Connection, number: int) -> list[Contact]:
    """Make contacts that Xero has, as a first sync leaves them."""
    made = contacts(connection.business, number, name="Known")
    with Client(connection, lane=Lane.INTERACTIVE) as client:
        bodies = [payloads.contact_payload(one, xero_id="").body for one in made]
        answer = client.call("create_contacts", {"Contacts": bodies}, summarize_errors=False)
    there = [one["ContactID"] for one in answer.elements("Contacts")]
    pairs = {one.pk: xero_id for one, xero_id in zip(made, there, strict=True)}
    with transaction.atomic():
        links.link_contacts(connection, pairs, by=None, in_step=True)
    return made


def contacts(business: Business, number: int, *, name: str = "Customer") -> list[Contact]:
    """Make contacts that no receiver hears of: nothing is queued."""
    made = [
        Contact(
            business=business,
            name=f"{name} {n:05d}",
            first_name=name,
            email=f"customer{n}@pools.example",
            mobile=f"0400 {n:06d}",
            street_line1=f"{n} Reef Street",
            street_city="Cairns",
            street_code="4870",
        )
        for n in range(number)
    ]
    for contact in made:
        contact.refresh_search_key()
    return Contact.objects.bulk_create(made, batch_size=500)


def invoices(business: Business, to: list[Contact], *, first: int = 1) -> list[Invoice]:
    """Make one issued invoice of two lines to each contact, past every receiver."""
    rate = business.tax_rates.get(is_default=True)
    day = timezone.localdate() + dt.timedelta(days=1)
    made, lines = [], []
    for n, contact in enumerate(to, first):
        invoice = Invoice(business=business, contact=contact, date=day, due_date=day)
        invoice.status, invoice.number = "issued", f"BULK-{n:06d}"
        invoice.subtotal, invoice.tax_total, invoice.total = 200, 20, 220
        invoice.search_key = invoice.number.lower()
        made.append(invoice)
        for position in range(2):
            line = InvoiceLine(business=business, invoice=invoice, description="Pool service")
            line.position, line.quantity, line.unit_price, line.tax_rate = position, 1, 100, rate
            line.line_amount, line.tax_amount = 100, 10
            lines.append(line)
    Invoice.objects.bulk_create(made, batch_size=500)
    InvoiceLine.objects.bulk_create(lines, batch_size=500)
    return made


def queue(connection: Connection, kind: Kind, labels: dict[UUID, str], *, lane: Lane) -> None:
    outbox.put(connection, kind, labels, lane=lane)


def issue_one(to: Contact) -> Invoice:
    """What a person does: draft and issue. The commit is the last thing that happens."""
    return services.issue(making.draft(to), by=None)
