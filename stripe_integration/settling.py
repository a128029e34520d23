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
from invoices.models import Invoice, Payment, PaymentMethod
from pooltrackr.lib.money import ZERO
from stripe_integration import accounts, log
from stripe_integration.minor import from_cents
from stripe_integration.models import LIVE, Charge, CheckoutSession, SessionStatus, StripeAccount
from stripe_integration.paying import METADATA

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
    CheckoutSession.objects.filter(pk=row.pk, status__in=(*LIVE, SessionStatus.EXPIRED)).update(
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
    held = Charge.objects.select_for_update().select_related("session").get(pk=charge.pk)
    if held.booked_at is None:
        invoice = Invoice.objects.select_related("business").get(pk=held.invoice_id)
        needed = min(held.amount, due_on(invoice)) if held.currency == invoice.currency else ZERO
        if needed > 0:
            held.payment = _pay(held, invoice, needed, key=payment_key(held.stripe_id))
            held.applied = needed
        held.problem = _problem(held, invoice)
        held.booked_at = timezone.now()
        held.save()
        log.event(logger, "booked", charge=held.pk, whole=held.applied == held.amount)
    charge.refresh_from_db()


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
    if charge.applied == charge.amount:
        return ""
    if charge.currency != invoice.currency:
        return f"It was paid in {charge.currency}, and the invoice is in {invoice.currency}."
    if invoice.is_void:
        return "The invoice was cancelled before the payment arrived."
    if charge.applied:
        return "The customer paid more than was left to pay when the payment arrived."
    return "The invoice had been paid already when the payment arrived."


@transaction.atomic
def apply_rest(charge: Charge) -> Decimal:
    """Book what a person found to be needed after all; return how much that was."""
    held = Charge.objects.select_for_update().get(pk=charge.pk)
    invoice = Invoice.objects.select_related("business").get(pk=held.invoice_id)
    same = held.currency == invoice.currency
    amount = min(held.unapplied, due_on(invoice)) if same else ZERO
    if amount > 0:
        # By what was applied before: a second press of the button meets the first one's key.
        payment = _pay(held, invoice, amount, key=payment_key(held.stripe_id, f":{held.applied}"))
        held.payment = held.payment or payment
        held.applied += amount
        held.save()
    return amount
