"""Account > Integrations > Stripe: how the account stands; connecting and disconnecting it."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from businesses.access import BusinessRequest, for_members, for_owners
from stripe_integration import accounts, charges, connect
from stripe_integration.connect import NEEDED, ConnectError
from stripe_integration.errors import StripeRefused
from stripe_integration.forms import KeyForm
from stripe_integration.models import AccountStatus


@for_members
def home(request: BusinessRequest) -> HttpResponse:
    return show_home(request, KeyForm())


def show_home(request: BusinessRequest, form: KeyForm, *, status: int = 200) -> HttpResponse:
    account = accounts.current(request.business)
    gone = request.business.stripe_accounts.filter(status=AccountStatus.DISCONNECTED)
    context = {
        "account": account,
        "problems": accounts.problems(account) if account else [],
        "former": None if account else gone.order_by("-disconnected_at").first(),
        "key_form": form,
        "rights": ["Accounts: read", *(name for name, _ in NEEDED)],
        "has_connect": bool(settings.STRIPE_CLIENT_ID and settings.STRIPE_SECRET_KEY),
        "open_charges": charges.for_a_person(request.business),
    }
    return render(request, "stripe_integration/home.html", context, status=status)


@require_POST
@for_owners
def connect_start(request: BusinessRequest) -> HttpResponse:
    """Send the owner to Stripe's consent page."""
    try:
        url = connect.authorise_url(request.business, user=request.user)
    except ConnectError as error:
        messages.error(request, error.message)
        return redirect("stripe:home", request.business.slug)
    return HttpResponseRedirect(url)


@require_GET
@login_required
def callback(request: HttpRequest) -> HttpResponse:
    """Take Stripe's answer. Only ever a redirect: the code must not stay in the address bar."""
    user = request.user
    assert not user.is_anonymous
    params = request.GET.dict()
    try:
        consent = connect.consent_of(params, user=user)
    except ConnectError as error:
        messages.error(request, error.message)
        return redirect("home")
    try:
        account = connect.complete(params, user=user)
        messages.success(request, f"{consent.business} is connected to {account}.")
    except ConnectError as error:
        level = messages.INFO if error.code in ("denied", "already_used") else messages.ERROR
        messages.add_message(request, level, error.message)
    return redirect("stripe:home", consent.business.slug)


@require_POST
@for_owners
def connect_key(request: BusinessRequest) -> HttpResponse:
    form = KeyForm(request.POST)
    if form.is_valid():
        key = form.cleaned_data["key"]
        try:
            account = connect.connect_by_key(request.business, key=key, user=request.user)
        except ConnectError as error:
            form.add_error("key", error.message)
        else:
            messages.success(request, f"{request.business} is connected to {account}.")
            return redirect("stripe:home", request.business.slug)
    return show_home(request, form, status=422)


@require_POST
@for_owners
def check(request: BusinessRequest) -> HttpResponse:
    """Read the account anew."""
    account = accounts.current(request.business)
    if account is not None:
        try:
            accounts.refresh(account)
        except StripeRefused as error:
            messages.error(request, error.meaning)
        else:
            messages.success(request, "Stripe answered. What stands here is up to date.")
    return redirect("stripe:home", request.business.slug)


@for_owners
def disconnect(request: BusinessRequest) -> HttpResponse:
    account = accounts.current(request.business)
    if account is None:
        return redirect("stripe:home", request.business.slug)
    if request.method != "POST":
        return render(request, "stripe_integration/disconnect.html", {"account": account})
    told = connect.disconnect(account, by=request.user)
    text = f"{account} is disconnected."
    later = " Stripe could not be reached and is told as soon as it answers."
    messages.success(request, text if told else text + later)
    return redirect("stripe:home", request.business.slug)
