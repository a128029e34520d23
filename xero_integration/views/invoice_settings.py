"""The settings of invoices in Xero that are no mapping: whether their PDF goes along."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from businesses.access import BusinessRequest, for_members
from xero_integration.connecting.connect import ATTACHMENTS_NOT_ALLOWED
from xero_integration.models import Connection
from xero_integration.sending import attaching, waking
from xero_integration.views.questions import connection_of


class InvoiceSettingsForm(forms.ModelForm[Connection]):
    class Meta:
        model = Connection
        fields = ("attach_pdf",)
        labels = {"attach_pdf": "Attach our PDF to each invoice in Xero"}
        help_texts = {
            "attach_pdf": (
                "Your customer finds it at the online invoice too. It goes with each invoice sent "
                "from now on, and again when one changes. Xero asks for a permission of its own "
                "for this: “View and manage your attachments”."
            )
        }


@for_members
def invoice_settings(request: BusinessRequest) -> HttpResponse:
    connection = connection_of(request)
    form = InvoiceSettingsForm(request.POST or None, instance=connection)
    if request.method == "POST" and form.is_valid():
        form.save()
        # Those that waited for the permission, or for the tick to be taken off, go or are done.
        waking.not_ready(connection, [ATTACHMENTS_NOT_ALLOWED])
        messages.success(request, "The settings are saved.")
        return redirect("xero:invoice_settings", request.business.slug)
    context = {
        "connection": connection,
        "form": form,
        "needs_consent": connection.attach_pdf and not attaching.is_allowed(connection),
    }
    return render(request, "xero_integration/invoice_settings.html", context)
