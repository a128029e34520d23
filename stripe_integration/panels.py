"""What card payments add to the pages of an invoice and of a contact, and to its document."""

from typing import Any

from businesses.models import Business
from contacts import registry as contact_pages
from contacts.models import Contact
from invoices import registry as invoice_pages
from invoices.models import Invoice
from stripe_integration import accounts, links, offer, saved_cards
from stripe_integration.forms import ContactPayingForm, InvoicePayingForm
from stripe_integration.models import CheckoutSession, ContactPaying, InvoicePaying, SessionStatus


def has_ever(business: Business) -> bool:
    return business.stripe_accounts.exists()


def of_invoice(invoice: Invoice) -> dict[str, Any] | None:
    """The link to pay, who decided on it, and what came of the customer's tries."""
    if invoice.is_draft or not has_ever(invoice.business):
        return None
    charges = list(invoice.stripe_charges.all())
    if invoice.is_void and not charges:
        return None
    offered = offer.of(invoice)
    row = InvoicePaying.objects.filter(invoice=invoice).first() or InvoicePaying(invoice=invoice)
    return {
        "link": links.link_to(invoice) if offered.account else "",
        "reason": offered.reason,
        "account": offered.account,
        "form": InvoicePayingForm(instance=row),
        "saved_cards": saved_cards.of(invoice.contact, offered.account) if offered.account else [],
        "tries": _unpaid(invoice),
        "charges": charges,
        "needs_person": any(charge.unapplied for charge in charges),
    }


def _unpaid(invoice: Invoice) -> list[CheckoutSession]:
    tries = invoice.stripe_sessions.exclude(status=SessionStatus.PAID)
    return list(tries.select_related("saved_card", "started_by")[:3])


def of_contact(contact: Contact) -> dict[str, Any] | None:
    account = accounts.current(contact.business)
    if account is None or contact.is_archived:
        return None
    row = ContactPaying.objects.filter(contact=contact).first() or ContactPaying(contact=contact)
    return {
        "contact": contact,
        "account": account,
        "form": ContactPayingForm(instance=row),
        "saved_cards": saved_cards.of(contact, account),
    }


def register() -> None:
    template = "stripe_integration/_invoice_panel.html"
    invoice_pages.register_panel(invoice_pages.Panel("stripe", template, of_invoice))
    template = "stripe_integration/_contact_panel.html"
    contact_pages.register_panel(contact_pages.Panel("stripe", template, of_contact))
    invoice_pages.register_pay_link("stripe", offer.link_for)
