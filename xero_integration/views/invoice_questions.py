"""What happened to sent invoices in Xero that a person must decide about: the list, and one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from businesses.access import BusinessRequest, for_members
from invoices.errors import InvoiceRefused
from invoices.models import Invoice
from pooltrackr.lib.htmx import page
from pooltrackr.lib.tables import Sort, Table
from xero_integration.both_sides import invoice_edits, invoice_page, invoice_questions, questions
from xero_integration.both_sides.invoice_edits import Answer
from xero_integration.both_sides.invoice_page import Choice
from xero_integration.both_sides.invoice_sides import Sides
from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    InvoiceMatter,
    InvoiceQuestion,
    Kind,
    QuestionStatus,
)
from xero_integration.views.questions import connection_of

SORTS: dict[str, Sort] = {
    "asked": "-created_at",
    "number": "invoice__number",
    "name": Lower("invoice__contact__name"),
}


class AnswerForm(forms.Form):
    """`version` is what the person saw: where either side has changed since, nothing is chosen."""

    version = forms.CharField(widget=forms.HiddenInput)
    act = forms.CharField()

    def __init__(self, data: Any, *, version: str, offered: list[Choice]) -> None:
        super().__init__(data, initial={"version": version})
        self.present = version
        self.offered = {one.act: one for one in offered}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("version") != self.present:
            raise forms.ValidationError(
                "One side has changed since you opened this page. Look again, then choose."
            )
        chosen = self.offered.get(cleaned.get("act", ""))
        if chosen is None or chosen.why_not:
            raise forms.ValidationError(chosen.why_not if chosen else "Choose one of the answers.")
        return cleaned


@for_members
def question_list(request: BusinessRequest) -> HttpResponse:
    connection = connection_of(request)
    found = invoice_questions.open_ones(connection).select_related("invoice__contact")
    table = Table(request, found, sorts=SORTS, default="asked")
    context = {
        "connection": connection,
        "table": table,
        "contacts": questions.open_ones(connection).count(),
    }
    return page(
        request,
        "xero_integration/invoice_questions.html",
        "xero_integration/_invoice_questions_table.html",
        context,
    )


@for_members
def question(request: BusinessRequest, pk: int) -> HttpResponse:
    """Both sides of an invoice, and what may be chosen."""
    connection = connection_of(request)
    asked = connection.invoice_questions.select_related("invoice__business", "invoice__contact")
    found = get_object_or_404(asked, pk=pk)
    sides = _sides(connection, found)
    if found.status != QuestionStatus.OPEN or sides is None or not sides.invoice.is_issued:
        messages.info(request, f"Nothing is asked about {found.invoice} any more.")
        return redirect(found.invoice)
    offered = invoice_page.choices(connection, sides, InvoiceMatter(found.matter))
    form = AnswerForm(request.POST or None, version=sides.version, offered=offered)
    if request.method == "POST" and form.is_valid() and _answered(request, found, form):
        messages.success(request, f"{found.invoice}: what you chose is done.")
        return redirect(found.invoice)
    return _shown(request, found, sides, form)


def _shown(
    request: BusinessRequest, found: InvoiceQuestion, sides: Sides, form: AnswerForm
) -> HttpResponse:
    if form.is_bound:
        # What is chosen next is chosen of what is shown now.
        form.data = {**request.POST.dict(), "version": form.present}
    context = {
        "connection": found.connection,
        "question": found,
        "invoice": sides.invoice,
        "rows": invoice_page.rows(sides),
        "choices": list(form.offered.values()),
        "form": form,
        "xero_url": links.xero_url(found.connection, Kind.INVOICE, found.xero_id),
    }
    return render(request, "xero_integration/invoice_question.html", context)


def _sides(connection: Connection, question: InvoiceQuestion) -> Sides | None:
    invoice: Invoice = question.invoice
    link = links.link_for(connection, Kind.INVOICE, invoice.pk)
    row = connection.xero_invoices.filter(xero_id=question.xero_id).first()
    if link is None or row is None:
        return None
    lines = list(invoice.lines.select_related("tax_rate", "product"))
    return Sides(invoice, lines, link, row)


def _answered(request: BusinessRequest, question: InvoiceQuestion, form: AnswerForm) -> bool:
    """Do what was chosen, if both sides still are what was seen; tell in the form if not."""
    act = form.cleaned_data["act"]
    try:
        with transaction.atomic():
            seen = _sides(question.connection, question)
            sides = invoice_edits.held(seen.link, seen.row) if seen else None
            if sides is None or sides.version != form.cleaned_data["version"]:
                raise InvoiceRefused("One side has changed meanwhile. Look again, then choose.")
            ACTS[act](Answer(question, sides, request.user))
    except InvoiceRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


ACTS = {
    "ours": Answer.ours_again,
    "theirs": Answer.take_theirs,
    "leave": Answer.leave_both,
    "void": Answer.void,
}
