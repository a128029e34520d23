"""The link step, one row: its editor, the search for another contact, and the choice."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from pooltrackr.lib.htmx import redirect_to, wants_part
from xero_integration.forms.wizard import ChoiceForm, LinkFilterForm, ReturnForm
from xero_integration.models import Connection, Keep, LinkChoice, Step
from xero_integration.views.frame import at_step, connected, frame
from xero_integration.views.link import shown_rows, tabs
from xero_integration.wizard import choices, syncing
from xero_integration.wizard.options import options
from xero_integration.wizard.steps import Wizard


@for_members
@at_step(Step.LINK)
def link_row(request: BusinessRequest, wizard: Wizard, pk: int) -> HttpResponse:
    """One row as it stands: what Cancel puts back."""
    connection = connected(wizard)
    choice = _choice(connection, pk)
    if not wants_part(request):
        return redirect_to(request, wizard.url(Step.LINK))
    context = {"row": shown_rows(connection, [choice])[0], "back": _back(request)}
    return render(request, "xero_integration/_link_row.html", context)


@for_members
@at_step(Step.LINK)
def link_edit(request: BusinessRequest, wizard: Wizard, pk: int) -> HttpResponse:
    """The editor of one row, or only its list of contacts when htmx searches."""
    connection = connected(wizard)
    choice = _choice(connection, pk)
    query = request.GET.get("find", "")
    context = {
        "row": shown_rows(connection, [choice])[0],
        "options": options(connection, choice, query=query),
        "find": query,
        "run": wizard.run,
        "keeps": Keep.choices,
        "back": _back(request),
        "wizard_url": wizard.url(Step.LINK),
        "in_row": wants_part(request),
    }
    if not wants_part(request):
        context = frame(wizard, Step.LINK, **context)
        return render(request, "xero_integration/link_edit.html", context)
    part = "_link_options" if wants_part(request, f"options-{pk}") else "_link_editor"
    return render(request, f"xero_integration/{part}.html", context)


@require_POST
@for_members
@at_step(Step.LINK)
def link_choose(request: BusinessRequest, wizard: Wizard, pk: int) -> HttpResponse:
    connection = connected(wizard)
    choice = _choice(connection, pk)
    before = choice.xero_contact_id
    form = ChoiceForm(request.POST, choice=choice)
    if form.is_valid():
        form.save(by=request.user)
        if connection.contacts_open_at is not None:
            syncing.apply_now(connection, choice, by=request.user)
    elif not wants_part(request):
        messages.error(request, form.words)
    if not wants_part(request):
        return redirect_to(request, form.return_to or wizard.url(Step.LINK))
    choice = _choice(connection, pk)
    # The flag "Contact already selected" comes and goes on the rows that share a Xero contact.
    sharing = choices.sharing(connection, [before, choice.xero_contact_id]).exclude(pk=pk)
    context = {
        "row": shown_rows(connection, [choice])[0],
        "others": shown_rows(connection, list(sharing)),
        "error": form.words,
        "back": form.return_to,
        "wizard_url": wizard.url(Step.LINK),
        # Counted anew: the choice has changed them.
        **tabs(connection, LinkFilterForm(form.return_query), choices.counts(connection)),
    }
    return render(request, "xero_integration/_link_chosen.html", context)


@require_POST
@for_members
@at_step(Step.LINK)
def link_contact(request: BusinessRequest, wizard: Wizard, contact: UUID) -> HttpResponse:
    """Open the editor for a contact, from its own page or from the sync log."""
    found = get_object_or_404(request.business.contacts.active(), pk=contact)
    choice = choices.row_for(connected(wizard), found)
    back = ReturnForm(request.POST).return_to
    url = reverse("xero:link_edit", args=[request.business.slug, choice.pk])
    return redirect(f"{url}?{urlencode({'back': back})}")


def _choice(connection: Connection, pk: int) -> LinkChoice:
    rows = choices.listed(connection).select_related("contact", "xero_contact")
    return get_object_or_404(rows, pk=pk)


def _back(request: BusinessRequest) -> str:
    return ReturnForm(request.GET).return_to
