"""Taking a payment: what the card does with it, the charge, its transaction, its events."""

from simulators.common.wire import Json
from simulators.stripe.book import Book
from simulators.stripe.cards import CARDS, Card
from simulators.stripe.disputes import open_dispute
from simulators.stripe.errors import StripeError
from simulators.stripe.fees import COUNTRIES, payment_fees, rate_for
from simulators.stripe.ledger import become_available, post
from simulators.stripe.payment_methods import attach_to
from simulators.stripe.refunds import retry_waiting
from simulators.stripe.wire import business_days_after, new_id
from simulators.stripe.world import World

# docs.stripe.com/declines/codes: what a customer may be told. The codes of errors that are not
# "card_declined" are those of docs.stripe.com/error-codes.
DECLINES = {
    "generic_decline": ("card_declined", "Your card was declined."),
    "insufficient_funds": ("card_declined", "Your card has insufficient funds."),
    "lost_card": ("card_declined", "Your card was declined."),
    "stolen_card": ("card_declined", "Your card was declined."),
    "expired_card": ("expired_card", "Your card has expired."),
    "incorrect_cvc": ("incorrect_cvc", "Your card's security code is incorrect."),
    "processing_error": (
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    "authentication_required": (
        "authentication_required",
        "Your card was declined. This transaction requires authentication.",
    ),
}


def pay(
    world: World,
    book: Book,
    intent: Json,
    method: Json,
    *,
    off_session: bool = False,
    refuses_action: bool = False,
    authenticated: bool = False,
) -> None:
    """Try to take an intent's amount from a card; raise StripeError when it is declined.

    When the customer has to authenticate, the intent says so afterwards and nothing is taken;
    with `refuses_action` that is a decline.
    """
    card = CARDS[book.cards[method["id"]]]
    is_saved = method["customer"] is not None
    intent["payment_method"] = method["id"]
    needs = card.needs_authentication(is_saved=is_saved, off_session=off_session)
    if needs and not authenticated:
        if off_session or refuses_action:
            decline(world, book, intent, method, "authentication_required")
        intent["status"] = "requires_action"
        world.emit(book, "payment_intent.requires_action", intent)
        return
    declined = card.declines(is_saved=is_saved)
    if declined:
        decline(world, book, intent, method, declined)
    succeed(world, book, intent, method, card)


def succeed(world: World, book: Book, intent: Json, method: Json, card: Card) -> None:
    """Make the charge of an intent that is paid, and what follows from it."""
    charge = book.add(new_charge(world, book, intent, method))
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        latest_charge=charge["id"],
        last_payment_error=None,
        next_action=None,
    )
    save(world, book, intent, method)
    world.emit(book, "charge.succeeded", charge)
    take(world, book, charge, card)
    world.emit(book, "payment_intent.succeeded", intent)
    if card.does in {"dispute", "inquiry"}:
        open_dispute(world, book, charge, reason=card.detail, inquiry=card.does == "inquiry")


def decline(world: World, book: Book, intent: Json, method: Json, reason: str) -> None:
    """Note a failed charge and raise the error of it."""
    code, message = DECLINES.get(reason, ("card_declined", "Your card was declined."))
    charge = book.add(new_charge(world, book, intent, method))
    charge.update(
        status="failed",
        paid=False,
        captured=False,
        amount_captured=0,
        failure_code=code,
        failure_message=message,
        outcome=outcome(reason),
    )
    error: Json = {"charge": charge["id"], "decline_code": reason, "payment_method": method}
    intent.update(status="requires_payment_method", latest_charge=charge["id"])
    refused = StripeError(message, status=402, type="card_error", code=code, more=error)
    intent.update(payment_method=None, next_action=None, last_payment_error=dict(refused.body))
    world.emit(book, "charge.failed", charge)
    world.emit(book, "payment_intent.payment_failed", intent)
    refused.more["payment_intent"] = intent
    raise refused


def outcome(reason: str = "") -> Json:
    return {
        "advice_code": "try_again_later" if reason == "processing_error" else None,
        "network_status": "declined_by_network" if reason else "approved_by_network",
        "reason": reason or None,
        "risk_level": "normal",
        "seller_message": "The bank did not return any further details with this decline."
        if reason
        else "Payment complete.",
        "type": "issuer_declined" if reason else "authorized",
    }


def save(world: World, book: Book, intent: Json, method: Json) -> None:
    """Keep the card for the customer when that was asked for."""
    if intent["setup_future_usage"] and intent["customer"]:
        attach_to(world, book, method, intent["customer"])


def take(world: World, book: Book, charge: Json, card: Card) -> None:
    """Book a charge's money, less the fee, for the day when it becomes available."""
    country = COUNTRIES[book.country]
    rate = rate_for(world.rates, card, book.country)
    fees = payment_fees(charge["amount"], charge["currency"], rate, country, world.switches)
    delay = book.account["settings"]["payouts"]["schedule"]["delay_days"]
    at_once = card.does == "available"
    when = world.now if at_once else business_days_after(world.now, delay)
    own = post(
        world,
        book,
        "charge",
        charge["amount"],
        charge,
        words=charge["description"],
        fees=fees,
        available_on=when,
    )
    charge["balance_transaction"] = own["id"]
    if own["status"] == "available":
        become_available(world, book, own["id"])
    if world.switches.charge_updated:
        before = {"balance_transaction": None}
        world.emit(book, "charge.updated", charge, before=before)
    retry_waiting(world, book)


def new_charge(world: World, book: Book, intent: Json, method: Json) -> Json:
    id = new_id("ch")
    return {
        "id": id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"],
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": book.account["business_profile"]["name"],
        "captured": True,
        "created": world.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": outcome(),
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": charged_card(method, intent), "type": "card"},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": None,
    }


def charged_card(method: Json, intent: Json) -> Json:
    card = method["card"]
    names = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding")
    return {
        "amount_authorized": intent["amount"],
        **{name: card[name] for name in names},
        "last4": card["last4"],
        "mandate": None,
        "network": card["networks"]["available"][0],
        "three_d_secure": None,
        "wallet": None,
    }
