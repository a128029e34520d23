"""The settings of contacts that both sides change."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from businesses.access import BusinessRequest, for_members
from xero_integration.both_sides import edits, questions
from xero_integration.forms.contacts import ContactSettingsForm
from xero_integration.models import Matter
from xero_integration.views.questions import connection_of
from xero_integration.wizard import inbox


@for_members
def contact_settings(request: BusinessRequest) -> HttpResponse:
    connection = connection_of(request)
    form = ContactSettingsForm(request.POST or None, instance=connection)
    if request.method == "POST" and form.is_valid():
        form.save()
        # By the new rule the answer to what is asked may be clear.
        asked = questions.open_ones(connection).filter(matter=Matter.DIFFERS)
        edits.ask_again(connection, asked.values_list("contact_id", flat=True))
        made = inbox.look_through(connection)
        also = f" {made} contacts that are new in Xero were created here." if made else ""
        messages.success(request, f"The settings are saved.{also}")
        return redirect("xero:home", request.business.slug)
    context = {"connection": connection_of(request), "form": form}
    return render(request, "xero_integration/contact_settings.html", context)
