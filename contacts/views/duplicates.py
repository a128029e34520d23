"""The duplicates tool: groups, merging one, telling contacts apart, merging all by a rule."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from contacts import dedupe, jobs, merging
from contacts.forms.duplicates import GroupingForm, RuleForm
from contacts.merging.rule import Rule, choose_primary, merged_values
from contacts.models import Contact, DuplicateJob, GroupMode, JobKind, Merge
from contacts.search import digits
from pooltrackr.lib.http import own_path

# Groups on a page, not contacts: each of them wants a decision.
PER_PAGE = 20
# Columns of a group on the page: the field it is compared by, its heading.
COLUMNS = (
    ("name", "Name"),
    ("emails", "E-mail"),
    ("phones", "Phone"),
    ("address", "Address"),
    ("abn", "ABN"),
    ("account_number", "Account"),
)
# A query of this form is looked up by its digits alone, however it is spaced.
NUMBER = re.compile(r"[\d\s()+./-]{6,}")
HEADINGS = [heading for _key, heading in COLUMNS]


@dataclass(frozen=True)
class Cell:
    heading: str
    text: str
    differs: bool


@dataclass(frozen=True)
class ShownGroup:
    """A group with its contacts, the one that a merge would keep, and the cells to compare."""

    group: dedupe.Group
    contacts: list[Contact]
    primary: Contact
    rows: list[tuple[Contact, list[Cell]]]

    @property
    def query(self) -> str:
        return urlencode([("c", contact.pk) for contact in self.contacts])

    @property
    def percent(self) -> int | None:
        return None if self.group.probability is None else round(self.group.probability * 100)


@for_members
def duplicates(request: BusinessRequest) -> HttpResponse:
    return render(request, "contacts/duplicates/tool.html", {"tool": tool(request)})


def tool(request: BusinessRequest) -> dict[str, Any]:
    """Return what contacts/duplicates/_tool.html needs, on this page or inside the wizard's.

    The page's own address is where the filter goes and where every action comes back to.
    """
    form = GroupingForm(request.GET)
    mode, fields = form.mode_chosen, form.fields_chosen
    search = _search(request) if mode == GroupMode.SIMILAR else None
    groups = dedupe.groups(request.business, mode=mode, fields=fields)
    page = Paginator(groups, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "form": form,
        "mode": mode,
        "query": urlencode({"mode": mode, "by": fields}, doseq=True),
        "home": request.path,
        "next": request.get_full_path(),
        "page": page,
        "groups": _shown(request, page),
        "columns": HEADINGS,
        "duplicate_count": sum(len(group.ids) - 1 for group in groups),
        "search": search,
        "merged": _just_merged(request),
        "running": request.business.duplicate_jobs.unfinished()
        .exclude(kind=JobKind.SEARCH)
        .first(),
    }


def _search(request: BusinessRequest) -> DuplicateJob:
    """Return the search whose groups are shown; the first look at them starts one."""
    search = dedupe.latest_search(request.business)
    return search or jobs.start_search(request.business, by=request.user)


def _just_merged(request: BusinessRequest) -> list[Merge]:
    try:
        batch = UUID(request.GET.get("merged", ""))
    except ValueError:
        return []
    merges = request.business.merges.filter(batch=batch, undone_at=None)
    return list(merges.select_related("primary", "duplicate").order_by("pk"))


def _shown(request: BusinessRequest, page: "Page[dedupe.Group]") -> list[ShownGroup]:
    ids = [pk for group in page for pk in group.ids]
    active = Count("pools", filter=Q(pools__archived_at=None), distinct=True)
    contacts = request.business.contacts.annotate(pool_count=active).in_bulk(ids)
    return [_shown_group(group, [contacts[pk] for pk in group.ids]) for group in page]


def _shown_group(group: dedupe.Group, contacts: list[Contact]) -> ShownGroup:
    texts = [[compared(contact, key) for key, _heading in COLUMNS] for contact in contacts]
    differing = [differ(column) for column in zip(*texts, strict=True)]
    rows = [
        (contact, [Cell(*cell) for cell in zip(HEADINGS, row, differing, strict=True)])
        for contact, row in zip(contacts, texts, strict=True)
    ]
    return ShownGroup(group, contacts, choose_primary(contacts, rule=Rule.MOST_COMPLETE), rows)


def differ(texts: Sequence[str]) -> bool:
    """Whether filled values differ; a blank differs from nothing, a space makes no difference."""
    return len({_plain(text) for text in texts if text}) > 1


def _plain(text: str) -> str:
    # Numbers are compared by their digits: phones and ABNs are written in many ways.
    if NUMBER.fullmatch(text):
        return digits(text)[-9:]
    return " ".join(text.casefold().split())


def compared(contact: Contact, key: str) -> str:
    if key == "emails":
        return ", ".join(contact.emails)
    if key == "phones":
        return ", ".join(part for part in (contact.phone, contact.mobile) if part)
    if key == "address":
        return (contact.street_address or contact.postal_address).replace("\n", ", ")
    return str(getattr(contact, key))


def chosen(request: BusinessRequest, values: Sequence[str]) -> list[Contact]:
    """Return the active contacts of these ids, in their order. Raises Http404 for a wrong id."""
    try:
        ids = [UUID(value) for value in values]
    except ValueError as error:
        raise Http404 from error
    found = request.business.contacts.active().in_bulk(ids)
    return [found[pk] for pk in dict.fromkeys(ids) if pk in found]


def back(request: BusinessRequest, **extra: str) -> str:
    """Return where the tool was used: its own page, or the wizard's."""
    asked = own_path(request.POST.get("next") or request.GET.get("next") or "")
    asked = asked or reverse("contacts:duplicates", args=[request.business.slug])
    joint = "&" if "?" in asked else "?"
    return f"{asked}{joint}{urlencode(extra)}" if extra else asked


@for_members
@require_POST
def merge_group(request: BusinessRequest) -> HttpResponse:
    """Merge the ticked contacts of a group; blanks are filled and nothing is lost."""
    contacts = chosen(request, request.POST.getlist("c"))
    primary = next((c for c in contacts if str(c.pk) == request.POST.get("primary")), None)
    if primary is None or len(contacts) < 2:
        messages.error(request, "Nothing was merged. Tick two contacts or more, the primary too.")
        return redirect(back(request))
    others = [contact for contact in contacts if contact != primary]
    return finish_merge(request, primary, others, values=merged_values(primary, others))


def finish_merge(
    request: BusinessRequest, primary: Contact, others: list[Contact], *, values: dict[str, Any]
) -> HttpResponse:
    try:
        merges = merging.merge(primary, others, values=values, by=request.user)
    except merging.NotMergeable as error:
        messages.error(request, f"Nothing was merged. {error}")
        return redirect(back(request))
    return redirect(back(request, merged=str(merges[0].batch)))


@for_members
@require_POST
def ignore_group(request: BusinessRequest) -> HttpResponse:
    contacts = chosen(request, request.POST.getlist("c"))
    if len(contacts) < 2:
        messages.error(request, "Tick the contacts that are not the same: two or more.")
    else:
        dedupe.tell_apart(contacts, by=request.user)
        names = ", ".join(sorted({contact.name for contact in contacts}))
        messages.success(request, f"Noted for good: not duplicates of each other ({names}).")
    return redirect(back(request))


@for_members
@require_POST
def search(request: BusinessRequest) -> HttpResponse:
    jobs.start_search(request.business, by=request.user)
    return redirect(back(request))


@for_members
def automatic(request: BusinessRequest) -> HttpResponse:
    """Show what a merge of all groups would do, and do it."""
    grouping = GroupingForm(request.GET)
    mode, fields = grouping.mode_chosen, grouping.fields_chosen
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        job = jobs.start_merge(
            request.business,
            mode=mode,
            fields=fields,
            rule=form.cleaned_data["rule"],
            by=request.user,
        )
        url = reverse("contacts:duplicates_job", args=[request.business.slug, job.pk])
        return redirect(f"{url}?{urlencode({'next': back(request)})}")
    found = dedupe.groups(request.business, mode=mode, fields=fields)
    sure = [group for group in found if group.sure]
    context = {
        "form": form,
        "mode": mode,
        "fields": [dedupe.FIELDS[field] for field in fields],
        "back": back(request),
        "group_count": len(sure),
        "left_count": len(found) - len(sure),
        "gone_count": sum(len(group.ids) - 1 for group in sure),
        "shown": _shown(request, Paginator(sure, PER_PAGE).get_page(1)),
    }
    return render(request, "contacts/duplicates/automatic.html", context)


@for_members
def job(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Show how far a job is; POST starts one again whose worker was lost."""
    work = get_object_or_404(request.business.duplicate_jobs, pk=pk)
    if request.method == "POST" and work.fell_silent:
        jobs.start_again(work)
        return redirect(request.get_full_path())
    context = {"job": work, "back": back(request), "standing": 0}
    if work.batch:
        context["standing"] = request.business.merges.filter(
            batch=work.batch, undone_at=None
        ).count()
    return render(request, "contacts/duplicates/job.html", context)
