"""Payment intents: made, confirmed on and off session, authenticated, cancelled."""

from collections.abc import Mapping

from simulators.common.wire import Json
from simulators.stripe.book import Book
from simulators.stripe.call import Call, check_minimum, subject
from simulators.stripe.errors import StripeError
from simulators.stripe.listing import listing
from simulators.stripe.params import Params
from simulators.stripe.paying import pay
from simulators.stripe.payment_methods import from_number, named
from simulators.stripe.wire import new_id
from simulators.stripe.world import World

USAGES = {"on_session", "off_session"}
REASONS = {"duplicate", "fraudulent", "requested_by_customer", "abandoned"}
MEMBERS = (
    "amount", "currency", "customer", "payment_method", "payment_method_types", "metadata",
    "automatic_payment_methods", "description", "receipt_email", "setup_future_usage",
    "statement_descriptor_suffix", "payment_method_data", "expand",
)  # fmt: skip
CONFIRMING = (
    "payment_method", "off_session", "return_url", "setup_future_usage", "receipt_email",
    "error_on_requires_action", "mandate_data", "payment_method_data", "expand",
)  # fmt: skip
OPEN = {"requires_payment_method", "requires_confirmation", "requires_action"}


def new_intent(
    world: World, book: Book, amount: int, currency: str, more: Mapping[str, object]
) -> Json:
    id = new_id("pi")
    intent = book.add(
        {
            "id": id,
            "object": "payment_intent",
            "amount": amount,
            "amount_capturable": 0,
            "amount_received": 0,
            "application": None,
            "application_fee_amount": None,
            "automatic_payment_methods": None,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": "automatic_async",
            "client_secret": f"{id}_secret_{new_id('', 24)[1:]}",
            "confirmation_method": "automatic",
            "created": world.now,
            "currency": currency,
            "customer": None,
            "description": None,
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": {},
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
            "payment_method_types": ["card"],
            "processing": None,
            "receipt_email": None,
            "review": None,
            "setup_future_usage": None,
            "shipping": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": None,
            "status": "requires_payment_method",
            "transfer_data": None,
            "transfer_group": None,
            **more,
        }
    )
    world.emit(book, "payment_intent.created", intent)
    return intent


def create(call: Call) -> Json:
    params = call.params
    params.allow(*MEMBERS, *CONFIRMING, "confirm", "capture_method", "confirmation_method")
    check_chargeable(call.book)
    amount, currency = params.amount(), call.currency()
    check_minimum(amount, currency, "amount")
    if params.choice("capture_method", {"automatic", "automatic_async"}, "automatic") is None:
        raise params.refuse("capture_method", "Invalid capture_method")
    confirm_now = params.flag("confirm")
    if "off_session" in params and not confirm_now:
        message = "off_session can only be set when confirm is true."
        raise params.refuse("off_session", message)
    method = sent_method(call)
    changes = sent_members(call)
    if method:
        check_owner(method, changes.get("customer"))
        changes.update(payment_method=method["id"], status="requires_confirmation")
    intent = new_intent(call.world, call.book, amount, currency, changes)
    return confirm_with(call, intent, method) if confirm_now else intent


def check_chargeable(book: Book) -> None:
    if not book.account["charges_enabled"]:
        message = "Your account cannot currently make live charges. The account is not activated."
        raise StripeError(message, code="account_invalid", status=403)


def sent_method(call: Call) -> Json | None:
    if "payment_method_data" in call.params:
        data = call.params.table("payment_method_data")
        data.allow("type", "card")
        return from_number(call.world, call.book, data.table("card"))
    id = call.params.text("payment_method")
    return named(call.world, call.book, id) if id else None


def sent_members(call: Call) -> Json:
    params = call.params
    changes: Json = {}
    if "customer" in params:
        customer = subject(call.book, params.text("customer"))
        changes["customer"] = customer["id"] if customer else None
    for name in ("description", "receipt_email", "statement_descriptor_suffix"):
        if name in params:
            changes[name] = params.text(name)
    if "setup_future_usage" in params:
        changes["setup_future_usage"] = params.choice("setup_future_usage", USAGES)
    if "metadata" in params:
        changes["metadata"] = params.metadata()
    check_types(params)
    if params.table("automatic_payment_methods").flag("enabled"):
        changes["automatic_payment_methods"] = {"allow_redirects": "always", "enabled": True}
    return changes


def check_types(params: Params) -> None:
    types = params.texts("payment_method_types")
    if types and types != ["card"]:
        message = "The simulator has payment methods of type card only"
        raise params.refuse("payment_method_types", message)


def check_owner(method: Json, customer: str | None) -> None:
    if method["customer"] and method["customer"] != customer:
        if customer:
            message = f"The PaymentMethod {method['id']} does not belong to the Customer you "
            raise StripeError(f"{message}supplied {customer}.", param="payment_method")
        message = "The payment method you provided belongs to a customer. "
        message += "Please include the customer in the customer parameter on the PaymentIntent."
        raise StripeError(message, param="payment_method")


def confirm(call: Call) -> Json:
    call.params.allow(*CONFIRMING)
    intent = retrieve(call)
    if intent["status"] not in OPEN:
        raise unexpected(intent, "confirm")
    method = sent_method(call) or call.book.find("payment_method", intent["payment_method"])
    if "setup_future_usage" in call.params:
        intent["setup_future_usage"] = call.params.choice("setup_future_usage", USAGES)
    return confirm_with(call, intent, method)


def confirm_with(call: Call, intent: Json, method: Json | None) -> Json:
    if method is None:
        message = "You cannot confirm this PaymentIntent because it's missing a payment method. "
        message += "You can either update the PaymentIntent with a payment method and then confirm "
        message += "it again, or confirm it again directly with a payment method."
        more = {"payment_intent": intent}
        code = "payment_intent_unexpected_state"
        raise StripeError(message, code=code, more=more)
    check_owner(method, intent["customer"])
    off_session = call.params.text("off_session") in {"true", "one_off", "recurring"}
    impatient = call.params.flag("error_on_requires_action")
    pay(call.world, call.book, intent, method, off_session=off_session, refuses_action=impatient)
    if intent["status"] == "requires_action":
        ask_for_action(call, intent)
    return intent


def ask_for_action(call: Call, intent: Json) -> None:
    url = authentication_url(call.origin, call.book, intent)
    back = call.params.url("return_url")
    redirect = {"return_url": back, "url": url}
    intent["next_action"] = {"redirect_to_url": redirect, "type": "redirect_to_url"}


def authentication_url(origin: str, book: Book, intent: Json) -> str:
    return f"{origin}/c/authenticate/{book.id}/{intent['id']}"


def authenticate(world: World, book: Book, intent: Json, *, passed: bool) -> None:
    """Go on after the customer proved to be the card's owner, or did not."""
    method = book.get("payment_method", intent["payment_method"])
    if intent["status"] != "requires_action":
        raise unexpected(intent, "authenticate")
    if passed:
        pay(world, book, intent, method, authenticated=True)
        return
    message = "The provided PaymentMethod has failed authentication. You can provide "
    message += "payment_method_data or a new PaymentMethod to attempt to fulfill this "
    message += "PaymentIntent again."
    error = StripeError(
        message, code="payment_intent_authentication_failure", more={"payment_method": method}
    )
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_payment_error=error.body,
    )
    world.emit(book, "payment_intent.payment_failed", intent)


def unexpected(intent: Json, verb: str) -> StripeError:
    status = intent["status"]
    message = f"You cannot {verb} this PaymentIntent because it has a status of {status}."
    if status == "succeeded" and verb == "confirm":
        message = "You cannot confirm this PaymentIntent because it has already succeeded after "
        message += "being previously confirmed."
    more = {"payment_intent": intent}
    return StripeError(message, code="payment_intent_unexpected_state", more=more)


def retrieve(call: Call) -> Json:
    return call.book.get("payment_intent", call.ids[0], param="intent")


def update(call: Call) -> Json:
    call.params.allow(*MEMBERS)
    intent = retrieve(call)
    changes = sent_members(call)
    if set(call.params.values) & {"amount", "currency", "customer", "payment_method"}:
        changes.update(sent_terms(call, intent))
    if "metadata" in call.params:
        changes["metadata"] = call.params.metadata(intent["metadata"])
    intent.update(changes)
    return intent


def sent_terms(call: Call, intent: Json) -> Json:
    if intent["status"] not in OPEN:
        raise unexpected(intent, "update")
    changes: Json = {}
    currency = call.currency() if "currency" in call.params else intent["currency"]
    if "amount" in call.params:
        changes["amount"] = call.params.amount()
        check_minimum(changes["amount"], currency, "amount")
    method = sent_method(call)
    if method:
        check_owner(method, call.params.text("customer", intent["customer"]))
        changes.update(payment_method=method["id"], status="requires_confirmation")
    return {**changes, "currency": currency}


def cancel(call: Call) -> Json:
    call.params.allow("cancellation_reason", "expand")
    intent = retrieve(call)
    if intent["status"] not in OPEN:
        raise unexpected(intent, "cancel")
    reason = call.params.choice("cancellation_reason", REASONS)
    intent.update(
        status="canceled",
        canceled_at=call.world.now,
        cancellation_reason=reason,
        next_action=None,
    )
    call.world.emit(call.book, "payment_intent.canceled", intent)
    return intent


def index(call: Call) -> Json:
    call.params.allow("customer")
    rows = call.book.all("payment_intent", customer=call.params.text("customer"))
    return listing(call, "/v1/payment_intents", rows)
