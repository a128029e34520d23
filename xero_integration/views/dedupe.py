"""The first step: the contacts' own de-duplication tool inside the wizard's frame."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from contacts.views.duplicates import tool
from xero_integration.models import Step
from xero_integration.views.frame import at_step, frame
from xero_integration.wizard.steps import Wizard


@for_members
@at_step(Step.DEDUPE)
def dedupe(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    context = frame(wizard, Step.DEDUPE, tool=tool(request))
    return render(request, "xero_integration/dedupe.html", context)


@require_POST
@for_members
@at_step(Step.DEDUPE)
def dedupe_skip(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    wizard.advance(Step.DEDUPE)
    messages.info(request, "You can come back to the clean-up at any time.")
    return redirect(wizard.url())
