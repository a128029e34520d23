"""What people do with money: recorded and reversed here, entered and removed in Xero."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from invoices import services
from invoices.models import Payment
from pooltrackr.lib.money import rounded
from xero_integration.models import MoneyAnswer
from xero_integration.payments import money_questions
from xero_integration.payments.money_questions import NotAnswered
from xero_integration.tests.soak.invoices import standing
from xero_integration.tests.soak.world import Step, World

CENT = Decimal("0.01")


# --- here


def pay_here(world: World) -> None:
    if not (may := standing(world)):
        return
    invoice = world.dice.choice(may)
    services.record_payment(
        invoice,
        date=timezone.localdate(),
        amount=_part(world, invoice.amount_due),
        method=world.dice.choice(["card", "cash", "bank_transfer"]),
        reference=world.value("reference"),
        by=world.user,
    )


def reverse_here(world: World) -> None:
    paid = Payment.objects.standing().filter(business=world.business)
    if found := list(paid.order_by("created_at", "pk")):
        services.reverse_payment(world.dice.choice(found), by=world.user)


# --- in Xero


def pay_there(world: World) -> None:
    if due := _due_there(world):
        invoice = world.dice.choice(due)
        amount = _part(world, Decimal(str(invoice["AmountDue"])))
        _act(world, "pay_invoice", invoice=invoice["InvoiceID"], amount=str(amount))


def pay_batch_there(world: World) -> None:
    due = _due_there(world)
    if len(due) > 1:
        chosen = world.dice.sample(due, 2)
        _act(world, "pay_in_batch", invoices=[one["InvoiceID"] for one in chosen])


def remove_there(world: World) -> None:
    """Remove the payments of one invoice; a batch goes as a whole."""
    if paid := [one for one in world.xero.invoices() if one["AmountPaid"]]:
        remove_all(world, world.dice.choice(paid)["InvoiceID"])


def remove_all(world: World, invoice_id: str) -> None:
    world.xero.control("clock", advance=1)
    batches = {
        one["BatchPaymentID"]
        for one in payments_there(world)
        if one["Invoice"]["InvoiceID"] == invoice_id and one.get("BatchPaymentID")
    }
    for batch in sorted(batches):
        world.xero.act("remove_batch", batch=batch)
    world.xero.act("remove_payments", invoice=invoice_id)


def payments_there(world: World) -> list[dict[str, Any]]:
    """Return the payments that stand in Xero."""
    (organisation,) = world.xero.state("payments")["organisations"][:1]
    return [one for one in organisation["payments"] if one["Status"] == "AUTHORISED"]


def _due_there(world: World) -> list[dict[str, Any]]:
    return [one for one in world.xero.invoices() if one["Status"] == "AUTHORISED"]


def _act(world: World, do: str, **what: Any) -> None:
    world.xero.control("clock", advance=1)
    world.xero.act(do, **what)


def _part(world: World, due: Decimal) -> Decimal:
    """Return all of what is due, or a part of it."""
    if world.dice.random() < 0.3:
        return due
    return max(CENT, rounded(due * world.dice.randint(5, 60) / 100))


# --- money on both sides


def decide(world: World) -> None:
    """Answer what is asked about money, at random; both answers must end in agreement."""
    for question in money_questions.open_ones(world.connection).order_by("pk"):
        chosen = world.dice.choice([MoneyAnswer.SAME, MoneyAnswer.TWO])
        try:
            money_questions.answer(question, chosen, by=world.user)
        except NotAnswered:
            world.refused["decide"] = world.refused.get("decide", 0) + 1


STEPS: dict[Step, int] = {
    pay_here: 6,
    reverse_here: 2,
    pay_there: 5,
    pay_batch_there: 2,
    remove_there: 2,
    decide: 2,
}
