"""The create step: which of the organisation's other contacts are made here."""

from django.contrib import messages
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from pooltrackr.lib.htmx import page, redirect_to, wants_part
from pooltrackr.lib.tables import Sort, Table
from xero_integration.forms.wizard import CreateBulkForm, CreateFilterForm, CreateRowsForm
from xero_integration.models import Connection, Step
from xero_integration.views.frame import at_step, connected, frame
from xero_integration.wizard import creating
from xero_integration.wizard.creating import Show
from xero_integration.wizard.rows import facts
from xero_integration.wizard.steps import Wizard

SORTS: dict[str, Sort] = {"name": Lower("name"), "changed": "-updated_at"}


@for_members
@at_step(Step.CREATE)
def create(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    connection = connected(wizard)
    filters = CreateFilterForm(request.GET)
    found = creating.filtered(connection, show=filters.shown, query=filters.query)
    table = Table(request, found, sorts=SORTS, default="name")
    context = frame(
        wizard,
        Step.CREATE,
        table=table,
        rows=[{"contact": contact, "facts": facts(contact)} for contact in table.rows],
        filters=filters,
        back=request.get_full_path(),
        wizard_url=wizard.url(Step.CREATE),
        **tabs(connection, filters.shown),
    )
    return page(
        request, "xero_integration/create.html", "xero_integration/_create_table.html", context
    )


def tabs(connection: Connection, here: Show) -> dict[str, object]:
    found = creating.counts(connection)
    shown = [
        {"value": show.value, "label": show.label, "count": found[show], "here": show == here}
        for show in Show
    ]
    return {"tabs": shown, "chosen": found[Show.CHOSEN], "unlinked": found[Show.ALL]}


@require_POST
@for_members
@at_step(Step.CREATE)
def create_rows(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    """Store the ticks of one page: at once by htmx, or by Save."""
    connection = connected(wizard)
    form = CreateRowsForm(request.POST, contacts=creating.unlinked(connection))
    if form.is_valid():
        form.save()
    if not wants_part(request):
        messages.success(request, "Saved.")
        return redirect_to(request, form.return_to or wizard.url(Step.CREATE))
    here = CreateFilterForm(form.return_query).shown
    context = {"wizard_url": wizard.url(Step.CREATE), **tabs(connection, here)}
    return render(request, "xero_integration/_create_saved.html", context)


@require_POST
@for_members
@at_step(Step.CREATE)
def create_bulk(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    """Choose all, or none, of the list as it is filtered."""
    form = CreateBulkForm(request.POST)
    if form.is_valid():
        rows = creating.filtered(connected(wizard), show=form.shown, query=form.query)
        changed = creating.choose(rows, create_here=form.cleaned_data["act"] == "all")
        messages.success(request, f"{changed} contacts changed.")
    return redirect_to(request, wizard.url(Step.CREATE) + form.query_string)


@require_POST
@for_members
@at_step(Step.CREATE)
def create_next(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    wizard.advance(Step.CREATE)
    return redirect_to(request, wizard.after(Step.CREATE))
