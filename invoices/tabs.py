"""The tabs of the invoice list, and how many invoices stand in each."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Q

from invoices.models import InvoiceStatus
from invoices.models.invoice import PAID, UNPAID, InvoiceQuerySet


@dataclass(frozen=True)
class Tab:
    """`condition` takes the day by the business's clock."""

    name: str
    label: str
    condition: Callable[[dt.date], Q]


# Overdue invoices await payment too, as on Xero's own page: the two tabs overlap.
TABS = (
    Tab("", "All", lambda day: Q()),
    Tab("draft", "Draft", lambda day: Q(status=InvoiceStatus.DRAFT)),
    Tab("awaiting", "Awaiting payment", lambda day: UNPAID),
    Tab("overdue", "Overdue", lambda day: UNPAID & Q(due_date__lt=day)),
    Tab("paid", "Paid", lambda day: PAID),
    Tab("void", "Void", lambda day: Q(status=InvoiceStatus.VOID)),
)


def tab_called(name: str) -> Tab:
    """The tab of that name, or the first: a link is never an error."""
    return next((tab for tab in TABS if tab.name == name), TABS[0])


def counts(invoices: InvoiceQuerySet, *, day: dt.date) -> list[tuple[Tab, int]]:
    """Return each tab with its number of invoices, by one query."""
    wanted = {f"n{i}": Count("pk", filter=tab.condition(day)) for i, tab in enumerate(TABS)}
    found = invoices.order_by().aggregate(**wanted)
    return [(tab, found[f"n{i}"]) for i, tab in enumerate(TABS)]
