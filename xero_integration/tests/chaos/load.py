"""What goes through the storm, and what must stand in Xero when it is over."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import transaction

from businesses.models import Business
from contacts.models import Contact
from invoices.models import Invoice, InvoiceStatus
from xero_integration.models import OPEN_BATCHES, Connection, Kind, OutboxStatus
from xero_integration.payloads import contact_number
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

MOST_LINES = 4


@dataclass
class Load:
    """Makes contacts and invoices by a seed, a few in a transaction, as people and imports do."""

    business: Business
    chance: random.Random
    contacts: list[Contact] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def add(self, *, contacts: int, invoices: int) -> None:
        while contacts > 0:
            some = min(contacts, self.chance.choice([1, 1, 3, 10, 50]))
            with transaction.atomic():
                self.contacts += [self._contact() for _ in range(some)]
            contacts -= some
        while invoices > 0:
            some = min(invoices, self.chance.choice([1, 1, 3, 10]))
            with transaction.atomic():
                self.invoices += [self._invoice() for _ in range(some)]
            invoices -= some

    def _contact(self) -> Contact:
        number = next(self.numbers)
        return making.contact(
            self.business,
            f"Customer {number:06d}",
            email=f"customer-{number}@example.com",
            phone="07 5555 0100",
        )

    def _invoice(self) -> Invoice:
        return making.invoice(self.chance.choice(self.contacts), *self._lines())

    def _lines(self) -> Iterator[Any]:
        for _ in range(self.chance.randint(1, MOST_LINES)):
            yield making.line(
                self.business,
                str(Decimal(self.chance.randrange(1, 9_999_999)) / 10_000),
                quantity=Decimal(self.chance.randrange(1, 90_000)) / 10_000,
                discount_percent=Decimal(self.chance.choice([0, 0, 0, 5, 10])),
                percent=self.chance.choice([0, 10, 10]),
            )

    def edit_one(self) -> None:
        """Change a contact that may be under way, in Xero, or neither."""
        contact = self.chance.choice(self.contacts)
        contact.first_name = f"Edit {self.chance.randrange(10_000)}"
        contact.save(update_fields=["first_name", "updated_at"])

    def void_one(self) -> None:
        invoice = Invoice.objects.get(pk=self.chance.choice(self.invoices).pk)
        if invoice.status == InvoiceStatus.ISSUED:
            making.void(invoice)


def unsettled(connection: Connection) -> Counter[str]:
    """Count what has not come to its end: rows that are not done, and batches that are open."""
    rows = connection.outbox.exclude(status=OutboxStatus.DONE)
    found = Counter(rows.values_list("status", flat=True))
    found["open batches"] = connection.batches.filter(status__in=OPEN_BATCHES).count()
    return +found


def parked(connection: Connection) -> list[tuple[str, str, str]]:
    rows = connection.outbox.filter(status=OutboxStatus.PARKED)
    return list(rows.values_list("kind", "error_code", "error_message"))


def check(xero: Xero, connection: Connection) -> None:
    """Compare everything of ours with everything in Xero: each once, equal to the cent."""
    contacts = connection.business.contacts.all()
    ours = {contact_number(one.pk): (one.name, one.first_name) for one in contacts}
    theirs = xero.contacts()
    assert len(theirs) == len(ours)
    found = {one["ContactNumber"]: (one["Name"], one.get("FirstName") or "") for one in theirs}
    assert found == ours

    issued = connection.business.invoices.filter(status=InvoiceStatus.ISSUED)
    # One voided before it was ever sent has no business in Xero.
    voided = set(_numbers(connection.business, InvoiceStatus.VOID))
    there = xero.invoices()
    assert len(there) == len({one["InvoiceNumber"] for one in there})
    gone = {one["InvoiceNumber"] for one in there if one["Status"] == "VOIDED"}
    assert gone <= voided
    standing = {one["InvoiceNumber"]: one for one in there if one["Status"] != "VOIDED"}
    assert {number: _in_xero(one) for number, one in standing.items()} == {
        one.number: ("AUTHORISED", one.total, one.tax_total) for one in issued
    }
    linked = connection.links.current()
    assert linked.filter(kind=Kind.CONTACT).count() == len(theirs)
    assert linked.filter(kind=Kind.INVOICE).count() == len(there)


def _numbers(business: Business, status: InvoiceStatus) -> Iterator[str]:
    yield from business.invoices.filter(status=status).values_list("number", flat=True)


def _in_xero(invoice: dict[str, Any]) -> tuple[str, Decimal, Decimal]:
    total, tax = (Decimal(str(invoice[name])) for name in ("Total", "TotalTax"))
    return invoice["Status"], total, tax
