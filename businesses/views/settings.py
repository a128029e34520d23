"""The settings of a business. Members read them, owners change them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render

from businesses.access import BusinessRequest, for_members
from businesses.forms import BusinessForm


@for_members
def business_settings(request: BusinessRequest) -> HttpResponse:
    if request.method == "POST" and not request.membership.is_owner:
        raise PermissionDenied
    form = BusinessForm(request.POST or None, instance=request.business)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "The settings are saved.")
        return redirect("business_settings", request.business.slug)
    # A failed form has written its values onto the instance; the page's frame shows what holds.
    request.business.refresh_from_db()
    return render(request, "businesses/settings.html", {"form": form})
