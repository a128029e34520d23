"""The import of a contact list: upload, columns, preview, result, undo."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from contacts.exports import csv_lines, lines_of
from contacts.forms.filters import ContactFilter
from contacts.forms.imports import ChoicesForm, ColumnsForm, UploadForm
from contacts.imports.load import AlreadyDone, BadRows, load, receive
from contacts.imports.plan import Plan, make_plan
from contacts.imports.reading import Unreadable
from contacts.imports.undo import undo_import
from contacts.models import Contact, ImportFile, ImportStatus
from pooltrackr.lib.downloads import csv_download

# Rows named in the preview; the rest are counted, and all bad ones are in the download.
NAMED_ROWS = 50
RECENT = 10


@for_members
def upload(request: BusinessRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            imported = receive(
                file.read(), name=file.name, business=request.business, by=request.user
            )
        except Unreadable as error:
            form.add_error("file", str(error))
        else:
            return redirect("contacts:import_columns", request.business.slug, imported.pk)
    files = _files(request).exclude(status=ImportStatus.UPLOADED)
    context = {"form": form, "recent": files.defer("rows", "left_out", "created_ids")[:RECENT]}
    return render(request, "contacts/imports/upload.html", context)


def _files(request: BusinessRequest) -> QuerySet[ImportFile]:
    return request.business.import_files.all()


@for_members
def columns(request: BusinessRequest, pk: UUID) -> HttpResponse:
    imported = get_object_or_404(_files(request), pk=pk)
    if imported.status != ImportStatus.UPLOADED:
        return redirect("contacts:import_result", request.business.slug, pk)
    form = ColumnsForm(request.POST or None, imported=imported)
    if request.method == "POST" and form.is_valid():
        imported.mapping = form.mapping
        imported.save(update_fields=["mapping", "updated_at"])
        return redirect("contacts:import_preview", request.business.slug, pk)
    return render(request, "contacts/imports/columns.html", {"form": form, "imported": imported})


@for_members
def preview(request: BusinessRequest, pk: UUID) -> HttpResponse:
    imported = get_object_or_404(_files(request), pk=pk)
    form = ChoicesForm(request.POST if request.method == "POST" else None)
    if imported.status == ImportStatus.UPLOADED and request.method == "POST" and form.is_valid():
        try:
            load(
                imported,
                good_rows_only=form.cleaned_data["bad"] == "leave",
                skip_known=form.cleaned_data["known"] == "skip",
            )
        except BadRows:
            form.add_error("bad", "Nothing has been imported: some rows cannot be. Choose below.")
        except AlreadyDone:
            pass  # by a second click or another tab: its result is shown
        else:
            return redirect("contacts:import_result", request.business.slug, pk)
        imported.refresh_from_db()
    if imported.status != ImportStatus.UPLOADED:
        return redirect("contacts:import_result", request.business.slug, pk)
    context = {"imported": imported, "form": form, **_shown(make_plan(imported))}
    return render(request, "contacts/imports/preview.html", context)


def _shown(plan: Plan) -> dict[str, object]:
    """The plan for the page: counts of everything, the first rows of each kind."""
    return {
        "plan": plan,
        "limit": NAMED_ROWS,
        "bad": plan.bad[:NAMED_ROWS],
        "warned": plan.warned[:NAMED_ROWS],
        "named": plan.named[:NAMED_ROWS],
        "known": plan.known[:NAMED_ROWS],
        "sample": [Contact(**row.values) for row in plan.good[:5]],
    }


@for_members
def result(request: BusinessRequest, pk: UUID) -> HttpResponse:
    imported = get_object_or_404(_files(request), pk=pk)
    if imported.status == ImportStatus.UPLOADED:
        return redirect("contacts:import_preview", request.business.slug, pk)
    context = {"imported": imported, "left_out": imported.left_out[:NAMED_ROWS]}
    return render(request, "contacts/imports/result.html", context)


@for_members
def left_out(request: BusinessRequest, pk: UUID) -> HttpResponseBase:
    """Give back the rows that stayed outside, with their reasons, ready to be corrected."""
    imported = get_object_or_404(_files(request), pk=pk)
    if imported.status == ImportStatus.UPLOADED:
        rows = {row.number: " ".join(row.errors) for row in make_plan(imported).bad}
    else:
        rows = {row["number"]: row["reason"] for row in imported.left_out}
    width = len(imported.header)
    lines = [[*imported.header, "Row", "Reason"]]
    for number, reason in rows.items():
        cells = imported.rows[number - 2] if imported.rows else []
        lines.append([*(cells + [""] * width)[:width], str(number), reason])
    return csv_download(lines_of(lines), name=file_name(f"left-out-{imported.name}"))


@for_members
@require_POST
def undo(request: BusinessRequest, pk: UUID) -> HttpResponse:
    imported = get_object_or_404(_files(request), pk=pk, imported_at__isnull=False)
    try:
        undone = undo_import(imported)
    except AlreadyDone:
        messages.info(request, "This import had been undone already.")
    else:
        messages.success(request, f"The import was undone: {undone.deleted} contacts removed.")
    return redirect("contacts:import_result", request.business.slug, pk)


@for_members
def export(request: BusinessRequest) -> HttpResponseBase:
    """Stream the contacts that the list's filters leave, all of them without filters."""
    filters = ContactFilter(request.GET, business=request.business)
    contacts = filters.apply(request.business.contacts.all()).order_by("name", "pk")
    return csv_download(csv_lines(contacts), name=f"{request.business.slug}-contacts.csv")


def file_name(name: str) -> str:
    """Return `name` as no header and no disk misreads it."""
    return f"{slugify(name.removesuffix('.csv')) or 'contacts'}.csv"
