"""What is done to an invoice as a whole: issue, void, delete, copy; payments."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from invoices import registry, services
from invoices.errors import InvoiceRefused
from invoices.forms.payment import PaymentForm
from invoices.models import Invoice, PaymentMethod
from invoices.views.reading import show_invoice

CREDIT_STANDS = (
    "A credit note stands once it is made. If it was wrong, issue a new invoice for its amount."
)


def _invoice(request: BusinessRequest, pk: UUID) -> Invoice:
    invoices = request.business.invoices.select_related("contact", "pool", "business")
    return get_object_or_404(invoices, pk=pk)


@require_POST
@for_members
def invoice_issue(request: BusinessRequest, pk: UUID) -> HttpResponse:
    invoice = _invoice(request, pk)
    try:
        services.issue(invoice, by=request.user)
    except InvoiceRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{invoice} for {invoice.contact} has been issued.")
    return redirect(invoice)


@for_members
def invoice_void(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Ask first: voiding cannot be undone."""
    invoice = _invoice(request, pk)
    if request.method != "POST":
        return render(request, "invoices/void.html", _ending(invoice))
    try:
        services.void(invoice, by=request.user)
    except InvoiceRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{invoice} is void. Its number stays on record.")
    return redirect(invoice)


@for_members
def invoice_delete(request: BusinessRequest, pk: UUID) -> HttpResponse:
    invoice = _invoice(request, pk)
    if request.method != "POST":
        return render(request, "invoices/delete.html", _ending(invoice))
    try:
        services.delete_draft(invoice)
    except InvoiceRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(invoice)
    messages.success(request, f"The draft for {invoice.contact} has been deleted.")
    return redirect(reverse("invoices:list", args=[request.business.slug]))


def _ending(invoice: Invoice) -> dict[str, object]:
    return {"invoice": invoice, "consequences": registry.what_voiding_does(invoice)}


@require_POST
@for_members
def invoice_copy(request: BusinessRequest, pk: UUID) -> HttpResponse:
    invoice = _invoice(request, pk)
    try:
        draft = services.copy(invoice)
    except InvoiceRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(invoice)
    messages.success(request, f"This is a copy of {invoice}, dated today.")
    return redirect("invoices:edit", request.business.slug, draft.pk)


@require_POST
@for_members
def payment_record(request: BusinessRequest, pk: UUID) -> HttpResponse:
    invoice = _invoice(request, pk)
    form = PaymentForm(request.POST, invoice=invoice)
    if form.is_valid():
        try:
            payment = services.record_payment(invoice, by=request.user, **form.cleaned_data)
        except InvoiceRefused as refusal:
            form.add_error("amount", str(refusal))
        else:
            messages.success(request, f"A payment of {payment.amount:,} has been recorded.")
            return redirect(invoice)
    return show_invoice(request, invoice, payment_form=form, status=422)


@for_members
def payment_reverse(request: BusinessRequest, pk: UUID, payment: UUID) -> HttpResponse:
    invoice = _invoice(request, pk)
    found = get_object_or_404(invoice.payments.select_related("invoice"), pk=payment)
    if found.method == PaymentMethod.CREDIT:
        messages.info(request, CREDIT_STANDS)
        return redirect(invoice)
    if request.method != "POST":
        context = {"invoice": invoice, "payment": found}
        return render(request, "invoices/reverse_payment.html", context)
    try:
        services.reverse_payment(found, by=request.user)
    except InvoiceRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The payment of {found.amount:,} has been reversed.")
    return redirect(invoice)
