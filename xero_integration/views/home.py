"""Account > Integrations > Xero: how the connection stands, and what can be done with it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members, for_owners
from xero_integration import jobs, panels
from xero_integration.client.errors import XeroError
from xero_integration.connecting import disconnecting, review
from xero_integration.forms.log import DigestForm
from xero_integration.health import outlook, reports
from xero_integration.mapping import mappings, product_list
from xero_integration.models import Connection, JobKind, Step
from xero_integration.reading import chart
from xero_integration.wizard import inbox, work
from xero_integration.wizard.steps import Wizard


@for_members
def home(request: BusinessRequest) -> HttpResponse:
    wizard = Wizard(request.business)
    connection = wizard.connection
    context = {"wizard": wizard, "connection": connection, "next_step": _next_step(wizard)}
    if connection is not None:
        context |= _standing(wizard, connection)
    else:
        former = request.business.xero_connections.order_by("-disconnected_at").first()
        context["former"] = former
    return render(request, "xero_integration/home.html", context)


def _next_step(wizard: Wizard) -> dict[str, Any] | None:
    """What is left of the wizard, if anything."""
    if wizard.current == Step.DONE:
        return None
    places = wizard.places(wizard.current)
    place = places[wizard.number(wizard.current) - 1]
    return {"place": place, "places": places, "begun": wizard.passed(Step.DEDUPE)}


def _standing(wizard: Wizard, connection: Connection) -> dict[str, Any]:
    ahead = outlook.outlook(connection)
    going = ahead.waiting and connection.is_active and connection.contacts_open_at
    return {
        "standing": reports.standing(connection),
        "held": reports.held(connection),
        "paused": outlook.paused(connection),
        "not_reading": outlook.not_reading(connection),
        "outlook": ahead if going else None,
        "unusable": mappings.unusable(connection) if connection.invoices_open_at else [],
        "products": len(product_list.troubled(connection)),
        "job": work.unfinished(wizard, JobKind.READ, JobKind.SUGGEST, JobKind.SYNC),
        "latest": reports.lines(connection, connection.entries.all()[:5]),
        "digest": DigestForm(instance=connection),
        "new": inbox.waiting(connection).count(),
        "asked": panels.asked_of(connection),
        "linked": connection.links.current().count(),
    }


@for_members
def wizard(request: BusinessRequest) -> HttpResponse:
    """Go on where the business left the wizard."""
    return redirect(Wizard(request.business).url())


@require_POST
@for_members
def test_connection(request: BusinessRequest) -> HttpResponse:
    """Ask Xero for the organisation: the shortest call, and one that costs nothing."""
    connection = Wizard(request.business).connection
    if connection is None:
        return redirect("xero:home", request.business.slug)
    try:
        chart.read(connection)
    except XeroError as error:
        messages.error(request, f"Xero did not answer as it should: {error.message}")
    else:
        messages.success(request, f"{connection.organisation_name} answers. All is well.")
    return redirect("xero:home", request.business.slug)


@require_POST
@for_members
def digest(request: BusinessRequest) -> HttpResponse:
    """Set how soon the owners are written to about what needs them."""
    connection = Wizard(request.business).connection
    if connection is not None:
        form = DigestForm(request.POST, instance=connection)
        if form.is_valid():
            form.save()
            messages.success(request, "Saved.")
    return redirect("xero:home", request.business.slug)


@for_members
def changed(request: BusinessRequest) -> HttpResponse:
    """After a reconnect: what changed on either side meanwhile; going on is a press of its own."""
    wizard = Wizard(request.business)
    connection = wizard.connection
    if connection is None or not connection.is_under_review:
        return redirect("xero:home", request.business.slug)
    job = work.unfinished(wizard, JobKind.READ)
    if "again" in request.POST:
        jobs.start(connection, JobKind.READ, by=request.user)
        return redirect("xero:changed", request.business.slug)
    if request.method == "POST" and review.go_on(connection, by=request.user):
        messages.success(request, f"{connection.organisation_name}: everything goes on.")
        return redirect("xero:home", request.business.slug)
    context: dict[str, Any] = {"connection": connection, "job": job}
    if not job and review.is_read(connection):
        context["groups"] = review.groups(connection)
    elif not job:
        context |= {"unread": True, "stopped": work.stopped(wizard, JobKind.READ)}
    return render(request, "xero_integration/changed.html", context)


@for_owners
def disconnect(request: BusinessRequest) -> HttpResponse:
    """Ask first, on a page that says what stays; then end the connection here and in Xero."""
    connection = Wizard(request.business).connection
    if connection is None:
        return redirect("xero:home", request.business.slug)
    if request.method == "POST":
        told = disconnecting.disconnect(connection, by=request.user)
        messages.success(request, _disconnected(connection, told=told))
        return redirect("xero:home", request.business.slug)
    context = {"connection": connection, "standing": reports.standing(connection)}
    return render(request, "xero_integration/disconnect.html", context)


def _disconnected(connection: Connection, *, told: bool) -> str:
    words = f"{connection.organisation_name} is disconnected. Nothing was removed on either side."
    if told:
        return words
    return f"{words} Xero did not answer; it will be told as soon as it does."
