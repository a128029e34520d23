"""Whether an invoice is offered to be paid by card: business, contact and invoice have a say."""

from dataclasses import dataclass

from contacts.models import Contact
from invoices.models import Invoice
from stripe_integration import accounts, links
from stripe_integration.minor import can_be_charged
from stripe_integration.models import ContactPaying, InvoicePaying, StripeAccount


@dataclass(frozen=True)
class Offer:
    """The account that an invoice can be paid into, or why it cannot, for the staff."""

    account: StripeAccount | None
    reason: str = ""


def of(invoice: Invoice) -> Offer:
    account = accounts.current(invoice.business)
    if account is None:
        return Offer(None, "Stripe is not connected.")
    if not account.may_charge:
        return Offer(None, " ".join(accounts.problems(account)))
    if not is_wanted(invoice, account):
        return Offer(None, "Card payment is switched off for this invoice.")
    if not invoice.may_be_paid:
        return Offer(None, "There is nothing to pay.")
    if not can_be_charged(invoice.amount_due, invoice.currency):
        return Offer(None, "Stripe does not take amounts as small or as large as this one.")
    return Offer(account)


def is_wanted(invoice: Invoice, account: StripeAccount) -> bool:
    """Say whether the nearest switch that was set says yes: invoice, contact, business."""
    own = InvoicePaying.objects.filter(invoice=invoice).first()
    if own is not None and own.offers_payment is not None:
        return own.offers_payment
    return is_wanted_for(invoice.contact, account)


def is_wanted_for(contact: Contact, account: StripeAccount) -> bool:
    own = ContactPaying.objects.filter(contact=contact).first()
    if own is not None and own.offers_payment is not None:
        return own.offers_payment
    return account.offers_payment


def link_for(invoice: Invoice) -> str:
    """Return the link that goes to the customer, or nothing where card payment is not offered."""
    return links.link_to(invoice) if of(invoice).account else ""
