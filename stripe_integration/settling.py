"""A payment at Stripe becomes a Payment here, exactly once.

The payment is always read from Stripe, never taken from an event. What is booked has a key made of
the charge's id, so that whoever comes second, or again after a crash, finds it booked. Money that
no invoice needs is never booked by force: it stands on the invoice's page for a person.
"""

import datetime as dt
import logging
import uuid
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from invoices import services
from invoices.errors import InvoiceRefused
from invoices.models import Invoice, Payment, PaymentMethod, TaxMode
from invoices.services import InvoiceData
from pooltrackr.lib.money import ZERO
from stripe_integration import accounts, fees, log, saved_cards
from stripe_integration.holding import hold
from stripe_integration.minor import from_cents
from stripe_integration.models import Charge, CheckoutSession, SessionStatus, StripeAccount
from stripe_integration.sessions import METADATA

logger = logging.getLogger(__name__)

# Any constant will do, as long as it stays: payments of before hang on it.
NAMESPACE = uuid.UUID("6e5f0c0a-2f0b-4d0e-9a3b-8a1f6f6f2d51")


def payment_key(charge_id: str, part: str = "") -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, f"{charge_id}{part}")


def settle(account: StripeAccount, intent: str) -> Charge | None:
    """Read a payment and book what it came to. None where it is not ours or not (yet) made.

    Raises StripeRefused.
    """
    door = accounts.door_to(account)
    said = door.payment(intent)
    row = row_of(account, str((said.get("metadata") or {}).get(METADATA) or ""))
    charge = said.get("latest_charge")
    if row is None or not isinstance(charge, dict):
        return None
    if said.get("status") != "succeeded" or not charge.get("captured"):
        return None
    disputes = door.disputes(intent)["data"] if charge.get("disputed") else []
    stored = _store(row, {**charge, "dispute": next(iter(disputes), None)})
    saved_cards.keep(row, said)
    book(stored)
    return stored


def row_of(account: StripeAccount, key: str) -> CheckoutSession | None:
    """Return the payment page of an account that a key from Stripe names."""
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    rows = CheckoutSession.objects.select_related("invoice__business", "account__business")
    return rows.filter(pk=wanted, account=account).first()


def _store(row: CheckoutSession, said: dict[str, Any]) -> Charge:
    """Write down what Stripe says of a charge, now and each time again."""
    charge, _ = Charge.objects.update_or_create(
        stripe_id=said["id"],
        defaults=_facts(said),
        create_defaults={
            **_facts(said),
            "business_id": row.business_id,
            "account_id": row.account_id,
            "invoice_id": row.invoice_id,
            "session": row,
        },
    )
    CheckoutSession.objects.filter(pk=row.pk).exclude(status=SessionStatus.PAID).update(
        status=SessionStatus.PAID, payment_intent=charge.payment_intent, updated_at=timezone.now()
    )
    return charge


def _facts(said: dict[str, Any]) -> dict[str, Any]:
    card = (said.get("payment_method_details") or {}).get("card") or {}
    dispute = said.get("dispute")
    facts: dict[str, Any] = {
        "payment_intent": str(said.get("payment_intent") or ""),
        "charged_at": dt.datetime.fromtimestamp(int(said["created"]), dt.UTC),
        "currency": str(said["currency"]).upper(),
        "amount": from_cents(said["amount_captured"]),
        "refunded": from_cents(said.get("amount_refunded") or 0),
        "brand": str(card.get("brand") or ""),
        "funding": str(card.get("funding") or ""),
        "country": str(card.get("country") or ""),
    }
    if isinstance(dispute, dict):
        facts["dispute"] = str(dispute.get("status") or "")
        facts["dispute_reason"] = str(dispute.get("reason") or "")
    return {**facts, **_fee(said.get("balance_transaction"))}


def _fee(transaction_said: Any) -> dict[str, Any]:
    """Return what Stripe kept, from the balance transaction: there is none at once."""
    if not isinstance(transaction_said, dict):
        return {}
    details = transaction_said.get("fee_details") or []
    tax = sum(int(one["amount"]) for one in details if one.get("type") == "tax")
    return {
        "fee": from_cents(transaction_said["fee"]),
        "fee_tax": from_cents(tax),
        "net": from_cents(transaction_said["net"]),
        "balance_transaction": str(transaction_said["id"]),
    }


# --- booking ------------------------------------------------------------------------------------


@transaction.atomic
def book(charge: Charge) -> None:
    """Turn a charge into the invoice's payment, as far as the invoice needs it. Once."""
    held = (
        Charge.objects.select_for_update(of=("self",)).select_related("session").get(pk=charge.pk)
    )
    if held.booked_at is None:
        invoice = Invoice.objects.select_related("business", "contact").get(pk=held.invoice_id)
        if held.currency == invoice.currency:
            _book_fee(held, invoice)
            _book_rest(held, invoice)
        held.problem = _problem(held, invoice)
        hold(held, held.amount - held.applied, part="held")
        held.booked_at = timezone.now()
        held.save()
        log.event(logger, "booked", charge=held.pk, whole=held.applied == held.amount)
    charge.refresh_from_db()


def _book_fee(charge: Charge, invoice: Invoice) -> None:
    """Give the card fee its place: a line of the invoice before its first payment, or its own."""
    fee, cards = charge.session.fee, charge.session.cards
    if not fee or not invoice.may_be_paid or not fees.is_kept(cards, charge.brand):
        return
    try:
        with transaction.atomic():
            if invoice.may_be_edited:
                charge.on_charged = _fee_line(charge, invoice, fee, cards)
            else:
                charge.on_charged = charge.applied = _fee_invoice(charge, invoice, fee, cards)
    except InvoiceRefused as error:
        # The customer's money is kept apart; an archived contact, say, gets no further invoice.
        charge.problem = f"The card fee could not be entered: {error}"
        invoice.refresh_from_db()


def _fee_line(charge: Charge, invoice: Invoice, fee: Decimal, cards: str) -> Decimal:
    before = invoice.total
    line = fees.line_for(invoice.business, fee, cards=cards, tax_mode=invoice.tax_mode)
    services.add_line(invoice, data=line, key=payment_key(charge.stripe_id, ":line"))
    return invoice.total - before


def _fee_invoice(charge: Charge, invoice: Invoice, fee: Decimal, cards: str) -> Decimal:
    """Make an invoice of the fee alone, for what was paid in parts, and enter it as paid."""
    day = charge.charged_at.astimezone(invoice.business.zone).date()
    data = InvoiceData(
        contact=invoice.contact,
        date=day,
        due_date=day,
        reference=f"Card fee, {invoice.number}",
        # So that it comes to the fee to the cent.
        tax_mode=TaxMode.INCLUSIVE,
        lines=[fees.line_for(invoice.business, fee, cards=cards, tax_mode=TaxMode.INCLUSIVE)],
    )
    key = payment_key(charge.stripe_id, ":invoice")
    own = services.issue(services.create_draft(invoice.business, data=data, key=key), by=None)
    _pay(charge, own, own.total, key=payment_key(charge.stripe_id, ":fee"))
    return own.total


def _book_rest(charge: Charge, invoice: Invoice) -> None:
    """Enter the payment: what is left of the charge, as far as the invoice needs it."""
    left = charge.amount - charge.applied
    if not charge.on_charged:
        # A fee that found no place is never taken for a payment of the invoice.
        left -= charge.session.fee
    needed = min(left, due_on(invoice))
    if needed > 0:
        charge.payment = _pay(charge, invoice, needed, key=payment_key(charge.stripe_id))
        charge.applied += needed


def due_on(invoice: Invoice) -> Decimal:
    return invoice.amount_due if invoice.may_be_paid else ZERO


def _pay(charge: Charge, invoice: Invoice, amount: Decimal, *, key: uuid.UUID) -> Payment:
    return services.record_payment(
        invoice,
        date=charge.charged_at.astimezone(invoice.business.zone).date(),
        amount=amount,
        method=PaymentMethod.CARD_ONLINE,
        reference=charge.stripe_id,
        key=key,
    )


def _problem(charge: Charge, invoice: Invoice) -> str:
    if charge.applied == charge.amount or charge.problem:
        return charge.problem
    if charge.currency != invoice.currency:
        return f"It was paid in {charge.currency}, and the invoice is in {invoice.currency}."
    if invoice.is_void:
        return "The invoice was cancelled before the payment arrived."
    if charge.session.fee and not fees.is_kept(charge.session.cards, charge.brand):
        chosen = fees.LABELS[charge.session.cards]
        return f"The customer chose {chosen}, and another card paid, which may have no fee on top."
    if charge.applied:
        return "The customer paid more than was left to pay when the payment arrived."
    return "The invoice had been paid already when the payment arrived."


@transaction.atomic
def apply_rest(charge: Charge) -> Decimal:
    """Book what a person found to be needed after all; return how much that was."""
    held = Charge.objects.select_for_update().get(pk=charge.pk)
    invoice = Invoice.objects.select_related("business", "contact").get(pk=held.invoice_id)
    same = held.currency == invoice.currency
    amount = min(held.unapplied, due_on(invoice)) if same else ZERO
    if amount > 0:
        # By what was applied before: a second press of the button meets the first one's key.
        payment = _pay(held, invoice, amount, key=payment_key(held.stripe_id, f":{held.applied}"))
        hold(held, -amount, part=f"applied:{held.applied}")
        held.payment = held.payment or payment
        held.applied += amount
        held.save()
    return amount
