"""The link step: the list of our contacts with their Xero contacts, and its ways on."""

from typing import Any

from django.contrib import messages
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from pooltrackr.lib.htmx import page, redirect_to
from pooltrackr.lib.tables import Sort, Table
from xero_integration import jobs
from xero_integration.forms.wizard import KeepForm, LinkBulkForm, LinkFilterForm
from xero_integration.models import Connection, JobKind, LinkAction, LinkChoice, Step
from xero_integration.models.wizard import LinkChoiceQuerySet
from xero_integration.views.frame import at_step, connected, frame
from xero_integration.wizard import choices, work
from xero_integration.wizard.choices import Filter
from xero_integration.wizard.rows import Row
from xero_integration.wizard.steps import Wizard

SORTS: dict[str, Sort] = {"name": Lower("contact__name"), "score": "-score"}


@for_members
@at_step(Step.LINK)
def link(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    connection = connected(wizard)
    filters = LinkFilterForm(request.GET)
    table = rows_table(request, connection, filters)
    context = frame(
        wizard,
        Step.LINK,
        table=table,
        rows=shown_rows(connection, table.rows),
        filters=filters,
        keep=KeepForm(instance=wizard.run),
        back=request.get_full_path(),
        wizard_url=wizard.url(Step.LINK),
        job=work.unfinished(wizard, JobKind.READ, JobKind.SUGGEST),
        stopped=work.stopped(wizard, JobKind.SUGGEST),
        remarks=work.remarks(wizard),
        **tabs(connection, filters, wizard.counts),
    )
    return page(request, "xero_integration/link.html", "xero_integration/_link_table.html", context)


def rows_table(
    request: BusinessRequest, connection: Connection, filters: LinkFilterForm
) -> Table[LinkChoice]:
    chosen = choices.filtered(connection, show=filters.shown, query=filters.query)
    rows = chosen.select_related("contact", "xero_contact")
    return Table(request, rows, sorts=SORTS, default="name")


def shown_rows(connection: Connection, rows: list[LinkChoice]) -> list[Row]:
    """Join each row with who else selected its Xero contact."""
    others = choices.taken(connection, rows).names
    return [Row(row, others.get(row.pk, [])) for row in rows]


def tabs(
    connection: Connection, filters: LinkFilterForm, found: dict[Filter, int]
) -> dict[str, Any]:
    """Return the tabs with their counts, and what still stands before the next step."""
    shown = [
        {
            "value": show.value,
            "label": show.label,
            "count": found[show],
            "here": show == filters.shown,
        }
        for show in Filter
    ]
    return {"tabs": shown, "gate": choices.gate(connection, counted=found)}


@require_POST
@for_members
@at_step(Step.LINK)
def link_keep(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    form = KeepForm(request.POST, instance=wizard.run)
    if form.is_valid():
        run = form.save()
        messages.success(request, f"Saved: {run.get_keep_display()}, unless a row says otherwise.")
    return redirect_to(request, wizard.url(Step.LINK))


@require_POST
@for_members
@at_step(Step.LINK)
def link_bulk(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    connection = connected(wizard)
    form = LinkBulkForm(request.POST)
    if form.is_valid():
        rows = choices.filtered(connection, show=form.shown, query=form.query)
        messages.success(request, _act(rows, form.cleaned_data["act"], request, wizard))
    return redirect_to(request, wizard.url(Step.LINK) + form.query_string)


def _act(rows: LinkChoiceQuerySet, act: str, request: BusinessRequest, wizard: Wizard) -> str:
    if act == "accept":
        return f"{choices.accept(connected(wizard), rows, by=request.user)} suggestions accepted."
    if act == "hand_back":
        changed = choices.hand_back(rows)
        jobs.start(connected(wizard), JobKind.SUGGEST, by=request.user)
        return f"{changed} contacts are being compared again."
    action = LinkAction(act)
    changed = choices.set_all(rows, action=action, by=request.user)
    return f"{changed} contacts set to “{action.label}”."


@require_POST
@for_members
@at_step(Step.LINK)
def link_compare(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    """Find matches for whatever no person has decided."""
    jobs.start(connected(wizard), JobKind.SUGGEST, by=request.user)
    return redirect_to(request, wizard.url(Step.LINK))


@require_POST
@for_members
@at_step(Step.LINK)
def link_next(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    gate = choices.gate(connected(wizard))
    if not gate.is_open:
        messages.error(request, gate.words)
        return redirect_to(request, f"{wizard.url(Step.LINK)}?show={gate.show}")
    wizard.advance(Step.LINK)
    return redirect_to(request, wizard.after(Step.LINK))
