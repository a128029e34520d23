"""The switches of one contact and of one invoice: whether card payment is offered."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from stripe_integration import accounts
from stripe_integration.forms import ContactPayingForm, InvoicePayingForm
from stripe_integration.models import ContactPaying, InvoicePaying

SWITCHES = ("offers_payment", "takes_parts", "keeps_cards", "credits_refunds")


@require_POST
@for_members
def invoice_paying(request: BusinessRequest, pk: UUID) -> HttpResponse:
    invoice = get_object_or_404(request.business.invoices, pk=pk)
    row = InvoicePaying.objects.filter(invoice=invoice).first() or InvoicePaying(
        business=request.business, invoice=invoice
    )
    form = InvoicePayingForm(request.POST, instance=row)
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
    return redirect("invoices:detail", request.business.slug, invoice.pk)


@require_POST
@for_members
def contact_paying(request: BusinessRequest, pk: UUID) -> HttpResponse:
    contact = get_object_or_404(request.business.contacts, pk=pk)
    row = ContactPaying.objects.filter(contact=contact).first() or ContactPaying(
        business=request.business, contact=contact
    )
    form = ContactPayingForm(request.POST, instance=row)
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
    return redirect("contacts:detail", request.business.slug, contact.pk)


@require_POST
@for_members
def business_paying(request: BusinessRequest) -> HttpResponse:
    """Whether invoices offer card payment, and how, where nothing else is said."""
    account = accounts.current(request.business)
    if account is not None:
        for name in SWITCHES:
            setattr(account, name, name in request.POST)
        account.save(update_fields=[*SWITCHES, "updated_at"])
        messages.success(request, "Saved.")
    return redirect("stripe:home", request.business.slug)
