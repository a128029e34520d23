"""Fifty differences of ten kinds among thousands of invoices: all found, and nothing else."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from django.db.models import F
from django.utils import timezone

from businesses.models import Business, User
from contacts.models import Contact
from invoices import services
from invoices.models import Invoice, InvoiceLine
from xero_integration import outbox
from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    DifferenceKind,
    DifferenceState,
    Kind,
    Lane,
    Link,
)
from xero_integration.reconciliation import repair
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero
from xero_integration.tests.test_reconciliation import compare

EACH = 5
Plant = Callable[[Sequence[Invoice]], None]


def many(connection: Connection, contact: Contact, number: int) -> list[Invoice]:
    """Issue invoices past every receiver, and send them."""
    business, day = connection.business, timezone.localdate() + dt.timedelta(days=1)
    rate = business.tax_rates.get(is_default=True)
    made = [
        Invoice(
            business=business,
            contact=contact,
            date=day,
            due_date=day,
            status="issued",
            number=f"INV-{n:06d}",
            subtotal=Decimal(100),
            tax_total=Decimal(10),
            total=Decimal(110),
        )
        for n in range(number)
    ]
    Invoice.objects.bulk_create(made, batch_size=500)
    InvoiceLine.objects.bulk_create(
        [
            InvoiceLine(
                business=business,
                invoice=one,
                description="Pool service",
                quantity=1,
                unit_price=100,
                tax_rate=rate,
                line_amount=100,
                tax_amount=10,
            )
            for one in made
        ],
        batch_size=500,
    )
    labels = {one.pk: one.number for one in made}
    outbox.put(connection, Kind.INVOICE, labels, lane=Lane.BULK)
    while connection.outbox.filter(status__in=("waiting", "in_flight")).exists():
        making.drain(connection)
    return made


class Planter:
    """Makes the two sides differ, in the ways people and other programs do."""

    def __init__(self, xero: Xero, connection: Connection, other: Contact) -> None:
        self.xero, self.connection, self.other = xero, connection, other

    def edit(self, invoices: Sequence[Invoice], **fields: object) -> None:
        for one in invoices:
            self.xero.act("edit_invoice", invoice=one.number, fields=fields)

    def missing(self, invoices: Sequence[Invoice]) -> None:
        """Numbered anew here while nobody listened: what stands there is only in Xero now."""
        ids = [one.pk for one in invoices]
        Link.objects.filter(object_id__in=ids).delete()
        for one in invoices:
            Invoice.objects.filter(pk=one.pk).update(number=f"NEW-{one.number}")

    def unlinked(self, invoices: Sequence[Invoice]) -> None:
        Link.objects.filter(object_id__in=[one.pk for one in invoices]).delete()

    def gone(self, invoices: Sequence[Invoice]) -> None:
        self.edit(invoices, Status="VOIDED")

    def stands(self, invoices: Sequence[Invoice]) -> None:
        Invoice.objects.filter(pk__in=[one.pk for one in invoices]).update(status="void")

    def total(self, invoices: Sequence[Invoice]) -> None:
        line = {"Description": "Dearer", "Quantity": 1, "UnitAmount": 500, "AccountCode": "200"}
        self.edit(invoices, LineItems=[line])

    def tax(self, invoices: Sequence[Invoice]) -> None:
        """A rate that somebody corrected by hand here, with the total left as it was."""
        ids = [one.pk for one in invoices]
        Invoice.objects.filter(pk__in=ids).update(tax_total=F("tax_total") - 1)

    def paid(self, invoices: Sequence[Invoice]) -> None:
        """Recorded here, and never heard of by anybody."""
        for one in invoices:
            services.record_payment(one, date=timezone.localdate(), amount=Decimal(40))
        self.connection.outbox.filter(kind=Kind.PAYMENT).delete()

    def dates(self, invoices: Sequence[Invoice]) -> None:
        self.edit(invoices, DueDate=str(timezone.localdate() + dt.timedelta(days=20)))

    def contact(self, invoices: Sequence[Invoice]) -> None:
        link = links.link_for(self.connection, Kind.CONTACT, self.other.pk)
        assert link is not None
        self.edit(invoices, Contact={"ContactID": link.xero_id})

    def number(self, invoices: Sequence[Invoice]) -> None:
        for one in invoices:
            self.edit([one], InvoiceNumber=f"X-{one.number}")


# "missing" makes two differences of each: ours is not there, and theirs is nobody's here.
KINDS = (
    *("missing", "unlinked", "gone", "stands", "total", "tax", "paid", "dates", "contact"),
    "number",
)


def all_found(
    xero: Xero, connection: Connection, blue: Business, alice: User, *, number: int
) -> None:
    contact, other = making.contact(blue, "Rosa Reyes"), making.contact(blue, "Bo Lund")
    making.drain(connection)
    invoices = many(connection, contact, number)
    planter = Planter(xero, connection, other)
    step = number // (len(KINDS) * EACH)
    places = iter(range(0, number, step))
    for kind in KINDS:
        getattr(planter, kind)([invoices[next(places)] for _ in range(EACH)])
    whole = compare(connection)
    expected = Counter(dict.fromkeys((*KINDS, "extra"), EACH))
    assert Counter(whole.differences.values_list("kind", flat=True)) == expected
    mend_all(connection, alice)


def mend_all(connection: Connection, alice: User) -> None:
    """Each is mended, or names why Xero forbids it and what is lawful instead."""
    whole = connection.reconciliations.first()
    assert whole is not None
    open_ones = whole.differences.filter(state=DifferenceState.OPEN)
    for one in open_ones.select_related("reconciliation__connection__business"):
        ways = repair.ways(one)
        if not ways:
            assert repair.forbids(one)
            continue
        repair.repair(one, way=ways[0].name, by=alice)
    for _ in range(3):
        making.make_due(connection)
        making.drain(connection)
    left = compare(connection).differences.values_list("kind", flat=True)
    # Sent anew with the right tax, Xero computes its own again: a person sees both figures.
    assert set(left) <= {DifferenceKind.EXTRA, DifferenceKind.TAX}
    assert Counter(left)[DifferenceKind.EXTRA] == EACH


def test_all_of_fifty_are_found_among_hundreds(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    all_found(xero, connection, blue, alice, number=250)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_all_of_fifty_are_found_among_ten_thousand(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    all_found(xero, connection, blue, alice, number=10_000)
