"""The invoices that stand on a contact's page."""

from typing import Any

from contacts.models import Contact
from contacts.registry import Panel
from invoices.dates import today
from pooltrackr.lib.money import ZERO

SHOWN = 5  # enough to see what goes on; the rest is one link away


def contact_invoices(contact: Contact) -> dict[str, Any]:
    """Return the newest invoices, their number and what the contact owes.

    Summed in Python: SQLite would add floats.
    """
    invoices = contact.invoices.select_related("business")
    unpaid = list(invoices.unpaid().only("total", "amount_paid", "due_date", "business"))
    day = today(contact.business)
    return {
        "contact": contact,
        "invoices": invoices[:SHOWN],
        "invoice_count": invoices.count(),
        "owing": sum((invoice.amount_due for invoice in unpaid), ZERO),
        "overdue": sum((row.amount_due for row in unpaid if row.due_date < day), ZERO),
    }


contact_panel = Panel(
    name="invoices", template="invoices/_contact_panel.html", context=contact_invoices
)
