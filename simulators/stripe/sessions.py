"""Checkout sessions of mode payment: made, expired, and what paying on the page makes of them."""

from decimal import Decimal

from simulators.common.wire import Json
from simulators.stripe.book import Book
from simulators.stripe.call import Call, check_minimum, currency_of, subject
from simulators.stripe.errors import StripeError
from simulators.stripe.intents import (
    USAGES,
    check_chargeable,
    check_types,
)
from simulators.stripe.listing import listing
from simulators.stripe.params import Params
from simulators.stripe.wire import DAY, new_id
from simulators.stripe.world import World

# docs.stripe.com/api/checkout/sessions/create#expires_at: half an hour to a day.
SHORTEST, LONGEST = 30 * 60, DAY
BLOCKABLE = {"american_express", "discover_global_network", "mastercard", "visa"}
MEMBERS = (
    "mode", "line_items", "success_url", "cancel_url", "customer", "customer_email",
    "customer_creation", "client_reference_id", "metadata", "expires_at", "currency", "locale",
    "payment_intent_data", "payment_method_options", "payment_method_types", "submit_type",
    "saved_payment_method_options", "ui_mode", "expand",
)  # fmt: skip
WISHES = (
    "description", "metadata", "receipt_email", "setup_future_usage", "statement_descriptor_suffix",
)  # fmt: skip


def create(call: Call) -> Json:
    params = call.params
    params.allow(*MEMBERS)
    check_chargeable(call.book)
    check_mode(params)
    items, total, currency = sent_items(call)
    check_minimum(total, currency, "line_items")
    id = f"cs_test_{new_id('', 58)[1:]}"
    session = new_session(call, id, total, currency)
    session.update(sent_parties(call), **sent_options(params))
    call.book.line_items[id] = items
    call.book.wishes[id] = sent_wishes(params, session)
    call.book.add(session)
    call.world.agenda.add(session["expires_at"], "expire_session", call.book.id, id)
    return session


def check_mode(params: Params) -> None:
    if params.required("mode") != "payment":
        raise params.refuse("mode", "The simulator has sessions of mode payment only")
    if (params.text("ui_mode") or "hosted_page") not in {"hosted_page", "hosted"}:
        raise params.refuse("ui_mode", "The simulator has the hosted page only")
    params.required("success_url")
    check_types(params)


def sent_items(call: Call) -> tuple[list[Json], int, str]:
    """Return the line items, their sum and their one currency."""
    rows = call.params.rows("line_items")
    if not rows:
        call.params.required("line_items[0]")
    items = [sent_item(call, row) for row in rows]
    currencies = {item["currency"] for item in items}
    if len(currencies) > 1:
        listed = ", ".join(sorted(currencies))
        message = f"You can only specify a single currency in line_items; found {listed}."
        raise call.params.refuse("line_items", message)
    return items, sum(item["amount_total"] for item in items), currencies.pop()


def sent_item(call: Call, row: Params) -> Json:
    row.allow("price_data", "quantity")
    row.required("quantity")
    price = row.table("price_data")
    price.allow("currency", "unit_amount", "unit_amount_decimal", "product_data")
    product = price.table("product_data")
    product.allow("name", "description", "images", "metadata")
    currency, quantity = currency_of(price), row.number("quantity") or 0
    unit = price.number("unit_amount")
    if unit is None:
        unit = round(Decimal(price.required("unit_amount_decimal")))
    if unit < 0 or quantity < 1:
        name = "unit_amount" if unit < 0 else "quantity"
        message = "This value must be greater than or equal to 0."
        raise price.refuse(name, message, "parameter_invalid_integer")
    amount = unit * quantity
    return {
        "id": new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": currency,
        "description": product.required("name"),
        "price": price_json(call.world, currency, unit),
        "quantity": quantity,
    }


def price_json(world: World, currency: str, unit: int) -> Json:
    return {
        "id": new_id("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": world.now,
        "currency": currency,
        "livemode": False,
        "metadata": {},
        "product": new_id("prod", 14),
        "recurring": None,
        "type": "one_time",
        "unit_amount": unit,
        "unit_amount_decimal": str(unit),
    }


def new_session(call: Call, id: str, total: int, currency: str) -> Json:
    now, params = call.world.now, call.params
    return {
        "id": id,
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "status": None},
        "cancel_url": params.url("cancel_url"),
        "client_reference_id": params.text("client_reference_id"),
        "created": now,
        "currency": currency,
        "custom_fields": [],
        "customer_details": None,
        "expires_at": expiry(params, now),
        "invoice": None,
        "livemode": False,
        "locale": params.text("locale"),
        "metadata": params.metadata(),
        "mode": "payment",
        "payment_intent": None,
        "payment_link": None,
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "setup_intent": None,
        "shipping_options": [],
        "status": "open",
        "subscription": None,
        "success_url": params.required_url("success_url"),
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{call.origin}/c/pay/{id}",
    }


def expiry(params: Params, now: int) -> int:
    wanted = params.number("expires_at")
    if wanted is None:
        return now + LONGEST
    # A minute's grace, for the time a request takes.
    if not now + SHORTEST - 60 <= wanted <= now + LONGEST + 60:
        message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout"
        raise params.refuse("expires_at", f"{message} Session creation.")
    return wanted


def sent_parties(call: Call) -> Json:
    params = call.params
    if "customer" in params and "customer_email" in params:
        message = "You may only specify one of these parameters: customer, customer_email."
        raise params.refuse("customer", message)
    customer = subject(call.book, params.text("customer"))
    creation = params.choice("customer_creation", {"always", "if_required"}, "if_required")
    return {
        "customer": customer["id"] if customer else None,
        "customer_creation": None if customer else creation,
        "customer_email": params.text("customer_email"),
    }


def sent_options(params: Params) -> Json:
    options = params.table("payment_method_options")
    options.allow("card")
    card = options.table("card")
    card.allow("restrictions", "setup_future_usage", "request_three_d_secure")
    blocked = card.table("restrictions").texts("brands_blocked")
    for number, brand in enumerate(blocked):
        if brand not in BLOCKABLE:
            listed = ", ".join(sorted(BLOCKABLE))
            name = f"payment_method_options[card][restrictions][brands_blocked][{number}]"
            raise StripeError(f"Invalid {name}: must be one of {listed}", param=name)
    saving = params.table("saved_payment_method_options")
    saving.allow("payment_method_save", "allow_redisplay_filters")
    return {
        "payment_method_options": {
            "card": {
                "request_three_d_secure": "automatic",
                "restrictions": {"brands_blocked": blocked},
            }
        },
        "saved_payment_method_options": {
            "allow_redisplay_filters": ["always"],
            "payment_method_remove": "disabled",
            "payment_method_save": saving.text("payment_method_save", "disabled"),
        },
        "submit_type": params.text("submit_type"),
    }


def sent_wishes(params: Params, session: Json) -> Json:
    """Return what the payment intent of this session is to carry."""
    data = params.table("payment_intent_data")
    data.allow(*WISHES)
    wishes: Json = {name: data.text(name) for name in WISHES if name in data and name != "metadata"}
    usage = data.choice("setup_future_usage", USAGES)
    card = params.table("payment_method_options").table("card")
    wishes["setup_future_usage"] = usage or card.choice("setup_future_usage", USAGES)
    wishes["metadata"] = data.metadata()
    if session["customer"] is None and wishes["setup_future_usage"]:
        session["customer_creation"] = "always"
    return wishes


def expire_now(world: World, book: Book, session: Json) -> None:
    session.update(status="expired", url=None)
    intent = book.find("payment_intent", session["payment_intent"])
    if intent and intent["status"] != "succeeded":
        intent.update(status="canceled", canceled_at=world.now, cancellation_reason="abandoned")
        world.emit(book, "payment_intent.canceled", intent)
    world.emit(book, "checkout.session.expired", session)


def expire_later(world: World, book: Book, id: str) -> None:
    session = book.get("checkout.session", id)
    if session["status"] == "open":
        expire_now(world, book, session)


def expire(call: Call) -> Json:
    call.params.allow("expand")
    session = retrieve(call)
    if session["status"] != "open":
        message = 'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
        raise StripeError(f"{message}Session has a status of {session['status']}.")
    expire_now(call.world, call.book, session)
    return session


def retrieve(call: Call) -> Json:
    return call.book.get("checkout.session", call.ids[0], param="session")


def update(call: Call) -> Json:
    call.params.allow("metadata", "expand")
    session = retrieve(call)
    session["metadata"] = call.params.metadata(session["metadata"])
    return session


def line_items(call: Call) -> Json:
    session = retrieve(call)
    url = f"/v1/checkout/sessions/{session['id']}/line_items"
    # Given oldest first: line items are listed in their own order, not the newest first.
    return listing(call, url, reversed(call.book.line_items[session["id"]]), times=())


def index(call: Call) -> Json:
    names = ("customer", "payment_intent", "status")
    call.params.allow(*names)
    wanted = {name: call.params.text(name) for name in names}
    return listing(call, "/v1/checkout/sessions", call.book.all("checkout.session", **wanted))
