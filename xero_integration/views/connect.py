"""The connect step: to Xero's consent page and back, and what came of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from businesses.access import BusinessRequest, for_members
from xero_integration import jobs
from xero_integration.connecting import connect
from xero_integration.connecting.connect import (
    ATTACHMENTS_SCOPE,
    BANK_SCOPE,
    ConnectError,
    extra_scopes,
)
from xero_integration.models import Connection, Consent, JobKind, Step
from xero_integration.views.frame import at_step, connected, frame
from xero_integration.wizard import steps, work
from xero_integration.wizard.steps import Wizard

# What Xero will ask for, in the order of its page, in words a person uses.
PERMISSIONS = (
    ("View and manage your contacts", "to link them, and to create or update yours in Xero"),
    ("View and manage your invoices", "to send each invoice that you issue here"),
    ("View and manage your payments", "to enter money you receive, and to see what was paid there"),
    ("View your organisation settings", "to offer you its accounts and tax rates"),
    ("View your name and e-mail address", "to show who connected, and for nothing else"),
    ("Stay connected while you are away", "so that records arrive without another log-in"),
)
# What it asks for besides, once that is wanted.
OPTIONAL = {
    ATTACHMENTS_SCOPE: ("View and manage your attachments", "to attach the PDF of each invoice"),
    BANK_SCOPE: (
        "View and manage your bank transactions",
        "to enter the fees, refunds and payouts of card payments on the accounts that you chose",
    ),
}
# Where in the product a consent may begin; it ends there too.
WIZARD, HOME = "wizard", "home"


@for_members
@at_step(Step.CONNECT)
def connect_page(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    context = frame(
        wizard,
        Step.CONNECT,
        connection=wizard.connection,
        permissions=(
            *PERMISSIONS,
            *(OPTIONAL[scope] for scope in extra_scopes(request.business)),
        ),
        job=work.unfinished(wizard, JobKind.READ),
        stopped=work.stopped(wizard, JobKind.READ),
        counts=_counts(wizard.connection),
    )
    return render(request, "xero_integration/connect.html", context)


def _counts(connection: Connection | None) -> dict[str, int]:
    if connection is None:
        return {}
    return {
        "contacts": connection.xero_contacts.usable().count(),
        "accounts": connection.accounts.for_sales().count(),
        "tax_rates": connection.xero_tax_rates.filter(can_apply_to_revenue=True).count(),
    }


@require_POST
@for_members
def connect_start(request: BusinessRequest) -> HttpResponse:
    """Send the person to Xero's consent page."""
    next_step = HOME if request.POST.get("from") == HOME else WIZARD
    url = connect.authorise_url(
        request.business,
        user=request.user,
        next_step=next_step,
        afresh="afresh" in request.POST,
    )
    return HttpResponseRedirect(url)


@require_GET
@login_required
def callback(request: HttpRequest) -> HttpResponse:
    """Take Xero's answer. Only ever a redirect: the code must not stay in the address bar."""
    user = request.user
    assert not user.is_anonymous
    params = request.GET.dict()
    try:
        consent = connect.consent_of(params, user=user)
    except ConnectError as error:
        messages.error(request, error.message)
        return redirect("home")
    try:
        connection = connect.complete(params, user=user)
    except ConnectError as error:
        return _refused(request, consent, error)
    return _arrived(request, connection, consent)


def _refused(request: HttpRequest, consent: Consent, error: ConnectError) -> HttpResponse:
    slug = consent.business.slug
    if error.code == "several_organisations":
        return redirect("xero:choose_organisation", slug, consent.pk)
    level = messages.INFO if error.code in ("denied", "already_used") else messages.ERROR
    messages.add_message(request, level, error.message)
    return redirect("xero:home" if consent.next_step == HOME else "xero:connect", slug)


def _arrived(request: HttpRequest, connection: Connection, consent: Consent) -> HttpResponse:
    """Begin to read the organisation at once: the next step needs its contacts."""
    name = connection.organisation_name
    steps.begin_linking(connection)
    jobs.start(connection, JobKind.READ, by=consent.user)
    messages.success(request, f"{consent.business} is connected to {name}.")
    if connection.is_under_review:
        return redirect("xero:changed", consent.business.slug)
    return redirect(
        "xero:home" if consent.next_step == HOME else "xero:wizard", consent.business.slug
    )


@for_members
def choose_organisation(request: BusinessRequest, pk: int) -> HttpResponse:
    """The choice when access was given to several organisations at once."""
    consents = Consent.objects.filter(business=request.business, user=request.user)
    consent = get_object_or_404(consents, pk=pk)
    organisations = connect.organisations_of(consent)
    if request.method == "POST":
        try:
            chosen = request.POST.get("organisation", "")
            connection = connect.choose(consent, tenant_id=chosen, user=request.user)
        except ConnectError as error:
            return _refused(request, consent, error)
        return _arrived(request, connection, consent)
    if not organisations:
        return redirect("xero:wizard", request.business.slug)
    context = {"organisations": organisations, "consent": consent}
    return render(request, "xero_integration/choose_organisation.html", context)


@require_POST
@for_members
@at_step(Step.CONNECT)
def read_again(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    """Read the organisation's contacts, accounts and tax rates anew."""
    jobs.start(connected(wizard), JobKind.READ, by=request.user)
    return redirect("xero:connect", request.business.slug)


@require_POST
@for_members
@at_step(Step.CONNECT)
def connect_next(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    wizard.advance(Step.CONNECT)
    return redirect(wizard.after(Step.CONNECT))
