"""Cards that customers let the business keep: charged for an invoice, and forgotten."""

import uuid
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from invoices.models import Invoice
from stripe_integration import accounts, parts, paying, saved_cards
from stripe_integration.errors import StripeRefused
from stripe_integration.forms import ChargeForm
from stripe_integration.models import SavedCard
from stripe_integration.sessions import PayRefused

ENTERED = "{card} was charged {total} {currency}. The payment is entered."
LATER = "{card} was charged {total} {currency}. The payment is entered here in a moment."


@for_members
def charge(request: BusinessRequest, pk: UUID, card_pk: int) -> HttpResponse:
    """Show what the card would be charged; the second press charges it."""
    invoice = get_object_or_404(request.business.invoices.select_related("contact"), pk=pk)
    card = _card(invoice, card_pk)
    form = ChargeForm(request.POST or None, initial=_initial(invoice))
    if request.POST.get("action") == "charge" and form.is_valid():
        return _charged(request, invoice, card, form)
    return _asked(request, invoice, card, form)


def _card(invoice: Invoice, pk: int) -> SavedCard:
    account = accounts.current(invoice.business)
    kept = saved_cards.of(invoice.contact, account).select_related("account__business")
    return get_object_or_404(kept, pk=pk)


def _initial(invoice: Invoice) -> dict[str, Any]:
    return {"amount": invoice.amount_due, "key": uuid.uuid4()}


def _charged(
    request: BusinessRequest, invoice: Invoice, card: SavedCard, form: ChargeForm
) -> HttpResponse:
    sent = form.cleaned_data
    fee = sent["fee"] or Decimal(0)
    words = {"card": card, "total": sent["amount"] + fee, "currency": invoice.currency}
    try:
        paying.charge(
            invoice, card, amount=sent["amount"], fee=fee, key=sent["key"], by=request.user
        )
    except PayRefused as error:
        form.add_error("amount", str(error))
        return _asked(request, invoice, card, form)
    except StripeRefused:
        # It was charged; reading it anew failed, and its event enters it.
        messages.success(request, LATER.format(**words))
    else:
        messages.success(request, ENTERED.format(**words))
    return redirect("invoices:detail", request.business.slug, invoice.pk)


def _asked(
    request: BusinessRequest, invoice: Invoice, card: SavedCard, form: ChargeForm
) -> HttpResponse:
    invoice.refresh_from_db()
    amount = form.cleaned_data.get("amount") if form.is_bound and form.is_valid() else None
    fee, problem = Decimal(0), ""
    try:
        shown = amount if amount is not None else invoice.amount_due
        parts.check(invoice, shown)
        fee = paying.quote(invoice, card, shown).fee
    except PayRefused as error:
        shown, problem = invoice.amount_due, str(error)
    context = {
        "invoice": invoice,
        "card": card,
        "form": form,
        "amount": shown,
        "fee": fee,
        "total": shown + fee,
        "problem": "" if form.errors else problem,
        "key": uuid.uuid4() if form.errors else form["key"].value(),
    }
    status = 422 if form.errors else 200
    return render(request, "stripe_integration/charge_card.html", context, status=status)


@require_POST
@for_members
def forget(request: BusinessRequest, pk: int) -> HttpResponse:
    cards = request.business.saved_cards.kept().select_related("account__business")
    card = get_object_or_404(cards, pk=pk)
    saved_cards.forget(card)
    messages.success(request, f"{card} is forgotten: nobody can charge it any more.")
    return redirect("contacts:detail", request.business.slug, card.contact_id)
