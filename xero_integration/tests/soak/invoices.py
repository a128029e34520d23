"""What people do with invoices here: issue, edit, void. In Xero: nothing yet but their money."""

import datetime as dt
from decimal import Decimal

from invoices import services
from invoices.models import Invoice, InvoiceStatus
from invoices.services import InvoiceData, LineData
from xero_integration.tests import making
from xero_integration.tests.soak.contacts import in_use_here
from xero_integration.tests.soak.world import Step, World

# Beyond these nothing is issued, so that most steps meet an invoice that something happened to.
MOST_OPEN = 8


def issue_here(world: World) -> None:
    if len(standing(world)) < MOST_OPEN:
        making.invoice(world.dice.choice(in_use_here(world)), *_lines(world))


def edit_here(world: World) -> None:
    """Change the lines of one that has no money here; Xero may have some already."""
    may = [one for one in standing(world) if one.may_be_edited]
    if not may:
        return
    invoice = world.dice.choice(may)
    data = InvoiceData(
        contact=invoice.contact,
        date=invoice.date,
        due_date=invoice.due_date + dt.timedelta(days=world.dice.randrange(3)),
        reference=world.value("reference"),
        lines=_lines(world, invoice),
    )
    services.update(invoice, data=data)


def void_here(world: World) -> None:
    may = [one for one in standing(world) if one.may_be_voided]
    if may:
        services.void(world.dice.choice(may), by=world.user)


def _lines(world: World, invoice: Invoice | None = None) -> list[LineData]:
    """Return one to three lines; those the invoice has keep their keys."""
    held = list(invoice.lines.all()) if invoice else []
    made = [_line(world) for _ in range(world.dice.randint(1, 3))]
    return [
        LineData(**{**vars(line), "id": held[place].pk}) if place < len(held) else line
        for place, line in enumerate(made)
    ]


def _line(world: World) -> LineData:
    price = Decimal(world.dice.randrange(100, 90000)) / 100
    quantity = Decimal(world.dice.randrange(1, 12)) / 4
    percent = world.dice.choice([0, 10, 10])
    return making.line(world.business, str(price), quantity=quantity, percent=percent)


def standing(world: World) -> list[Invoice]:
    """Return the invoices that are issued and not paid, oldest first."""
    issued = world.business.invoices.filter(status=InvoiceStatus.ISSUED).order_by("number")
    return [one for one in issued if one.amount_due > 0]


STEPS: dict[Step, int] = {issue_here: 6, edit_here: 4, void_here: 1}
