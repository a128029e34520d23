"""The sync log: what happened, and what waits or needs a person, with the ways to mend it."""

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from pooltrackr.lib.downloads import csv_download
from pooltrackr.lib.htmx import page
from pooltrackr.lib.tables import Sort, Table
from xero_integration import outbox
from xero_integration.forms.log import ActForm, LogFilterForm, QueueFilterForm, RenameForm
from xero_integration.health import problems, reports
from xero_integration.linking import names
from xero_integration.models import Connection, OutboxRow, OutboxStatus
from xero_integration.payments import money_questions

LOG_SORTS: dict[str, Sort] = {"at": "-at", "name": "label"}
QUEUE_SORTS: dict[str, Sort] = {"changed": "-updated_at", "name": "label"}


def _connection(request: BusinessRequest) -> Connection:
    """The connection in hand, or the one of before: its log stays to be read."""
    connections = request.business.xero_connections.select_related("business")
    found = connections.current().first() or connections.order_by("-disconnected_at").first()
    if found is None:
        raise Http404
    return found


@for_members
def log(request: BusinessRequest) -> HttpResponse:
    connection = _connection(request)
    filters = LogFilterForm(request.GET)
    table = Table(request, filters.apply(connection), sorts=LOG_SORTS, default="at")
    context = {
        "connection": connection,
        "filters": filters,
        "table": table,
        "lines": reports.lines(connection, table.rows),
        "standing": reports.standing(connection),
        "back": request.get_full_path(),
        "here": "history",
    }
    return page(request, "xero_integration/log.html", "xero_integration/_log_table.html", context)


@for_members
def queue(request: BusinessRequest) -> HttpResponse:
    """What waits, needs a person, or was left out."""
    connection = _connection(request)
    filters = QueueFilterForm(request.GET)
    table = Table(request, filters.apply(connection), sorts=QUEUE_SORTS, default="changed")
    proposed = problems.parked(connection, code=filters.cause).exclude(proposed_name="")
    context = {
        "connection": connection,
        "filters": filters,
        "table": table,
        "lines": reports.queue_lines(connection, table.rows),
        "standing": reports.standing(connection),
        "held": reports.held(connection),
        "money": money_questions.to_see(request.business)
        if filters.status == OutboxStatus.PARKED
        else [],
        "causes": problems.causes(connection) if filters.status == OutboxStatus.PARKED else [],
        "proposed": filters.status == OutboxStatus.PARKED and proposed.exists(),
        "back": request.get_full_path(),
        "here": filters.status,
    }
    return page(
        request, "xero_integration/queue.html", "xero_integration/_queue_table.html", context
    )


@for_members
def log_export(request: BusinessRequest) -> StreamingHttpResponse:
    """The filtered log as a file."""
    connection = _connection(request)
    entries = LogFilterForm(request.GET).apply(connection)
    name = f"xero-sync-log-{timezone.localdate():%Y-%m-%d}.csv"
    return csv_download(reports.csv_of(entries), name=name)


@for_members
def queue_export(request: BusinessRequest) -> StreamingHttpResponse:
    """What waits or needs a person, as it is filtered, as a file."""
    connection = _connection(request)
    filters = QueueFilterForm(request.GET)
    rows = filters.apply(connection).order_by("-updated_at")
    name = f"xero-{filters.status}-{timezone.localdate():%Y-%m-%d}.csv"
    return csv_download(reports.csv_of_queue(connection, rows), name=name)


def url_of_queue(request: BusinessRequest) -> str:
    return reverse("xero:queue", args=[request.business.slug])


@require_POST
@for_members
def queue_act(request: BusinessRequest) -> HttpResponse:
    """Retry, rename or leave out: one row, those ticked, or all that need a person.

    Many are not retried unseen: first comes what that would do.
    """
    connection = _connection(request)
    form = ActForm(request.POST, rows=connection.outbox.all())
    if form.is_valid() and form.wants_a_look:
        return redirect(f"{reverse('xero:resend', args=_slug(request))}?{form.query}")
    if form.is_valid():
        words = ACTS[form.cleaned_data["act"]](form.rows, request)
        messages.success(request, words)
    else:
        messages.error(request, "Tick the records first.")
    return redirect(form.return_to or "xero:queue", *(() if form.return_to else _slug(request)))


def _slug(request: BusinessRequest) -> tuple[str]:
    return (request.business.slug,)


def _retry(rows: list[OutboxRow], request: BusinessRequest) -> str:
    return f"{_records(outbox.retry(rows, by=request.user))} queued again."


def _exclude(rows: list[OutboxRow], request: BusinessRequest) -> str:
    changed = outbox.exclude(rows, by=request.user)
    return f"{_records(changed)} left out of Xero. Retry brings them back."


def _rename(rows: list[OutboxRow], request: BusinessRequest) -> str:
    return f"{names.accept(rows)} contacts renamed and queued again."


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count} records"


ACTS = {"retry": _retry, "exclude": _exclude, "rename": _rename}


@for_members
def rename(request: BusinessRequest, pk: int) -> HttpResponse:
    """Give a contact that Xero refused another name; the proposed one stands ready."""
    connection = _connection(request)
    rows = connection.outbox.filter(kind="contact", status=OutboxStatus.PARKED)
    row = get_object_or_404(rows, pk=pk)
    contact = get_object_or_404(request.business.contacts, pk=row.object_id)
    form = RenameForm(request.POST or None, instance=contact, proposed=row.proposed_name)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"{contact} is on its way to Xero under its new name.")
        return redirect(form.return_to or "xero:queue", *(() if form.return_to else _slug(request)))
    context = {"row": row, "contact": contact, "form": form, "back": request.GET.get("back", "")}
    return render(request, "xero_integration/rename.html", context)
