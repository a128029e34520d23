"""The sync step: what will happen, the start, and the progress until nothing waits."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from pooltrackr.lib.htmx import page, redirect_to, wants_part
from pooltrackr.lib.tables import Sort, Table
from xero_integration import jobs
from xero_integration.health import outlook, reports
from xero_integration.models import (
    Connection,
    JobKind,
    Keep,
    Kind,
    OutboxStatus,
    Step,
)
from xero_integration.views.frame import at_step, connected, frame
from xero_integration.wizard import choices, preview, steps, work
from xero_integration.wizard.steps import Wizard

# On the step itself; the whole list is on the page "Needs you".
FAILURES_SHOWN = 20
SORTS: dict[str, Sort] = {"name": "contact__name"}


@for_members
@at_step(Step.SYNC)
def sync(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    connection = connected(wizard)
    context = frame(wizard, Step.SYNC, back=request.get_full_path(), **progress(wizard))
    if not context["running"]:
        context["plan"] = preview.plan(connection, keep=Keep(wizard.run.keep))
    return page(
        request,
        "xero_integration/sync.html",
        "xero_integration/_sync_progress.html",
        context,
        target="sync-progress",
    )


def progress(wizard: Wizard) -> dict[str, Any]:
    """Return how far the sync is: our own work first, then what is on its way to Xero."""
    connection = connected(wizard)
    job = wizard.job(JobKind.SYNC)
    running = work.unfinished(wizard, JobKind.SYNC)
    parked = connection.outbox.filter(kind=Kind.CONTACT, status=OutboxStatus.PARKED)
    return {
        "job": job,
        "running": running,
        "stopped": work.stopped(wizard, JobKind.SYNC),
        "standing": reports.standing(connection, kind=Kind.CONTACT),
        "going": bool(running) or (bool(job) and steps.still_going(connection)),
        "paused": outlook.paused(connection),
        "outlook": outlook.outlook(connection).words,
        "failures": reports.queue_lines(connection, parked.order_by("label")[:FAILURES_SHOWN]),
        "renames": parked.exclude(proposed_name="").count(),
        "ready": wizard.done(Step.SYNC),
    }


@require_POST
@for_members
@at_step(Step.SYNC)
def sync_start(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    connection = connected(wizard)
    gate = choices.gate(connection)
    if not gate.is_open:
        messages.error(request, gate.words)
        return redirect_to(request, f"{wizard.url(Step.LINK)}?show={gate.show}")
    jobs.start(connection, JobKind.SYNC, by=request.user)
    return redirect_to(request, wizard.url(Step.SYNC))


@require_POST
@for_members
@at_step(Step.SYNC)
def sync_next(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    if not wizard.done(Step.SYNC):
        messages.info(request, "The sync is not at its end yet. It goes on if you leave this page.")
        return redirect_to(request, wizard.url(Step.SYNC))
    wizard.advance(Step.SYNC)
    return redirect_to(request, wizard.after(Step.SYNC))


@for_members
@at_step(Step.SYNC)
def sync_preview(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    """Every pair that will be linked, with the fields that change on either side."""
    connection: Connection = connected(wizard)
    table = Table(request, preview.pairs(connection), sorts=SORTS, default="name")
    context = frame(
        wizard,
        Step.SYNC,
        table=table,
        changes=preview.changes(table.rows, keep=Keep(wizard.run.keep)),
    )
    return page(
        request, "xero_integration/preview.html", "xero_integration/_preview_table.html", context
    )


@for_members
def job_progress(request: BusinessRequest, step: str) -> HttpResponse:
    """The progress bar of a step, asked for every second; at the end the browser is sent on."""
    wizard = Wizard(request.business)
    job = work.unfinished(wizard, JobKind.READ, JobKind.SUGGEST)
    here = Step.CONNECT if step == Step.CONNECT else Step.LINK
    if job is None or not wants_part(request):
        # From the connect step a person goes on by itself, unless reading stopped there.
        return redirect_to(request, wizard.url() if here == Step.CONNECT else wizard.url(here))
    return render(request, "xero_integration/_job.html", frame(wizard, here, job=job))
