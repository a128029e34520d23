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


def what_archiving_means(contact: Contact) -> list[str]:
    """Say what archiving leaves open: drafts that cannot be issued, and money still owed."""
    drafts = contact.invoices.drafts().count()
    unpaid = contact.invoices.unpaid().count()
    texts = []
    if drafts:
        them = "a draft invoice" if drafts == 1 else f"{drafts} draft invoices"
        texts.append(f"It has {them}; a draft is issued only when its contact is restored.")
    if unpaid:
        them = "One unpaid invoice stays" if unpaid == 1 else f"{unpaid} unpaid invoices stay"
        texts.append(f"{them} due, and payments can still be recorded.")
    return texts


contact_panel = Panel(
    name="invoices", template="invoices/_contact_panel.html", context=contact_invoices
)
