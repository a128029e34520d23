"""The page of a customer who pays: no log-in, one invoice, what is due, and how it ended."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from invoices.models import Invoice
from stripe_integration import fees, links, offer, parts, paying, saved_cards, sessions
from stripe_integration.errors import StripeRefused
from stripe_integration.forms import PayForm
from stripe_integration.models import StripeAccount
from stripe_integration.sessions import PayRefused


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
    if request.POST.get("do") == "forget":
        return _forget(request, invoice)
    form = PayForm(request.POST if request.method == "POST" else request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    problem = "" if asked else "Write the amount like 60.00."
    if request.method == "POST" and asked and not _is_to_be_shown(invoice, asked):
        try:
            return HttpResponseRedirect(_start(invoice, asked))
        except PayRefused as error:
            problem = str(error)
    elif request.GET.get("end"):
        _look_at(invoice)
    invoice.refresh_from_db()
    state = _state(invoice)
    more: dict[str, Any] = {"problem": problem, "end": request.GET.get("end", ""), "form": form}
    if state == "due":
        more |= _due(invoice, asked.get("amount"), problem)
    return _page(request, state, invoice, **more)


def _start(invoice: Invoice, asked: dict[str, Any]) -> str:
    return paying.start(
        invoice, cards=asked["cards"], amount=asked["amount"], keeps_card=asked["keeps_card"]
    )


def _is_to_be_shown(invoice: Invoice, asked: dict[str, Any]) -> bool:
    """Say whether the payer has changed the amount and not yet seen what the fee on it is."""
    account = offer.of(invoice).account
    if account is None or asked["amount"] in (None, asked["shown"]):
        return False
    return any(one.fee for one in fees.options(invoice, account, asked["amount"]))


def _look_at(invoice: Invoice) -> None:
    """Take over at once what came of the page that the customer comes back from."""
    row = sessions.live(invoice)
    if row is None:
        return
    try:
        paying.look(row)
    except (PayRefused, StripeRefused):
        # The event, or the poll, books it.
        return


def _forget(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    """Let the customer take the consent back: all cards of this contact are forgotten."""
    for card in saved_cards.of(invoice.contact, offer.of(invoice).account):
        saved_cards.forget(card)
    messages.success(request, "Your card is no longer kept.")
    return redirect(request.path)


def _state(invoice: Invoice) -> str:
    if invoice.is_void:
        return "void"
    if invoice.amount_due <= 0:
        return "paid"
    if sessions.is_arriving(invoice):
        return "arriving"
    return "due" if offer.of(invoice).account else "closed"


def _due(invoice: Invoice, asked: Decimal | None, problem: str) -> dict[str, Any]:
    """Return what the payer may choose from, each with what it comes to."""
    account = offer.of(invoice).account
    assert account is not None
    takes_parts = parts.are_taken(invoice, account)
    amount = invoice.amount_due
    if takes_parts and asked is not None and not problem:
        try:
            parts.check(invoice, asked)
            amount = asked
        except PayRefused as error:
            problem = str(error)
    found = fees.options(invoice, account, amount)
    return {
        "problem": problem,
        "options": [{"option": one, "total": amount + one.fee} for one in found],
        "amount": amount,
        "takes_parts": takes_parts,
        "keeps_cards": account.keeps_cards,
        "has_kept": _has_kept(invoice, account),
    }


def _has_kept(invoice: Invoice, account: StripeAccount) -> bool:
    return saved_cards.of(invoice.contact, account).exists()


def _page(
    request: HttpRequest, state: str, invoice: Invoice | None, *, status: int = 200, **more: Any
) -> HttpResponse:
    seller = invoice.business if invoice else None
    context: dict[str, Any] = {"state": state, "invoice": invoice, "seller": seller, **more}
    response = render(request, "stripe_integration/pay.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
