"""What the templates of invoices share."""

from django import template
from django.utils.safestring import SafeString

from invoices.figures import figure as as_figure
from invoices.models import Invoice, InvoiceState
from pooltrackr.templatetags.ui import status_badge

register = template.Library()

KINDS = {
    InvoiceState.DRAFT: "muted",
    InvoiceState.AWAITING: "info",
    InvoiceState.PART_PAID: "info",
    InvoiceState.OVERDUE: "bad",
    InvoiceState.PAID: "ok",
    InvoiceState.VOID: "muted",
}

register.filter("figure", as_figure)


@register.simple_tag
def state_badge(invoice: Invoice) -> SafeString:
    state = invoice.state
    return status_badge(KINDS[state], str(state.label))
