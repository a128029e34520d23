"""What a person asks of Xero for one invoice: its online address, and its e-mail."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from invoices.models import Invoice
from xero_integration import online
from xero_integration.views.questions import connection_of


class KeyForm(forms.Form):
    """`key` is the page's own, so that a double click sends one e-mail."""

    key = forms.UUIDField(widget=forms.HiddenInput)


def _invoice(request: BusinessRequest, pk: UUID) -> Invoice:
    return get_object_or_404(request.business.invoices.select_related("business"), pk=pk)


@require_POST
@for_members
def online_invoice(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Ask for the address of the online invoice; it is kept."""
    invoice = _invoice(request, pk)
    try:
        online.fetch_url(connection_of(request), invoice)
    except online.NotPossible as reason:
        messages.error(request, str(reason))
    return redirect(invoice)


@require_POST
@for_members
def email_by_xero(request: BusinessRequest, pk: UUID) -> HttpResponse:
    invoice, form = _invoice(request, pk), KeyForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Open the page anew, then send it.")
        return redirect(invoice)
    _send(request, invoice, form.cleaned_data)
    return redirect(invoice)


def _send(request: BusinessRequest, invoice: Invoice, asked: dict[str, Any]) -> None:
    try:
        online.email(connection_of(request), invoice, key=asked["key"])
    except online.NotPossible as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, f"Xero sends {invoice} to {invoice.contact}.")
