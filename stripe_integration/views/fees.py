"""The page of card fees: what may be charged on, how, and who decided on it."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render

from businesses.access import BusinessRequest, for_members
from businesses.models import User
from invoices.dates import today
from stripe_integration import accounts, fees
from stripe_integration.forms import OnChargeForm
from stripe_integration.models import OnCharge, OnChargeChange, StripeAccount
from stripe_integration.surcharges.cards import LABELS, Brand
from stripe_integration.surcharges.law import verdict

SHOWN = (Brand.AMEX, Brand.VISA, Brand.MASTERCARD, Brand.EFTPOS)
EXAMPLE = Decimal(100)


@for_members
def card_fees(request: BusinessRequest) -> HttpResponse:
    if request.method == "POST" and not request.membership.is_owner:
        raise PermissionDenied
    account = accounts.current(request.business)
    if account is None:
        messages.info(request, "Connect Stripe first.")
        return redirect("stripe:home", request.business.slug)
    before = fees.settings_of(request.business)
    was = _as_words(before)
    form = OnChargeForm(request.POST or None, instance=before)
    if request.method == "POST" and form.is_valid():
        _save(form, was, by=request.user)
        messages.success(request, "Saved.")
        return redirect("stripe:fees", request.business.slug)
    status = 422 if request.method == "POST" else 200
    context = _context(account, fees.settings_of(request.business), form)
    return render(request, "stripe_integration/fees.html", context, status=status)


@transaction.atomic
def _save(form: OnChargeForm, was: dict[str, str], *, by: User) -> None:
    saved = form.save()
    OnChargeChange.objects.create(
        business=saved.business,
        by=by,
        before=was,
        after=_as_words(saved),
        reason=form.cleaned_data["reason"].strip(),
    )


def _as_words(chosen: OnCharge) -> dict[str, str]:
    """Return the settings as text that any later version can read; what is off is empty."""
    values = model_to_dict(chosen, exclude=["id", "business"])
    return {
        name: "" if value is None or value is False else str(value)
        for name, value in values.items()
    }


def _context(account: StripeAccount, chosen: OnCharge, form: OnChargeForm) -> dict[str, Any]:
    day = today(account.business)
    cost = fees.cost_of(chosen, country=account.country, on=day)
    rows = [(LABELS[brand], verdict(account.country, brand, None, on=day)) for brand in SHOWN]
    return {
        "account": account,
        "chosen": chosen,
        "form": form,
        "rows": rows,
        "cost": cost,
        "example": EXAMPLE,
        "example_fee": fees.amount_of(chosen, EXAMPLE, cost),
        "changes": account.business.stripe_on_charge_changes.select_related("by")[:20],
    }
