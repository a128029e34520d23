"""Making a credit note for an invoice, and looking at one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify

from businesses.access import BusinessRequest, for_members
from invoices import registry, services
from invoices.document.credit_note import credit_note_pdf_of
from invoices.errors import InvoiceRefused
from invoices.forms.crediting import CreditForm
from invoices.models import CreditNote, Invoice


@for_members
def credit(request: BusinessRequest, pk: UUID) -> HttpResponse:
    invoices = request.business.invoices.select_related("contact", "business")
    invoice = get_object_or_404(invoices, pk=pk)
    left = services.left_to_credit(invoice)
    form = CreditForm(request.POST or None, invoice=invoice, left=left)
    if request.method == "POST" and form.is_valid():
        note = _made(request, invoice, form)
        if note is not None:
            messages.success(request, f"{note} takes {note.total:,} off {invoice}.")
            return redirect(invoice)
    context = {
        "invoice": invoice,
        "form": form,
        "consequences": registry.what_crediting_does(invoice),
    }
    status = 422 if form.is_bound else 200
    return render(request, "invoices/credit.html", context, status=status)


def _made(request: BusinessRequest, invoice: Invoice, form: CreditForm) -> CreditNote | None:
    try:
        return services.credit(
            invoice,
            amounts=form.amounts,
            date=form.cleaned_data["date"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            key=form.cleaned_data["key"],
        )
    except InvoiceRefused as refusal:
        form.add_error(None, str(refusal))
        return None


@for_members
def credit_note(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """A credit note is seen on its invoice."""
    found = get_object_or_404(request.business.credit_notes.all(), pk=pk)
    url = reverse("invoices:detail", args=[request.business.slug, found.invoice_id])
    return redirect(f"{url}#payments")


@for_members
def credit_note_pdf(request: BusinessRequest, pk: UUID) -> HttpResponse:
    related = ("business", "invoice__contact", "invoice__business", "invoice__pool")
    found = get_object_or_404(request.business.credit_notes.select_related(*related), pk=pk)
    response = HttpResponse(credit_note_pdf_of(found), content_type="application/pdf")
    name = slugify(found.number)
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
