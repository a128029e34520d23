"""Payment methods: cards only, from a test number, a test token or a test id."""

import hashlib
from datetime import UTC, datetime

from simulators.common.wire import Json
from simulators.stripe.book import Book
from simulators.stripe.call import Call, subject
from simulators.stripe.cards import BY_METHOD, BY_TOKEN, CARDS, Card, is_card_number
from simulators.stripe.customers import ADDRESS
from simulators.stripe.errors import StripeError, missing
from simulators.stripe.listing import listing
from simulators.stripe.params import Params
from simulators.stripe.wire import new_id
from simulators.stripe.world import World

REDISPLAY = {"always", "limited", "unspecified"}
BILLING = ("name", "email", "phone")
EXPIRY_YEARS = 8


def card_error(code: str, message: str, param: str, more: Json | None = None) -> StripeError:
    return StripeError(message, status=402, type="card_error", code=code, param=param, more=more)


def card_numbered(number: str) -> Card:
    """Return the test card of a number; raise StripeError as a bank would refuse any other."""
    digits = number.replace(" ", "").replace("-", "")
    card = CARDS.get(digits)
    if card is not None:
        return card
    if not is_card_number(digits):
        raise card_error("incorrect_number", "Your card number is incorrect.", "number")
    message = "Your card was declined. Your request was in test mode, but used a non test card. "
    message += "For a list of valid test cards, visit: https://stripe.com/docs/testing."
    more: Json = {"decline_code": "test_mode_live_card"}
    raise card_error("card_declined", message, "", more)


def check_expiry(month: int, year: int, now: int) -> None:
    today = datetime.fromtimestamp(now, UTC)
    if not 1 <= month <= 12:
        message = "Your card's expiration month is invalid."
        raise card_error("invalid_expiry_month", message, "exp_month")
    if (year, month) < (today.year, today.month):
        message = "Your card's expiration year is invalid."
        raise card_error("invalid_expiry_year", message, "exp_year")


def new_method(
    world: World, book: Book, card: Card, *, expiry: tuple[int, int] | None = None
) -> Json:
    """Add a payment method; `expiry` is month and year, else years from now."""
    year = datetime.fromtimestamp(world.now, UTC).year
    month, year = expiry or (12, year + EXPIRY_YEARS)
    id = new_id("pm")
    book.cards[id] = card.number
    return book.add(
        {
            "id": id,
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": {
                "address": dict.fromkeys(ADDRESS),
                "email": None,
                "name": None,
                "phone": None,
                "tax_id": None,
            },
            "card": card_json(card, month, year),
            "created": world.now,
            "customer": None,
            "livemode": False,
            "metadata": {},
            "type": "card",
        }
    )


def card_json(card: Card, month: int, year: int) -> Json:
    passed = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
    return {
        "brand": card.brand,
        "checks": passed,
        "country": card.country,
        "display_brand": {"amex": "american_express", "eftpos_au": "eftpos_australia"}.get(
            card.brand, card.brand
        ),
        "exp_month": month,
        "exp_year": year,
        "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16],
        "funding": card.funding,
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": card.networks, "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def from_number(world: World, book: Book, params: Params) -> Json:
    """Add a payment method from a form's card table (number or token)."""
    params.allow("number", "exp_month", "exp_year", "cvc", "token")
    if "token" in params:
        token = params.required("token")
        if token not in BY_TOKEN:
            raise missing("token", token, params.named("token"), status=400)
        return new_method(world, book, BY_TOKEN[token])
    card = card_numbered(params.required("number"))
    month, year = (int(params.number(name) or 0) for name in ("exp_month", "exp_year"))
    year += 2000 if year < 100 else 0
    check_expiry(month, year, world.now)
    return new_method(world, book, card, expiry=(month, year))


def named(world: World, book: Book, id: str, *, param: str = "payment_method") -> Json:
    """Return the payment method that is named; a test id makes a new one."""
    if id in BY_METHOD:
        return new_method(world, book, BY_METHOD[id])
    return book.get("payment_method", id, param=param, status=400)


def attach_to(world: World, book: Book, method: Json, customer: str) -> None:
    if method["customer"] == customer:
        return
    method["customer"] = customer
    world.emit(book, "payment_method.attached", method)


def create(call: Call) -> Json:
    params = call.params
    params.allow("type", "card", "billing_details", "metadata", "allow_redisplay", "expand")
    if params.required("type") != "card":
        raise params.refuse("type", "The simulator has payment methods of type card only")
    method = from_number(call.world, call.book, params.table("card"))
    return changed(method, params)


def changed(method: Json, params: Params) -> Json:
    billing = params.table("billing_details")
    billing.allow(*BILLING, "address")
    method["billing_details"].update({name: billing.text(name) for name in billing.values})
    method["metadata"] = params.metadata(method["metadata"])
    if "allow_redisplay" in params:
        method["allow_redisplay"] = params.choice("allow_redisplay", REDISPLAY)
    return method


def retrieve(call: Call) -> Json:
    return call.book.get("payment_method", call.ids[0])


def update(call: Call) -> Json:
    call.params.allow("billing_details", "metadata", "allow_redisplay", "expand")
    method = changed(retrieve(call), call.params)
    call.world.emit(call.book, "payment_method.updated", method)
    return method


def attach(call: Call) -> Json:
    call.params.allow("customer", "expand")
    customer = subject(call.book, call.params.required("customer")) or {}
    method = named(call.world, call.book, call.ids[0])
    card = CARDS[call.book.cards[method["id"]]]
    declined = card.detail if card.does == "decline" else ""
    if declined:
        raise card_error("card_declined", "Your card was declined.", "", {"decline_code": declined})
    attach_to(call.world, call.book, method, customer["id"])
    return method


def detach(call: Call) -> Json:
    call.params.allow("expand")
    method = retrieve(call)
    if method["customer"] is None:
        message = "The payment method you provided is not attached to a customer so detachment is "
        raise StripeError(f"{message}impossible.")
    before = {"customer": method["customer"]}
    method["customer"] = None
    call.world.emit(call.book, "payment_method.detached", method, before=before)
    return method


def index(call: Call) -> Json:
    call.params.allow("customer", "type")
    customer = subject(call.book, call.params.text("customer"))
    rows = call.book.all("payment_method", customer=customer["id"]) if customer else []
    return listing(call, "/v1/payment_methods", rows)
