"""What every page of the wizard shares: nobody gets ahead of the first step that is not done."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import messages
from django.http import Http404, HttpResponse

from businesses.access import BusinessRequest
from pooltrackr.lib.htmx import redirect_to
from xero_integration.models import Connection, Step
from xero_integration.wizard.steps import Wizard

P = ParamSpec("P")
StepView = Callable[Concatenate[BusinessRequest, Wizard, P], HttpResponse]
MemberView = Callable[Concatenate[BusinessRequest, P], HttpResponse]

# Why a later step sends somebody back to the one that is not done yet.
FIRST = {
    Step.DEDUPE: "Start with your contact list: merge duplicates, or skip this step.",
    Step.CONNECT: "Connect to Xero first.",
    Step.LINK: "Decide on every contact first.",
    Step.CREATE: "Choose which of Xero's contacts to create first.",
    Step.SYNC: "The sync comes first.",
    Step.ACCOUNTS: "Link your product categories to Xero accounts first.",
}


def at_step(step: Step) -> Callable[[StepView[P]], MemberView[P]]:
    """Give the view its Wizard, or send the person to the step that comes before this one."""

    def decorate(view: StepView[P]) -> MemberView[P]:
        @wraps(view)
        def guarded(request: BusinessRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            wizard = Wizard(request.business)
            if not wizard.reachable(step):
                messages.info(request, FIRST[wizard.current])
                return redirect_to(request, wizard.url())
            return view(request, wizard, *args, **kwargs)

        # functools.wraps declares the result as the wrapped function's equal, which it is not.
        return cast(MemberView[P], guarded)

    return decorate


def frame(wizard: Wizard, step: Step, **context: Any) -> dict[str, Any]:
    """Return the variables of the wizard's frame, with those of the step."""
    places = wizard.places(step)
    return {"wizard": wizard, "places": places, "place": places[wizard.number(step) - 1], **context}


def connected(wizard: Wizard) -> Connection:
    """Return the connection that a step behind the connect step works on."""
    if wizard.connection is None:
        raise Http404
    return wizard.connection
