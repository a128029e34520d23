"""Looking at invoices: the list, one invoice, its print and its PDF, and the export."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models.functions import Lower
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import slugify

from businesses.access import BusinessRequest, for_members
from invoices import exports, registry
from invoices.dates import today
from invoices.document.content import content_of
from invoices.document.pdf import pdf_of
from invoices.forms.filters import InvoiceFilter
from invoices.forms.payment import PaymentForm
from invoices.models import CreditNote, Invoice, Payment
from invoices.tabs import counts, tab_called
from pooltrackr.lib.downloads import csv_download
from pooltrackr.lib.htmx import page
from pooltrackr.lib.money import ZERO
from pooltrackr.lib.tables import Sort, Table

SORTS: dict[str, Sort] = {
    "number": "number",
    "contact": Lower("contact__name"),
    "date": "-date",
    "due": "due_date",
    "total": "-total",
}


@for_members
def invoice_list(request: BusinessRequest) -> HttpResponse:
    filters = InvoiceFilter(request.GET, business=request.business)
    day = today(request.business)
    filtered = filters.apply(request.business.invoices.all())
    tab = tab_called(request.GET.get("state", ""))
    rows = filtered.filter(tab.condition(day)).select_related("contact", "business")
    table = Table(request, rows, sorts=SORTS, default="date")
    context = {
        "filters": filters,
        "tab": tab,
        "tabs": [
            {"tab": each, "count": count, "href": _tab_link(table, each.name)}
            for each, count in counts(filtered, day=day)
        ],
        "table": table,
        "sums": _sums(table.rows),
        "any_invoice": table.count or request.business.invoices.exists(),
    }
    return page(request, "invoices/list.html", "invoices/_table.html", context)


def _tab_link(table: Table[Invoice], name: str) -> str:
    return table.query_string(state=name or None, page=None)


def _sums(invoices: list[Invoice]) -> dict[str, Decimal]:
    """What the rows of this page come to; a void invoice comes to nothing."""
    standing = [invoice for invoice in invoices if not invoice.is_void]
    return {
        "total": sum((invoice.total for invoice in standing), ZERO),
        "due": sum((invoice.amount_due for invoice in standing if invoice.is_issued), ZERO),
    }


@for_members
def invoice_export(request: BusinessRequest) -> StreamingHttpResponse:
    """The invoices that the list shows, with the same filter, as CSV."""
    filters = InvoiceFilter(request.GET, business=request.business)
    tab = tab_called(request.GET.get("state", ""))
    invoices = filters.apply(request.business.invoices.all())
    day = today(request.business)
    rows = exports.rows(invoices.filter(tab.condition(day)))
    return csv_download(rows, name=f"invoices-{day}.csv")


@for_members
def invoice_detail(request: BusinessRequest, pk: UUID) -> HttpResponse:
    return show_invoice(request, _with_people(request, pk))


@for_members
def payment(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """A payment is seen on its invoice."""
    found = get_object_or_404(request.business.payments.select_related("invoice"), pk=pk)
    url = reverse("invoices:detail", args=[request.business.slug, found.invoice_id])
    return redirect(f"{url}#payments")


def show_invoice(
    request: BusinessRequest,
    invoice: Invoice,
    *,
    payment_form: PaymentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "invoice": invoice,
        "lines": invoice.lines.select_related("product", "tax_rate"),
        "payments": _payments(invoice),
        "refunds": _refunds(invoice),
        "limits": [] if invoice.is_draft else registry.limits_of(invoice),
        "emails": invoice.emails.select_related("sent_by"),
        "payment_form": payment_form or PaymentForm(invoice=invoice),
        "issuing": registry.what_issuing_does(request.business) if invoice.is_draft else [],
        "panels": rendered(request, invoice, registry.panels_of(invoice)),
    }
    return render(request, "invoices/detail.html", context, status=status)


def _payments(invoice: Invoice) -> list[Payment]:
    """Return the payments and credits, each with how it stands elsewhere."""
    related = ("recorded_by", "reversed_by", "credit_note")
    payments = list(invoice.payments.select_related(*related))
    notes = registry.notes_of_payments(invoice) if payments else {}
    for payment in payments:
        payment.elsewhere = notes.get(payment.pk, [])  # type: ignore[attr-defined]
    return payments


def _refunds(invoice: Invoice) -> list[CreditNote]:
    """Return the credit notes of money that was given back, each with how it stands elsewhere."""
    found = list(invoice.credit_notes.exclude(refund=None).select_related("refund"))
    keys = {note.refund.pk for note in found if note.refund}
    notes = registry.notes_of_money(invoice.business, keys)
    for note in found:
        own = notes.get(note.refund.pk, []) if note.refund else []
        note.elsewhere = own  # type: ignore[attr-defined]
    return found


def rendered(
    request: BusinessRequest, invoice: Invoice, panels: list[tuple[str, dict[str, Any]]]
) -> list[SafeString]:
    return [
        render_to_string(template, {"invoice": invoice, **context}, request)
        for template, context in panels
    ]


def _with_people(request: BusinessRequest, pk: UUID) -> Invoice:
    related = ("business", "contact__business", "pool", "issued_by", "voided_by")
    return get_object_or_404(request.business.invoices.select_related(*related), pk=pk)


@for_members
def invoice_print(request: BusinessRequest, pk: UUID) -> HttpResponse:
    content = content_of(_with_people(request, pk))
    return render(request, "invoices/print.html", {"content": content})


@for_members
def invoice_pdf(request: BusinessRequest, pk: UUID) -> HttpResponse:
    invoice = _with_people(request, pk)
    response = HttpResponse(pdf_of(content_of(invoice)), content_type="application/pdf")
    name = slugify(invoice.number) or "draft-invoice"
    # Shown in the browser's own viewer, where it can be printed or kept.
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
