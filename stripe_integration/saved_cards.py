"""Cards that customers let a business keep at Stripe: kept, charged by staff, and forgotten.

Stripe has the card. A charge is written down first; where its answer does not come, nothing is
sent a second time: the customer's payments at Stripe are looked through for it.
"""

import datetime as dt
import logging
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from contacts.models import Contact
from stripe_integration import accounts, log
from stripe_integration.errors import ErrorClass, StripeRefused
from stripe_integration.minor import to_cents
from stripe_integration.models import (
    CheckoutSession,
    SavedCard,
    SessionStatus,
    StripeAccount,
    Way,
)
from stripe_integration.sessions import METADATA, PayRefused, metadata, save_live

Json = dict[str, Any]

logger = logging.getLogger(__name__)

# A request that has not come to Stripe by then does not come any more.
UNCLEAR_FOR = dt.timedelta(minutes=1)
UNCLEAR = (
    "Stripe did not answer, and nobody knows yet whether the card was charged. Pooltrackr asks "
    "again within minutes, and this page shows what came of it. No second charge begins meanwhile."
)
NEVER_CAME = "It never reached Stripe: nothing was charged."
LACKS_RIGHT = (
    "The restricted key lacks a right. Give it PaymentIntents: write and PaymentMethods: write in "
    "Stripe, then charge the card again."
)
NO_REASON = "Stripe did not take the card, and gave no reason."
NEEDS_CUSTOMER = "The customer's bank wants the customer to confirm. Send the link to pay instead."


def of(contact: Contact, account: StripeAccount | None) -> QuerySet[SavedCard]:
    return SavedCard.objects.kept().filter(contact=contact, account=account)


def keep(row: CheckoutSession, said: Json) -> None:
    """Note the card of a payment whose customer agreed that it is kept."""
    method, customer = said.get("payment_method"), said.get("customer")
    if not (row.keeps_card and said.get("setup_future_usage") and customer and method):
        return
    card = ((said["latest_charge"].get("payment_method_details") or {}).get("card")) or {}
    SavedCard.objects.get_or_create(
        method=str(method),
        defaults={
            "business_id": row.business_id,
            "account_id": row.account_id,
            "contact_id": row.invoice.contact_id,
            "customer": str(customer),
            "brand": str(card.get("brand") or ""),
            "funding": str(card.get("funding") or ""),
            "country": str(card.get("country") or ""),
            "last4": str(card.get("last4") or ""),
            "exp_month": card.get("exp_month"),
            "exp_year": card.get("exp_year"),
            "agreed_at": timezone.now(),
        },
    )


# --- charging -----------------------------------------------------------------------------------


def body_of(row: CheckoutSession) -> Json:
    """Return what Stripe is sent for a charge while the customer is away."""
    assert row.saved_card is not None
    return {
        "amount": to_cents(row.total),
        "currency": row.currency.lower(),
        "customer": row.saved_card.customer,
        "payment_method": row.saved_card.method,
        "payment_method_types": ["card"],
        "off_session": True,
        "confirm": True,
        "description": f"Invoice {row.invoice.number}",
        "metadata": metadata(row),
    }


def send(row: CheckoutSession) -> None:
    """Charge the card of a row that was written down. Raises PayRefused, in words for the staff."""
    try:
        said = accounts.door_to(row.account).create_payment(row.body, key=str(row.pk))
    except StripeRefused as error:
        if error.is_unclear:
            raise PayRefused(UNCLEAR) from None
        if row.account.way == Way.KEY and error.status == HTTPStatus.FORBIDDEN:
            # A key from before cards were saved: it may lack this right, and keeps its others.
            _refused(row, LACKS_RIGHT)
        else:
            accounts.note(row.account, error)
            _refused(row, error.words or error.meaning, code=error.code)
    else:
        take_payment(row, said)
    if row.status == SessionStatus.REFUSED:
        raise PayRefused(f"Nothing was charged. {row.error}")
    if not row.is_paid:
        raise PayRefused(UNCLEAR)


def look(row: CheckoutSession) -> None:
    """Find out at Stripe what became of a charge. Raises PayRefused where that stays unclear."""
    assert row.saved_card is not None
    try:
        listed = accounts.door_to(row.account).payments_of(row.saved_card.customer)["data"]
    except StripeRefused as error:
        accounts.note(row.account, error)
        raise PayRefused(UNCLEAR) from None
    own = (one for one in listed if (one.get("metadata") or {}).get(METADATA) == str(row.pk))
    said = next(own, None)
    if said is not None:
        take_payment(row, said)
    elif timezone.now() - row.created_at > UNCLEAR_FOR:
        _refused(row, NEVER_CAME)
    else:
        raise PayRefused(UNCLEAR)


def take_payment(row: CheckoutSession, said: Json) -> None:
    """Take over a charge as Stripe has just said it is."""
    row.payment_intent = str(said["id"])
    if said["status"] == "succeeded":
        row.status = SessionStatus.PAID
    elif said["status"] != "processing":
        problem = said.get("last_payment_error") or {}
        _refused(row, str(problem.get("message") or ""), code=str(problem.get("code") or ""))
    save_live(row, "payment_intent")


def _refused(row: CheckoutSession, words: str, *, code: str = "") -> None:
    needs_customer = code in ("authentication_required", "payment_intent_action_required")
    row.status = SessionStatus.REFUSED
    row.error = NEEDS_CUSTOMER if needs_customer else words or NO_REASON
    save_live(row, "error")
    log.event(logger, "charge-refused", session=row.pk, code=code)


# --- forgetting ---------------------------------------------------------------------------------


def forget(card: SavedCard) -> None:
    """Charge the card never again, from now on; Stripe is told at once, or by the sweep."""
    card.forgotten_at, card.owes_goodbye = timezone.now(), True
    card.save(update_fields=["forgotten_at", "owes_goodbye", "updated_at"])
    _say_goodbye(card)


def say_goodbyes(account: StripeAccount) -> None:
    """Tell Stripe of cards that were forgotten while it could not be told."""
    for card in account.saved_cards.filter(owes_goodbye=True).select_related("account")[:50]:
        _say_goodbye(card)


def _say_goodbye(card: SavedCard) -> None:
    try:
        accounts.door_to(card.account).detach(card.method)
    except StripeRefused as error:
        accounts.note(card.account, error)
        # REQUEST: Stripe has it no longer.
        if error.error_class is not ErrorClass.REQUEST:
            return
    card.owes_goodbye = False
    card.save(update_fields=["owes_goodbye", "updated_at"])
