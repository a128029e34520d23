"""The dashboard's figures about invoices, and the list of those to chase."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.urls import reverse

from businesses.models import Business
from businesses.registry import Figure, Panel
from invoices.dates import today
from pooltrackr.lib.money import ZERO

CHASED = 5  # a morning's worth of phone calls


def figures(business: Business) -> list[Figure]:
    """What is owed, what of it is late, and what waits to be issued."""
    day = today(business)
    # Plain values: rows with few columns would each be asked for their business again.
    rows = business.invoices.unpaid().values_list("due_date", "total", "amount_paid")
    unpaid = [(due, total - paid) for due, total, paid in rows.iterator(chunk_size=2000)]
    late = [(due, owed) for due, owed in unpaid if due < day]
    drafts = business.invoices.drafts().count()
    url = reverse("invoices:list", args=[business.slug])
    return [
        Figure("Awaiting payment", _owed(unpaid), f"{url}?state=awaiting", _count(len(unpaid))),
        Figure(
            "Overdue", _owed(late), f"{url}?state=overdue", _count(len(late)), "bad" if late else ""
        ),
        Figure("Draft invoices", str(drafts), f"{url}?state=draft", "not yet issued"),
    ]


def _owed(unpaid: Iterable[tuple[dt.date, Decimal]]) -> str:
    """Summed in Python: SQLite would add floats."""
    amount: Decimal = sum((owed for _due, owed in unpaid), ZERO)
    return f"${amount:,.2f}"


def _count(number: int) -> str:
    return f"{number:,} invoice{'' if number == 1 else 's'}"


def overdue(business: Business) -> dict[str, Any] | None:
    late = business.invoices.overdue(on=today(business)).select_related("contact")
    invoices = list(late.order_by("due_date", "pk")[:CHASED])
    return {"invoices": invoices} if invoices else None


dashboard_panel = Panel(
    name="invoices", template="invoices/_dashboard_panel.html", context=overdue, order=20
)
