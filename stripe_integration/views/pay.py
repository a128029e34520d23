"""The page of a customer who pays: no log-in, one invoice, what is due, and how it ended."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from invoices.models import Invoice
from stripe_integration import fees, links, offer, paying, settling
from stripe_integration.errors import StripeRefused
from stripe_integration.models import CheckoutSession, SessionStatus
from stripe_integration.paying import PayRefused


@never_cache
@require_http_methods(["GET", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    try:
        invoice = links.invoice_of(token)
    except links.LinkExpired as error:
        return _page(request, "expired", error.invoice, status=410)
    except links.LinkRefused:
        return _page(request, "unknown", None, status=404)
    with timezone.override(invoice.business.zone):
        return _shown(request, invoice)


def _shown(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        try:
            cards = request.POST.get("cards", fees.ALL)
            return HttpResponseRedirect(paying.start(invoice, cards=cards))
        except PayRefused as error:
            problem = str(error)
    elif request.GET.get("end"):
        _look_at(invoice)
    invoice.refresh_from_db()
    return _page(request, _state(invoice), invoice, problem=problem, end=request.GET.get("end", ""))


def _look_at(invoice: Invoice) -> None:
    """Take over at once what came of the page that the customer comes back from."""
    row = paying.live(invoice)
    if row is None or row.status != SessionStatus.OPEN:
        return
    try:
        paying.look(row)
        if row.status == SessionStatus.PAID:
            settling.settle(row.account, row.payment_intent)
    except (PayRefused, StripeRefused):
        # The event, or the poll, books it.
        return


def _state(invoice: Invoice) -> str:
    if invoice.is_void:
        return "void"
    if invoice.amount_due <= 0:
        return "paid"
    latest = CheckoutSession.objects.filter(invoice=invoice).first()
    if latest is not None and latest.status == SessionStatus.PAID:
        return "arriving"
    return "due" if offer.of(invoice).account else "closed"


def _options(invoice: Invoice) -> list[dict[str, Any]]:
    """Return what the payer may choose from, each with what it comes to."""
    account = offer.of(invoice).account
    found = fees.options(invoice, account) if account else []
    return [{"option": one, "total": invoice.amount_due + one.fee} for one in found]


def _page(
    request: HttpRequest, state: str, invoice: Invoice | None, *, status: int = 200, **more: str
) -> HttpResponse:
    seller = invoice.business if invoice else None
    context: dict[str, Any] = {"state": state, "invoice": invoice, "seller": seller, **more}
    if invoice is not None and state == "due":
        context["options"] = _options(invoice)
    response = render(request, "stripe_integration/pay.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
