"""What happened to contacts in Xero that a person must decide about: the list, and one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models.functions import Lower
from django.forms import BoundField
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html

from businesses.access import BusinessRequest, for_members
from contacts.registry import consequences_of_archiving
from pooltrackr.lib.htmx import page
from pooltrackr.lib.tables import Sort, Table
from xero_integration import panels
from xero_integration.both_sides import edits, invoice_questions, questions, threeway
from xero_integration.both_sides.sides import Side, sides, version
from xero_integration.forms.contacts import SidesForm
from xero_integration.linking import links
from xero_integration.models import Connection, Kind, Link, Matter, Question, XeroContact

SORTS: dict[str, Sort] = {"asked": "-created_at", "name": Lower("contact__name")}


def connection_of(request: BusinessRequest) -> Connection:
    """The connection in hand: without one there is nothing to decide about."""
    found = panels.current(request.business)
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class Line:
    """A question as the list shows it."""

    question: Question

    @property
    def words(self) -> str:
        if self.question.matter == Matter.DIFFERS:
            return ", ".join(threeway.labels_of(self.question.fields))
        if self.question.matter == Matter.MERGED:
            return f"into {self.question.other}"
        return "It is still in use here."


@for_members
def question_list(request: BusinessRequest) -> HttpResponse:
    connection = connection_of(request)
    found = questions.open_ones(connection)
    asked = request.GET.get("matter", "")
    shown = found.filter(matter=asked) if asked in Matter.values else found
    table = Table(request, shown.select_related("contact", "other"), sorts=SORTS, default="asked")
    tabs = [("", "All", found.count())]
    tabs += [(one.value, one.label, found.filter(matter=one).count()) for one in Matter]
    context = {
        "connection": connection,
        "table": table,
        "lines": [Line(row) for row in table.rows],
        "tabs": tabs,
        "here": asked if asked in Matter.values else "",
        "invoices": invoice_questions.open_ones(connection).count(),
    }
    return page(
        request,
        "xero_integration/questions.html",
        "xero_integration/_questions_table.html",
        context,
    )


@for_members
def question(request: BusinessRequest, pk: int) -> HttpResponse:
    """One question with its choices; what a POST chooses hangs on what is asked."""
    connection = connection_of(request)
    asked = connection.questions.select_related("contact__business", "other")
    found = get_object_or_404(asked, pk=pk)
    link = links.link_for(connection, Kind.CONTACT, found.contact_id)
    there = connection.xero_contacts.filter(xero_id=found.xero_id).first()
    if found.status != "open" or link is None or there is None:
        messages.info(request, f"Nothing is asked about {found.contact} any more.")
        return redirect(found.contact)
    return PAGES[Matter(found.matter)](request, Asked(connection, found, link, there))


@dataclass(frozen=True)
class Asked:
    """A question with both sides of its contact."""

    connection: Connection
    question: Question
    link: Link
    there: XeroContact

    def context(self, **more: Any) -> dict[str, Any]:
        return {
            "connection": self.connection,
            "question": self.question,
            "contact": self.question.contact,
            "there": self.there,
            "xero_url": links.xero_url(self.connection, Kind.CONTACT, self.there.xero_id),
            **more,
        }


def _differs(request: BusinessRequest, asked: Asked) -> HttpResponse:
    contact = asked.question.contact
    shown = sides(contact, asked.there, asked=asked.question.fields)
    form = SidesForm(request.POST or None, sides=shown, version=version(contact, asked.there))
    if request.method == "POST" and form.is_valid():
        edits.choose(asked.link, asked.there, form.from_xero, by=request.user)
        messages.success(request, f"{contact} is brought into step on both sides.")
        return redirect(contact)
    if form.is_bound:
        # What is chosen next is chosen of what is shown now.
        form.data = {**request.POST.dict(), "version": form.present}
    rows = [Row(side, form.field_of(side)) for side in shown]
    context = asked.context(form=form, rows=rows)
    return render(request, "xero_integration/question_differs.html", context)


@dataclass(frozen=True)
class Row:
    """One field side by side, with the radio buttons of the two if it is asked about."""

    side: Side
    field: BoundField | None

    @property
    def buttons(self) -> list[Any]:
        return list(self.field) if self.field else []


def _archived(request: BusinessRequest, asked: Asked) -> HttpResponse:
    contact = asked.question.contact
    if request.method == "POST":
        if request.POST.get("act") == "archive":
            contact.archive()
            questions.answer(asked.question, "Archived here as well.", by=request.user)
            messages.success(request, f"{contact} is archived here as well.")
        else:
            questions.answer(asked.question, "Kept in use here.", by=request.user)
            messages.success(request, f"{contact} stays in use here.")
        return redirect(contact)
    context = asked.context(consequences=consequences_of_archiving(contact))
    return render(request, "xero_integration/question_archived.html", context)


def _merged(request: BusinessRequest, asked: Asked) -> HttpResponse:
    if request.method == "POST":
        questions.answer(asked.question, "Kept apart here.", by=request.user)
        messages.success(
            request,
            format_html("{} and {} stay apart here.", asked.question.contact, asked.question.other),
        )
        return redirect(asked.question.contact)
    return render(request, "xero_integration/question_merged.html", asked.context())


PAGES: dict[Matter, Callable[[BusinessRequest, Asked], HttpResponse]] = {
    Matter.DIFFERS: _differs,
    Matter.ARCHIVED: _archived,
    Matter.MERGED: _merged,
}
