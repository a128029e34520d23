"""What an invoice carries beside its sums: theme, mark as sent, tracking, item codes. Pure.

Theme and mark are Xero's own affair once the invoice is there; tracking and codes belong to lines,
which every update sends whole.
"""

from typing import Any

from invoices.models import InvoiceLine
from xero_integration.mapping import tracking
from xero_integration.mapping.mappings import Mappings

Json = dict[str, Any]

# Xero marks nothing as sent that is still a draft (facts: invoices).
MARKED = ("SUBMITTED", "AUTHORISED")


def of_invoice(mappings: Mappings, *, is_new: bool, status: str) -> Json:
    """Return the members for a body that says `status`; empty where the status is not sent."""
    members: Json = {}
    if is_new and mappings.theme:
        members["BrandingThemeID"] = mappings.theme.xero_id
    if mappings.mark_as_sent and status in MARKED:
        members["SentToContact"] = True
    return members


def of_line(mappings: Mappings, line: InvoiceLine) -> Json:
    members: Json = {}
    if options := mappings.tracking_for(line):
        members["Tracking"] = [tracking.as_sent(option) for option in options]
    if item := mappings.item_for(line):
        members["ItemCode"] = item.code
    return members
