"""E-mailing an invoice, and the words that such e-mails begin with."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from businesses.access import BusinessRequest, for_members
from invoices import registry
from invoices.errors import InvoiceRefused
from invoices.forms.email import EmailForm, EmailTextForm
from invoices.models import EmailText
from invoices.services import emailing
from invoices.views.editing import only_for_editing
from invoices.views.reading import rendered


@for_members
def invoice_email(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """The e-mail as it will go, to be looked over; then it is sent."""
    only_for_editing(request)
    invoices = request.business.invoices.select_related("contact", "business")
    invoice = get_object_or_404(invoices, pk=pk)
    online = registry.online_link_of(invoice)
    form = EmailForm(request.POST or None, invoice=invoice, online=online)
    if request.method == "POST" and form.is_valid():
        try:
            email = emailing.send(invoice, by=request.user, **form.cleaned_data)
        except InvoiceRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{invoice} is on its way to {', '.join(email.to)}.")
        return redirect(invoice)
    context = {
        "invoice": invoice,
        "form": form,
        "earlier": invoice.emails.all()[:5],
        "ways": rendered(request, invoice, registry.email_panels_of(invoice)),
    }
    status = 422 if form.is_bound else 200
    return render(request, "invoices/email.html", context, status=status)


@for_members
def email_text(request: BusinessRequest) -> HttpResponse:
    text = EmailText.objects.filter(business=request.business).first()
    form = EmailTextForm(
        request.POST or None, instance=text or EmailText(business=request.business)
    )
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved. The next e-mail begins with these words.")
        return redirect("invoices:email_text", request.business.slug)
    status = 422 if form.is_bound else 200
    return render(request, "invoices/email_text.html", {"form": form}, status=status)
