"""The reconciliation: both sides of a period, what differs, and the ways to mend it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from pooltrackr.lib.downloads import csv_download
from pooltrackr.lib.htmx import page
from pooltrackr.lib.tables import Sort, Table
from xero_integration import outbox
from xero_integration.health import reports
from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    Difference,
    DifferenceState,
    JobKind,
    JobStatus,
    Kind,
    Reconciliation,
)
from xero_integration.reconciliation import repair, run
from xero_integration.reconciliation.forms import DifferenceFilterForm, PeriodForm, RepairForm

SORTS: dict[str, Sort] = {"kind": "kind", "number": "number", "amount": "amount"}
COLUMNS = (
    *("number", "difference", "state", "total here", "total in Xero", "tax here", "tax in Xero"),
    *("paid here", "paid in Xero", "status here", "status in Xero", "date here", "date in Xero"),
    *("contact here", "contact in Xero", "amount", "our id", "xero id", "note"),
)
DAYS = ("date", "due")
FIGURES = ("total", "tax", "paid", "status", "date", "contact")


def _connection(request: BusinessRequest) -> Connection:
    connection = outbox.current_connection(request.business)
    if connection is None:
        raise Http404
    return connection


def _shown(request: BusinessRequest, connection: Connection) -> Reconciliation | None:
    """Return the comparison that was asked for, or the latest that is whole."""
    whole = connection.reconciliations.exclude(finished_at=None)
    asked = request.GET.get("run", "")
    if asked.isdigit():
        return whole.filter(pk=asked).first()
    return whole.first()


@for_members
def report(request: BusinessRequest) -> HttpResponse:
    connection = _connection(request)
    shown = _shown(request, connection)
    job = connection.jobs.filter(kind=JobKind.RECONCILE).order_by("-pk").first()
    context: dict[str, Any] = {
        "connection": connection,
        "shown": shown,
        "period": PeriodForm(),
        "job": job if job and job.status in (JobStatus.QUEUED, JobStatus.RUNNING) else None,
        "stopped": job if job and job.status == JobStatus.FAILED else None,
        "runs": connection.reconciliations.exclude(finished_at=None)[:12],
        "back": request.get_full_path(),
    }
    if shown is not None:
        filters = DifferenceFilterForm(request.GET)
        table = Table(request, filters.apply(shown), sorts=SORTS, default="kind")
        context |= {
            "filters": filters,
            "table": table,
            "lines": [_line(connection, one) for one in table.rows],
            "open": shown.differences.filter(state=DifferenceState.OPEN).count(),
        }
    return page(
        request,
        "xero_integration/reconciliation.html",
        "xero_integration/_difference_table.html",
        context,
    )


def _line(connection: Connection, one: Difference) -> dict[str, Any]:
    business = connection.business
    return {
        "difference": one,
        "here": _side(one.here),
        "there": _side(one.there),
        "our_url": reports.our_url(business, Kind.INVOICE, one.object_id),
        "xero_url": links.xero_url(connection, Kind.INVOICE, one.xero_id) if one.xero_id else "",
        "ways": repair.ways(one) if one.state == DifferenceState.OPEN else [],
        "credit_url": _credit_url(connection, one),
        "forbidden": repair.forbids(one) if one.state == DifferenceState.OPEN else "",
    }


def _credit_url(connection: Connection, one: Difference) -> str:
    if one.object_id is None or not repair.may_be_credited(one):
        return ""
    return reverse("invoices:credit", args=[connection.business.slug, one.object_id])


def _side(side: dict[str, str]) -> dict[str, Any]:
    """Return one side with its days as days, for the template to write."""
    days = {name: side[name] and dt.date.fromisoformat(side[name]) for name in DAYS if name in side}
    return {**side, **days}


@require_POST
@for_members
def start(request: BusinessRequest) -> HttpResponse:
    connection = _connection(request)
    form = PeriodForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.words)
    elif not connection.is_callable:
        messages.error(request, "Reconnect to Xero first.")
    else:
        run.start(connection, by=request.user, **form.cleaned_data)
    return redirect("xero:reconciliation", request.business.slug)


@require_POST
@for_members
def act(request: BusinessRequest, pk: int) -> HttpResponse:
    """Mend one difference one way, accept it as it is, or take that back."""
    connection = _connection(request)
    differences = Difference.objects.select_related("reconciliation__connection__business")
    difference = get_object_or_404(differences, pk=pk, reconciliation__connection=connection)
    form = RepairForm(request.POST)
    if form.is_valid():
        _carry_out(request, difference, form.cleaned_data["act"])
    if form.return_to:
        return redirect(form.return_to)
    return redirect("xero:reconciliation", request.business.slug)


def _carry_out(request: BusinessRequest, difference: Difference, act: str) -> None:
    if act == "dismiss":
        repair.dismiss(difference, by=request.user)
        messages.success(request, f"{difference.number}: accepted as it is.")
        return
    if act == "reopen":
        repair.reopen(difference)
        return
    try:
        repair.repair(difference, way=act, by=request.user)
    except repair.NotRepaired as refusal:
        messages.error(request, f"{difference.number}: {refusal}")
    else:
        messages.success(request, f"{difference.number}: {difference.words}")


@for_members
def export(request: BusinessRequest, pk: int) -> StreamingHttpResponse:
    """The differences of one comparison as a file."""
    whole = _connection(request).reconciliations
    shown = get_object_or_404(whole, pk=pk)
    differences = DifferenceFilterForm(request.GET).apply(shown)
    name = f"xero-reconciliation-{timezone.localdate():%Y-%m-%d}.csv"
    rows = (_values(one) for one in differences.iterator(chunk_size=500))
    return csv_download(reports.csv_lines(COLUMNS, rows), name=name)


def _values(one: Difference) -> Iterable[str]:
    sides = [str(side.get(name, "")) for name in FIGURES for side in (one.here, one.there)]
    return (
        *(one.number, one.get_kind_display(), one.get_state_display(), *sides),
        *(str(one.amount), str(one.object_id or ""), one.xero_id, one.words),
    )
