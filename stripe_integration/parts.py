"""Paying a part of an invoice: whether a customer may, and which amounts can be charged."""

from decimal import Decimal

from invoices.models import Invoice
from stripe_integration import sessions
from stripe_integration.minor import SMALLEST, can_be_charged
from stripe_integration.models import ContactPaying, InvoicePaying, StripeAccount


def are_taken(invoice: Invoice, account: StripeAccount) -> bool:
    """Say whether the nearest switch that was set says yes: invoice, contact, business."""
    own = InvoicePaying.objects.filter(invoice=invoice).exclude(takes_parts=None).first()
    contact = ContactPaying.objects.filter(contact=invoice.contact_id).exclude(takes_parts=None)
    nearest = own or contact.first()
    return bool(nearest.takes_parts) if nearest else account.takes_parts


def check(invoice: Invoice, amount: Decimal) -> None:
    """Raise PayRefused, in words for the payer, where that much of what is due cannot be paid."""
    due, currency = invoice.amount_due, invoice.currency
    if not 0 < amount <= due:
        raise sessions.PayRefused(f"Enter an amount from 0.01 to {due} {currency}.")
    if currency not in SMALLEST:
        raise sessions.PayRefused(sessions.NOT_OFFERED)
    if not can_be_charged(amount, currency):
        least = f"{SMALLEST[currency]} {currency}"
        raise sessions.PayRefused(f"A card pays {least} at least. Enter more.")
    rest = due - amount
    if rest and not can_be_charged(rest, currency):
        words = f"Then {rest} {currency} would be left, too little to be paid by card."
        raise sessions.PayRefused(f"{words} Pay all of it, or less.")
