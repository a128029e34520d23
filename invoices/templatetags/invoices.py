"""What the templates of invoices share."""

from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from invoices import figures
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


@register.filter
def figure(number: Decimal) -> str:
    """A quantity or a percentage: 1.5, not 1.5000."""
    return figures.figure(number, grouped=True)


@register.filter
def price(number: Decimal) -> str:
    """A unit price: at least cents, and the further decimals that it has."""
    return figures.figure(number, places=2, grouped=True)


@register.simple_tag
def state_badge(invoice: Invoice) -> SafeString:
    state = invoice.state
    return status_badge(KINDS[state], str(state.label))
