"""The page of payouts: what reached the bank, and why it is less than the invoices say."""

from django.http import HttpResponse

from businesses.access import BusinessRequest, for_members
from pooltrackr.lib.htmx import page
from pooltrackr.lib.tables import Sort, Table

SORTS: dict[str, Sort] = {"arrives": "-arrives_on", "amount": "-amount"}


@for_members
def payouts(request: BusinessRequest) -> HttpResponse:
    rows = request.business.stripe_payouts.all()
    table = Table(request, rows, sorts=SORTS, default="arrives")
    part = "stripe_integration/_payouts_table.html"
    return page(request, "stripe_integration/payouts.html", part, {"table": table})
