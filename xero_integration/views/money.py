"""Money on both sides: the two payments side by side, and the two ways out."""

from decimal import Decimal

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from businesses.access import BusinessRequest, for_members
from xero_integration.models import MoneyAnswer, MoneyQuestion
from xero_integration.payments import money_questions
from xero_integration.payments.money_questions import NotAnswered

SETTLED = "settled"


@for_members
def money(request: BusinessRequest, pk: int) -> HttpResponse:
    """One question, or a surplus that is still owed; a POST answers it."""
    question = get_object_or_404(_all(request), pk=pk)
    if request.method == "POST":
        _answer(request, question)
        return redirect(question.invoice)
    return render(request, "xero_integration/money.html", {"question": question})


def _all(request: BusinessRequest) -> QuerySet[MoneyQuestion]:
    asked = MoneyQuestion.objects.filter(business=request.business)
    return asked.select_related("invoice__business", "invoice__contact", "payment", "connection")


def _answer(request: BusinessRequest, question: MoneyQuestion) -> None:
    chosen = request.POST.get("answer", "")
    if chosen == SETTLED:
        money_questions.settle_surplus(question)
        messages.success(request, "Noted: nothing is owed back any more.")
        return
    if chosen not in MoneyAnswer.values:
        messages.error(request, "Choose one of the two.")
        return
    try:
        surplus = money_questions.answer(question, MoneyAnswer(chosen), by=request.user)
    except NotAnswered as refusal:
        messages.error(request, str(refusal))
        return
    messages.success(request, _words(chosen, surplus, question.invoice.currency))


def _words(chosen: str, surplus: Decimal, currency: str) -> str:
    if chosen == MoneyAnswer.SAME:
        return "The money counts once, as Xero has it."
    if surplus:
        return f"Both count. {surplus:,} {currency} is more than the invoice: see below."
    return "Both payments count."
