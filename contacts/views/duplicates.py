"""The duplicates tool: groups, merging one, telling apart, merging all by a rule.

One tool for contacts and for pools: `?of=pool` asks for the latter, on every address here.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from contacts import dedupe, jobs, merging, registry
from contacts.forms.duplicates import GroupingForm, RuleForm
from contacts.merging.rule import Rule, choose_primary, merged_values, shown_value
from contacts.merging.subject import CONTACTS, SUBJECTS, Row, Subject
from contacts.models import Contact, DuplicateJob, GroupMode, JobKind, Of, PoolContact
from contacts.models.mergeable import MergeableQuerySet
from contacts.search import digits
from pooltrackr.lib.http import own_path

# Groups on a page, not contacts: each of them wants a decision.
PER_PAGE = 20
# Columns of a group on the page: the field it is compared by, its heading.
COLUMNS = {
    Of.CONTACTS: (
        ("name", "Name"),
        ("emails", "E-mail"),
        ("phones", "Phone"),
        ("address", "Address"),
        ("abn", "ABN"),
        ("account_number", "Account"),
    ),
    Of.POOLS: (
        ("name", "Name"),
        ("address", "Address"),
        ("people", "Contacts"),
        ("type", "Type"),
        ("volume_litres", "Litres"),
    ),
}
# A query of this form is looked up by its digits alone, however it is spaced.
NUMBER = re.compile(r"[\d\s()+./-]{6,}")


@dataclass(frozen=True)
class Cell:
    heading: str
    text: str
    differs: bool


@dataclass(frozen=True)
class ShownGroup:
    """A group with its members, the one that a merge would keep, and the cells to compare."""

    group: dedupe.Group
    contacts: list[Any]
    primary: Row
    rows: list[tuple[Row, list[Cell]]]
    warnings: list[registry.LeftBehind]

    @property
    def query(self) -> str:
        return urlencode([("c", contact.pk) for contact in self.contacts])

    @property
    def percent(self) -> int | None:
        return None if self.group.probability is None else round(self.group.probability * 100)


@for_members
def duplicates(request: BusinessRequest) -> HttpResponse:
    return render(request, "contacts/duplicates/tool.html", {"tool": tool(request)})


def subject_asked(request: BusinessRequest) -> Subject:
    """Return what the page or the action is about: contacts, unless it says otherwise."""
    asked = request.POST.get("of") or request.GET.get("of") or ""
    return SUBJECTS.get(asked, CONTACTS)


def tool(request: BusinessRequest) -> dict[str, Any]:
    """Return what contacts/duplicates/_tool.html needs, on this page or inside the wizard's.

    The page's own address is where the filter goes and where every action comes back to.
    """
    subject = subject_asked(request)
    form = GroupingForm(request.GET, subject=subject)
    mode, fields = form.mode_chosen, form.fields_chosen
    search = _search(request, subject) if mode == GroupMode.SIMILAR else None
    groups = dedupe.groups(request.business, mode=mode, fields=fields, subject=subject)
    page = Paginator(groups, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "form": form,
        "subject": subject,
        "subjects": SUBJECTS.values(),
        "mode": mode,
        "query": urlencode({"of": subject.noun, "mode": mode, "by": fields}, doseq=True),
        "home": request.path,
        "next": request.get_full_path(),
        "page": page,
        "groups": _shown(request, page, subject),
        "columns": [heading for _key, heading in COLUMNS[subject.of]],
        "duplicate_count": sum(len(group.ids) - 1 for group in groups),
        "search": search,
        "merged": _just_merged(request, subject),
        "running": request.business.duplicate_jobs.unfinished()
        .exclude(kind=JobKind.SEARCH)
        .first(),
    }


def _search(request: BusinessRequest, subject: Subject) -> DuplicateJob:
    """Return the search whose groups are shown; the first look at them starts one."""
    search = dedupe.searches(request.business, subject).first()
    return search or jobs.start_search(request.business, by=request.user, subject=subject)


def _just_merged(request: BusinessRequest, subject: Subject) -> list[Any]:
    try:
        batch = UUID(request.GET.get("merged", ""))
    except ValueError:
        return []
    merges = subject.merges(request.business).filter(batch=batch, undone_at=None)
    return list(merges.select_related("primary__business", "duplicate").order_by("pk"))


def _shown(
    request: BusinessRequest, page: "Page[dedupe.Group]", subject: Subject
) -> list[ShownGroup]:
    ids = [pk for group in page for pk in group.ids]
    found = _with_what_is_shown(subject.rows(request.business), subject).in_bulk(ids)
    members = [[found[pk] for pk in group.ids] for group in page]
    warned = warnings_of(request, members, subject)
    shown = zip(page, members, warned, strict=True)
    return [_shown_group(group, rows, subject, warnings) for group, rows, warnings in shown]


def _with_what_is_shown(rows: MergeableQuerySet[Any], subject: Subject) -> MergeableQuerySet[Any]:
    if subject.of == Of.POOLS:
        people = PoolContact.objects.select_related("contact").order_by("role", "pk")
        return rows.select_related("business").prefetch_related(Prefetch("pool_contacts", people))
    active = Count("pools", filter=Q(pools__archived_at=None), distinct=True)
    return rows.select_related("business").annotate(pool_count=active)


def warnings_of(
    request: BusinessRequest, groups: Sequence[Sequence[Row]], subject: Subject
) -> list[list[registry.LeftBehind]]:
    """Return for each group what its merge leaves behind in other systems."""
    if subject.of == Of.POOLS:
        return [[] for _group in groups]
    ids = [[row.pk for row in group] for group in groups]
    return registry.warnings_of_merging(request.business, ids)


def _shown_group(
    group: dedupe.Group, members: list[Any], subject: Subject, warnings: list[registry.LeftBehind]
) -> ShownGroup:
    columns = COLUMNS[subject.of]
    texts = [[compared(row, key) for key, _heading in columns] for row in members]
    differing = [differ(column) for column in zip(*texts, strict=True)]
    headings = [heading for _key, heading in columns]
    rows = [
        (row, [Cell(*cell) for cell in zip(headings, text, differing, strict=True)])
        for row, text in zip(members, texts, strict=True)
    ]
    primary = choose_primary(members, rule=Rule.MOST_COMPLETE)
    return ShownGroup(group, members, primary, rows, warnings)


def differ(texts: Sequence[str]) -> bool:
    """Whether filled values differ; a blank differs from nothing, a space makes no difference."""
    return len({_plain(text) for text in texts if text}) > 1


def _plain(text: str) -> str:
    # Numbers are compared by their digits: phones and ABNs are written in many ways.
    if NUMBER.fullmatch(text):
        return digits(text)[-9:]
    return " ".join(text.casefold().split())


def compared(row: Row, key: str) -> str:
    if isinstance(row, Contact) and key in CONTACT_CELLS:
        return CONTACT_CELLS[key](row)
    if key == "people":
        return ", ".join(link.contact.name for link in row.pool_contacts.all())
    value = shown_value(row, key)
    return "" if value is None else str(value)


# Cells of a contact that are made of several fields.
CONTACT_CELLS: dict[str, Callable[[Contact], str]] = {
    "emails": lambda contact: ", ".join(contact.emails),
    "phones": lambda contact: ", ".join(filter(None, (contact.phone, contact.mobile))),
    "address": lambda contact: (contact.street_address or contact.postal_address).replace(
        "\n", ", "
    ),
}


def chosen(request: BusinessRequest, values: Sequence[str]) -> list[Any]:
    """Return the active rows of these ids, in their order. Raises Http404 for a wrong id."""
    try:
        ids = [UUID(value) for value in values]
    except ValueError as error:
        raise Http404 from error
    found = subject_asked(request).rows(request.business).active().in_bulk(ids)
    return [found[pk] for pk in dict.fromkeys(ids) if pk in found]


def back(request: BusinessRequest, **extra: str) -> str:
    """Return where the tool was used: its own page, or the wizard's."""
    asked = own_path(request.POST.get("next") or request.GET.get("next") or "")
    asked = asked or _own_page(request)
    joint = "&" if "?" in asked else "?"
    return f"{asked}{joint}{urlencode(extra)}" if extra else asked


def _own_page(request: BusinessRequest) -> str:
    url = reverse("contacts:duplicates", args=[request.business.slug])
    subject = subject_asked(request)
    return url if subject is CONTACTS else f"{url}?{urlencode({'of': subject.noun})}"


@for_members
@require_POST
def merge_group(request: BusinessRequest) -> HttpResponse:
    """Merge the ticked contacts of a group; blanks are filled and nothing is lost."""
    contacts = chosen(request, request.POST.getlist("c"))
    primary = next((c for c in contacts if str(c.pk) == request.POST.get("primary")), None)
    if primary is None or len(contacts) < 2:
        messages.error(request, "Nothing was merged. Tick two or more, the primary too.")
        return redirect(back(request))
    others = [contact for contact in contacts if contact != primary]
    return finish_merge(request, primary, others, values=merged_values(primary, others))


def finish_merge(
    request: BusinessRequest, primary: Row, others: list[Any], *, values: dict[str, Any]
) -> HttpResponse:
    try:
        merges = merging.merge(
            primary,
            others,
            values=values,
            by=request.user,
            archive_in=request.POST.getlist("archive_in"),
        )
    except merging.NotMergeable as error:
        messages.error(request, f"Nothing was merged. {error}")
        return redirect(back(request))
    return redirect(back(request, merged=str(merges[0].batch)))


@for_members
@require_POST
def ignore_group(request: BusinessRequest) -> HttpResponse:
    contacts = chosen(request, request.POST.getlist("c"))
    if len(contacts) < 2:
        messages.error(request, "Tick those that are not the same: two or more.")
    else:
        dedupe.tell_apart(contacts, by=request.user)
        names = ", ".join(sorted({contact.name for contact in contacts}))
        messages.success(request, f"Noted for good: not duplicates of each other ({names}).")
    return redirect(back(request))


@for_members
@require_POST
def search(request: BusinessRequest) -> HttpResponse:
    jobs.start_search(request.business, by=request.user, subject=subject_asked(request))
    return redirect(back(request))


@for_members
def automatic(request: BusinessRequest) -> HttpResponse:
    """Show what a merge of all groups would do, and do it."""
    subject = subject_asked(request)
    grouping = GroupingForm(request.GET, subject=subject)
    mode, fields = grouping.mode_chosen, grouping.fields_chosen
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        job = jobs.start_merge(
            request.business,
            mode=mode,
            fields=fields,
            rule=form.cleaned_data["rule"],
            by=request.user,
            subject=subject,
        )
        url = reverse("contacts:duplicates_job", args=[request.business.slug, job.pk])
        return redirect(f"{url}?{urlencode({'next': back(request)})}")
    found = dedupe.groups(request.business, mode=mode, fields=fields, subject=subject)
    sure = [group for group in found if group.sure]
    context = {
        "form": form,
        "subject": subject,
        "mode": mode,
        "fields": [dedupe.FIELDS[subject.of][field] for field in fields],
        "back": back(request),
        "group_count": len(sure),
        "left_count": len(found) - len(sure),
        "gone_count": sum(len(group.ids) - 1 for group in sure),
        "shown": _shown(request, Paginator(sure, PER_PAGE).get_page(1), subject),
        "warnings": _warnings_of_all(request, sure, subject),
    }
    return render(request, "contacts/duplicates/automatic.html", context)


def _warnings_of_all(
    request: BusinessRequest, groups: Sequence[dedupe.Group], subject: Subject
) -> list[tuple[registry.LeftBehind, int]]:
    """Return each warning once, with the number of groups that it is about."""
    if subject.of == Of.POOLS:
        return []
    found = registry.warnings_of_merging(request.business, [group.ids for group in groups])
    return list(Counter(text for texts in found for text in texts).items())


@for_members
def job(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Show how far a job is; POST starts one again whose worker was lost."""
    work = get_object_or_404(request.business.duplicate_jobs, pk=pk)
    if request.method == "POST" and work.fell_silent:
        jobs.start_again(work)
        return redirect(request.get_full_path())
    context: dict[str, Any] = {"job": work, "back": back(request), "standing": 0}
    if work.batch:
        merges = SUBJECTS[work.of].merges(request.business)
        context["standing"] = merges.filter(batch=work.batch, undone_at=None).count()
    return render(request, "contacts/duplicates/job.html", context)
