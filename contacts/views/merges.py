"""Merging with a look at every field, the list of merges, undoing them, pairs told apart."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from contacts import jobs, merging
from contacts.forms.duplicates import MERGE_FORMS, shown
from contacts.merging.rule import Rule, choose_primary, merged_values
from contacts.merging.subject import Row, Subject
from contacts.views.duplicates import (
    back,
    chosen,
    differ,
    finish_merge,
    subject_asked,
    warnings_of,
)
from pooltrackr.lib.tables import Table


@for_members
def compare(request: BusinessRequest) -> HttpResponse:
    """Merge contacts or pools (?c=…&c=…) with a look at each field; all can be chosen or typed."""
    subject = subject_asked(request)
    contacts = chosen(request, request.GET.getlist("c"))
    if len(contacts) < 2:
        messages.info(
            request, f"These {subject.plural} have been merged or archived in the meantime."
        )
        return redirect(back(request))
    asked = request.GET.get("primary")
    rule = choose_primary(contacts, rule=Rule.MOST_COMPLETE)
    primary = next((contact for contact in contacts if str(contact.pk) == asked), rule)
    others = [contact for contact in contacts if contact != primary]
    initial = merged_values(primary, others)
    if request.method == "POST" and "use" in request.POST:
        form = MERGE_FORMS[subject.noun](initial=_with_value_used(request.POST, contacts, subject))
    else:
        # A row of its own: validation fills the instance, and the comparison shows what is.
        draft = subject.model(business=request.business)
        form = MERGE_FORMS[subject.noun](request.POST or None, instance=draft, initial=initial)
        if request.method == "POST" and form.is_valid():
            values = {field: form.cleaned_data[field] for field in subject.fields}
            return finish_merge(request, primary, others, values=values)
    context = {
        "subject": subject,
        "primary": primary,
        "form": form,
        "rows": _rows(form, contacts, subject),
        "held": [(contact, subject.described(contact)) for contact in contacts],
        "warnings": warnings_of(request, [contacts], subject)[0],
        "archive_in": request.POST.getlist("archive_in"),
        "back": back(request),
        "choices": [(contact, _address(request, contacts, contact)) for contact in contacts],
    }
    return render(request, "contacts/duplicates/compare.html", context)


def _with_value_used(data: QueryDict, contacts: list[Row], subject: Subject) -> dict[str, Any]:
    """Return what was typed, with the value that the pressed button names ("phone:<id>")."""
    values: dict[str, Any] = {field: data.get(field, "") for field in subject.fields}
    if "other_emails" in values:
        values["other_emails"] = values["other_emails"].splitlines()
    field, _colon, key = data.get("use", "").partition(":")
    for contact in contacts:
        if str(contact.pk) == key and field in subject.fields:
            values[field] = getattr(contact, field)
    return values


def _rows(form: Any, contacts: list[Row], subject: Subject) -> list[dict[str, Any]]:
    rows = []
    for field in subject.fields:
        texts = [shown(contact, field) for contact in contacts]
        rows.append(
            {
                "field": form[field],
                "label": subject.label(field),
                "cells": list(zip(contacts, texts, strict=True)),
                "differs": differ(texts),
                "empty": not any((*texts, form[field].value(), form[field].errors)),
            }
        )
    return rows


def _address(request: BusinessRequest, contacts: list[Row], primary: Row) -> str:
    query = [("c", str(contact.pk)) for contact in contacts]
    query += [("of", subject_asked(request).noun)]
    query += [("primary", str(primary.pk)), ("next", back(request))]
    return f"?{urlencode(query)}"


@for_members
def merge_list(request: BusinessRequest) -> HttpResponse:
    subject = subject_asked(request)
    merges = subject.merges(request.business).select_related(
        "primary__business", "duplicate__business", "done_by"
    )
    with suppress(ValueError):  # no contact asked for: all merges
        merges = merges.filter(primary=UUID(request.GET.get("contact", "")))
    table = Table(request, merges, sorts={"done": F("done_at").desc()}, default="done")
    rows = table.rows
    firsts = {merge.batch: merge.pk for merge in reversed(rows)}
    context = {
        "table": table,
        "subject": subject,
        "rows": [(merge, firsts[merge.batch] == merge.pk and merge.automatic) for merge in rows],
    }
    return render(request, "contacts/duplicates/merges.html", context)


@for_members
def merge_undo(request: BusinessRequest, pk: int) -> HttpResponse:
    """Undo a merge, together with the others made into the same primary at the same time."""
    merges = subject_asked(request).merges(request.business)
    merge = get_object_or_404(merges, pk=pk)
    if request.method != "POST":
        return redirect("contacts:merge_list", request.business.slug)
    together = merges.filter(batch=merge.batch, primary=merge.primary)
    try:
        undone = merging.undo_all(together, by=request.user, force="force" in request.POST)
    except merging.StillMerged as error:
        messages.error(request, f"Not undone. {error.what[0]}")
    except merging.ChangedSince as error:
        context = {
            "merge": merge,
            "subject": subject_asked(request),
            "what": error.what,
            "back": _after_undo(request),
        }
        return render(request, "contacts/duplicates/ask.html", context, status=422)
    else:
        names = ", ".join(one.duplicate.name for one in undone)
        if undone:
            messages.success(request, f"Undone. Back on their own: {names}.")
        for text in merging.sent_since(undone):
            messages.warning(request, text)
    return redirect(_after_undo(request))


def _after_undo(request: BusinessRequest) -> str:
    if request.POST.get("next"):
        return back(request)
    url = reverse("contacts:merge_list", args=[request.business.slug])
    return f"{url}?{urlencode({'of': subject_asked(request).noun})}"


@for_members
@require_POST
def batch_undo(request: BusinessRequest, batch: UUID) -> HttpResponse:
    subject = subject_asked(request)
    if not subject.merges(request.business).filter(batch=batch).exists():
        raise Http404
    job = jobs.start_undo(request.business, batch=batch, by=request.user, subject=subject)
    return redirect("contacts:duplicates_job", request.business.slug, job.pk)


@for_members
def not_duplicates(request: BusinessRequest) -> HttpResponse:
    """List the pairs that were told apart; POST forgets one, so that it is shown again."""
    subject = subject_asked(request)
    pairs = subject.told_apart(request.business).select_related(
        "first__business", "second__business", "said_by"
    )
    if request.method == "POST":
        key = request.POST.get("pair", "")
        pairs.filter(pk=int(key) if key.isdecimal() else 0).delete()
        messages.success(request, "Forgotten. The two may be shown as duplicates again.")
        return redirect(request.get_full_path())
    table = Table(request, pairs, sorts={"said": F("said_at").desc()}, default="said")
    return render(
        request, "contacts/duplicates/not_duplicates.html", {"table": table, "subject": subject}
    )
