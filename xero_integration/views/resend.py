"""A bulk resend: what it would do in Xero, problems first, and the button that does it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from businesses.access import BusinessRequest, for_members
from xero_integration import outbox
from xero_integration.models import Connection
from xero_integration.resend import run
from xero_integration.resend.asked import MOST, Asked
from xero_integration.resend.forms import AgainForm, HeldForm
from xero_integration.resend.plan import Act, Line, Plan, plan
from xero_integration.views.log import url_of_queue

# A page of what goes; what cannot go is shown whole, since it must be answered.
PER_PAGE = 50


def _connection(request: BusinessRequest) -> Connection:
    found = outbox.current_connection(request.business)
    if found is None:
        raise Http404
    return found


@for_members
def retry(request: BusinessRequest) -> HttpResponse:
    """Retry many records: all that need a person, those of one cause, or those ticked."""
    asked = HeldForm(request.GET).asked(_connection(request))
    back = url_of_queue(request)
    if not asked.rows:
        messages.info(request, "Nothing of this needs you any more.")
        return redirect(back)
    return _page(request, asked, back=back, title="Retry", form=None)


@for_members
def again(request: BusinessRequest) -> HttpResponse:
    """Send contacts or invoices of a period once more, although Xero has them."""
    connection = _connection(request)
    form = AgainForm(request.GET or None)
    asked = form.asked(connection) if form.is_bound and form.is_valid() else None
    back = reverse("xero:log", args=[request.business.slug])
    return _page(request, asked, back=back, title="Send again", form=form)


def _page(
    request: BusinessRequest,
    asked: Asked | None,
    *,
    back: str,
    title: str,
    form: AgainForm | None,
) -> HttpResponse:
    left_out = set(request.POST.getlist("leave"))
    if asked is not None and request.method == "POST":
        done = _run(request, asked, left_out, back=back)
        if done is not None:
            return done
    found = plan(asked) if asked is not None else None
    context = {
        "title": title,
        "back": back,
        "form": form,
        "plan": found,
        "most": MOST,
        "left_out": left_out,
        **(_shown(request, found) if found is not None else {}),
    }
    return render(request, "xero_integration/resend.html", context)


def _run(
    request: BusinessRequest, asked: Asked, left_out: set[str], *, back: str
) -> HttpResponse | None:
    seen = request.POST.get("seen", "")
    try:
        count = run.run(asked, seen=seen, left_out=left_out, by=request.user)
    except run.NotRun as refusal:
        messages.error(request, str(refusal))
        return None
    what = "1 record is" if count == 1 else f"{count} records are"
    messages.success(request, f"{what} queued for Xero.")
    return redirect(back)


def _shown(request: BusinessRequest, found: Plan) -> dict[str, object]:
    asked = request.GET.get("act", "")
    lines: list[Line] = [line for line in found.lines if line.act != Act.STOP]
    if asked:
        lines = [line for line in lines if line.act == asked]
    query = request.GET.copy()
    query.pop("page", None)
    query.pop("act", None)
    return {
        "page": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")),
        "acts": [one for one in found.counts if one[0] != Act.STOP],
        "here": asked,
        "query": urlencode(query, doseq=True),
        "sends": sum(line.act not in (Act.STOP, Act.SKIP) for line in found.lines),
    }
