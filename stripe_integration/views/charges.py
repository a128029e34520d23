"""What a person does about the money of a charge."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from stripe_integration import settling


@require_POST
@for_members
def apply(request: BusinessRequest, pk: int) -> HttpResponse:
    """Book what is left of a charge on its invoice, as far as that needs it."""
    charge = get_object_or_404(request.business.stripe_charges.all(), pk=pk)
    if settling.apply_rest(charge):
        messages.success(request, "Entered as a payment of this invoice.")
    else:
        messages.info(request, "The invoice has nothing left to pay, so nothing was entered.")
    return redirect("invoices:detail", request.business.slug, charge.invoice_id)
