"""Paying a checkout session: what the customer does on its page, and what becomes of it."""

from simulators.common.wire import Json
from simulators.stripe.book import Book
from simulators.stripe.cards import BRAND_NAMES, CARDS
from simulators.stripe.customers import new_customer
from simulators.stripe.errors import StripeError
from simulators.stripe.intents import authenticate, authentication_url, new_intent
from simulators.stripe.paying import pay
from simulators.stripe.world import World


def blocked_brands(session: Json) -> list[str]:
    restrictions = session["payment_method_options"]["card"]["restrictions"]
    return list(restrictions["brands_blocked"])


def pay_session(
    world: World, book: Book, session: Json, method: Json, origin: str, *, save: bool = False
) -> Json:
    """Pay as the customer on the page does; raise StripeError when it cannot be.

    Returns the intent: succeeded, and then the session is complete, or waiting for its customer
    to authenticate. `save` is the customer's consent to keep the card.
    """
    if session["status"] != "open":
        raise StripeError(f"This Checkout Session has a status of {session['status']}.")
    card = CARDS[book.cards[method["id"]]]
    if not card.is_taken(blocked_brands(session)):
        message = f"{BRAND_NAMES[card.brand]} cards are not accepted. Please use a different card."
        raise StripeError(message, status=402, type="card_error", code="card_declined")
    intent = intent_of(world, book, session, method, save=save)
    pay(world, book, intent, method)
    if intent["status"] == "requires_action":
        url = authentication_url(origin, book, intent)
        redirect = {"return_url": session["url"], "url": url}
        intent["next_action"] = {"redirect_to_url": redirect, "type": "redirect_to_url"}
    if intent["status"] == "succeeded":
        complete(world, book, session, intent)
    return intent


def intent_of(world: World, book: Book, session: Json, method: Json, *, save: bool) -> Json:
    """Return the session's one payment intent; it is made when somebody first tries to pay."""
    wishes = dict(book.wishes[session["id"]])
    if save:
        wishes["setup_future_usage"] = "off_session"
        method["allow_redisplay"] = "always"
    elif wishes["setup_future_usage"]:
        method["allow_redisplay"] = "limited"
    customer = session["customer"]
    if customer is None and (save or session["customer_creation"] == "always"):
        billing = method["billing_details"]
        email = session["customer_email"] or billing["email"]
        customer = new_customer(world, book, email=email, name=billing["name"])["id"]
        session["customer"] = customer
    intent = book.find("payment_intent", session["payment_intent"])
    if intent is None:
        wishes["customer"] = customer
        intent = new_intent(world, book, session["amount_total"], session["currency"], wishes)
        session["payment_intent"] = intent["id"]
    intent.update(customer=customer, setup_future_usage=wishes["setup_future_usage"])
    return intent


def authenticate_session(world: World, book: Book, intent: Json, *, passed: bool) -> None:
    """Let the customer authenticate; a session that waited for it is complete with it."""
    authenticate(world, book, intent, passed=passed)
    session = session_of(book, intent)
    if session and intent["status"] == "succeeded":
        complete(world, book, session, intent)


def session_of(book: Book, intent: Json) -> Json | None:
    return next(book.all("checkout.session", payment_intent=intent["id"]), None)


def complete(world: World, book: Book, session: Json, intent: Json) -> None:
    method = book.get("payment_method", intent["payment_method"])
    customer = book.find("customer", session["customer"]) or {}
    billing = method["billing_details"]
    session.update(
        status="complete",
        payment_status="paid",
        url=None,
        customer_details={
            "address": billing["address"],
            "email": billing["email"] or session["customer_email"] or customer.get("email"),
            "name": billing["name"] or customer.get("name"),
            "phone": billing["phone"],
            "tax_exempt": "none",
            "tax_ids": [],
        },
    )
    world.emit(book, "checkout.session.completed", session)
