"""The first step: the contacts' own de-duplication tool inside the wizard's frame."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from contacts.dedupe import groups
from contacts.merging.subject import CONTACTS
from contacts.models import GroupMode
from contacts.views.duplicates import tool
from xero_integration.models import Step
from xero_integration.views.frame import at_step, frame
from xero_integration.wizard.steps import Wizard


@for_members
@at_step(Step.DEDUPE)
def dedupe(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    shown = tool(request)
    context = frame(wizard, Step.DEDUPE, tool=shown, same_name=_same_name(request, shown))
    return render(request, "xero_integration/dedupe.html", context)


def _same_name(request: BusinessRequest, shown: dict[str, Any]) -> int:
    """Count the groups that share a name: what the guide asks to clean up at least."""
    of_contacts = shown["subject"] is CONTACTS
    if of_contacts and request.GET.get("mode", GroupMode.STRICT) == GroupMode.STRICT:
        asked = request.GET.getlist("by") or ["name"]
        if asked == ["name"]:
            return int(shown["page"].paginator.count)
    return len(groups(request.business, mode=GroupMode.STRICT, fields=["name"]))


@require_POST
@for_members
@at_step(Step.DEDUPE)
def dedupe_skip(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    wizard.advance(Step.DEDUPE)
    messages.info(request, "You can come back to the clean-up at any time.")
    return redirect(wizard.url())
