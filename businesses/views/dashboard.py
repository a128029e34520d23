"""The first page of a business; higher apps fill it through businesses.registry."""

from django.http import HttpResponse
from django.shortcuts import render

from businesses.access import BusinessRequest, for_members
from businesses.registry import figures_of, panels_of


@for_members
def dashboard(request: BusinessRequest) -> HttpResponse:
    context = {
        "figures": figures_of(request.business),
        "panels": panels_of(request.business),
    }
    return render(request, "businesses/dashboard.html", context)
