"""The accounts step, which stays the page for these mappings afterwards."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from xero_integration.client.errors import XeroError
from xero_integration.forms.accounts import AccountsForm, ProductAccountForm
from xero_integration.forms.presentation import PresentationForm
from xero_integration.mapping import mappings
from xero_integration.models import Step
from xero_integration.reading import chart
from xero_integration.views.frame import at_step, connected, frame
from xero_integration.wizard import accounts
from xero_integration.wizard.accounts import Chosen
from xero_integration.wizard.steps import Wizard


@for_members
@at_step(Step.ACCOUNTS)
def accounts_page(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    connection = connected(wizard)
    form = AccountsForm(request.POST or None, connection=connection)
    looks = PresentationForm(request.POST or None, connection=connection)
    # Both are asked, so that everything that is wrong is told at once.
    if request.method == "POST" and all([form.is_valid(), looks.is_valid()]):
        first = connection.invoices_open_at is None
        waiting = accounts.save(connection, _chosen(form, looks))
        messages.success(request, _saved(waiting, first=first))
        wizard.advance(Step.ACCOUNTS)
        return redirect("xero:home", request.business.slug)
    context = _context(wizard, form, looks)
    status = 422 if form.is_bound else 200
    return render(request, "xero_integration/accounts.html", context, status=status)


def _chosen(form: AccountsForm, looks: PresentationForm) -> Chosen:
    return replace(
        form.chosen,
        theme=looks.chosen_theme,
        mark_as_sent=looks.cleaned_data["mark_as_sent"],
        options=looks.chosen_options,
        by_area=looks.chosen_follows,
    )


def _saved(waiting: int, *, first: bool) -> str:
    begun = "Saved. Your integration is ready: " if first else "Saved. "
    if not waiting:
        return begun + "new invoices reach Xero as soon as they are issued."
    return begun + f"{waiting} invoices are on their way to Xero now."


def _going(count: int) -> str:
    """Say what goes again because a mapping is usable again, if anything does."""
    if not count:
        return ""
    return "1 record that waited goes now." if count == 1 else f"{count} that waited go now."


def _context(wizard: Wizard, form: AccountsForm, looks: PresentationForm) -> dict[str, Any]:
    connection = connected(wizard)
    own = connection.product_accounts.select_related("product__category", "account")
    return frame(
        wizard,
        Step.ACCOUNTS,
        form=form,
        looks=looks,
        refused=accounts.refused(connection),
        connection=connection,
        own=own.order_by("product__name"),
        product_form=ProductAccountForm(connection=connection),
        unusable=mappings.unusable(connection),
        unsent=accounts.unsent_invoices(connection, since=connection.send_from).count(),
    )


@require_POST
@for_members
@at_step(Step.ACCOUNTS)
def accounts_refresh(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    """Read all that is chosen from anew: six short calls, so the person waits for them."""
    connection = connected(wizard)
    try:
        again = chart.read(connection)
    except XeroError as error:
        messages.error(request, f"Xero could not be read: {error.message}")
    else:
        words = "Everything to choose from is as it stands in Xero now."
        messages.success(request, f"{words} {_going(again)}".strip())
    return redirect(wizard.url(Step.ACCOUNTS))


@require_POST
@for_members
@at_step(Step.ACCOUNTS)
def product_account_add(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    connection = connected(wizard)
    form = ProductAccountForm(request.POST, connection=connection)
    if form.is_valid():
        product, account = form.cleaned_data["product"], form.cleaned_data["account"]
        accounts.set_product_account(product, account)
        accounts.send_again(connection)
        messages.success(request, f"{product} goes to {account} from now on.")
    else:
        messages.error(request, "Choose a product and an account for it.")
    return redirect(wizard.url(Step.ACCOUNTS) + "#products")


@require_POST
@for_members
@at_step(Step.ACCOUNTS)
def product_account_remove(request: BusinessRequest, wizard: Wizard, pk: int) -> HttpResponse:
    own = get_object_or_404(connected(wizard).product_accounts, pk=pk)
    own.delete()
    messages.success(request, f"{own.product} goes to its category's account again.")
    return redirect(wizard.url(Step.ACCOUNTS) + "#products")
