"""The hosted payment page of a checkout session, and its ends."""

from collections.abc import Mapping

from aiohttp import web

from simulators.common.wire import Json
from simulators.stripe.book import Book
from simulators.stripe.cards import CARDS
from simulators.stripe.errors import StripeError
from simulators.stripe.gate import origin_of
from simulators.stripe.params import Params
from simulators.stripe.passing import let_pass
from simulators.stripe.payment_methods import from_number, new_method
from simulators.stripe.session_paying import blocked_brands, pay_session
from simulators.stripe.web.rendering import page
from simulators.stripe.world import World, world_of

PATH = "/c/pay/{session}"


def session_of(request: web.Request) -> tuple[World, Book, Json]:
    world = world_of(request)
    let_pass(world)
    for book in world.books.values():
        session = book.find("checkout.session", request.match_info["session"])
        if session is not None:
            return world, book, session
    raise web.HTTPNotFound(text="Something went wrong. The page you were looking for is not here.")


async def show(request: web.Request) -> web.StreamResponse:
    _, book, session = session_of(request)
    if session["status"] != "open":
        return ended(session)
    # Whoever comes back from the bank without having paid reads why.
    intent = book.find("payment_intent", session["payment_intent"]) or {}
    problem = (intent.get("last_payment_error") or {}).get("message", "")
    return payment_page(book, session, problem, status=200)


def ended(session: Json) -> web.Response:
    if session["status"] == "complete":
        message = "This payment is complete. You can close this page."
        return page("ended.html", title="You're all done here", message=message, url=None)
    message = "This payment page is closed or was open for too long. Nothing was paid."
    url = session["cancel_url"]
    return page("ended.html", title="This page has expired", message=message, url=url, status=410)


def payment_page(
    book: Book, session: Json, problem: str = "", *, status: int = 402
) -> web.Response:
    customer = book.find("customer", session["customer"])
    blocked = blocked_brands(session)
    saved = [
        one
        for one in book.all("payment_method", customer=session["customer"] or "none")
        if one["allow_redisplay"] == "always"
    ]
    saving = session["saved_payment_method_options"]["payment_method_save"] == "enabled"
    return page(
        "pay.html",
        status=status,
        business=book.account["business_profile"]["name"],
        session=session,
        items=book.line_items[session["id"]],
        email=session["customer_email"] or (customer or {}).get("email") or "",
        wishes=book.wishes[session["id"]],
        offers_saving=saving,
        cards=[card for card in CARDS.values() if card.is_taken(blocked)],
        saved=saved,
        problem=problem,
    )


async def submit(request: web.Request) -> web.StreamResponse:
    """Take what the customer entered; a declined card leads back to the page."""
    world, book, session = session_of(request)
    form = {name: str(value) for name, value in (await request.post()).items()}
    if session["status"] != "open":
        return ended(session)
    try:
        method = method_of(world, book, session, form)
        save = form.get("save") == "yes"
        intent = pay_session(world, book, session, method, origin_of(request), save=save)
    except StripeError as error:
        return payment_page(book, session, error.message)
    if intent["status"] == "requires_action":
        raise web.HTTPSeeOther(intent["next_action"]["redirect_to_url"]["url"])
    raise web.HTTPSeeOther(success_url(session))


def success_url(session: Json) -> str:
    return str(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))


def method_of(world: World, book: Book, session: Json, form: Mapping[str, str]) -> Json:
    if saved := form.get("saved"):
        method = book.get("payment_method", saved)
        if method["customer"] is None or method["customer"] != session["customer"]:
            raise StripeError("That card is not this customer's.")
        return method
    card = CARDS.get(form.get("test", ""))
    method = new_method(world, book, card) if card else numbered(world, book, form)
    billing = {name: form[name] for name in ("name", "email") if form.get(name)}
    method["billing_details"].update(billing)
    return method


def numbered(world: World, book: Book, form: Mapping[str, str]) -> Json:
    """Add a payment method from the fields of the page; raise StripeError for a wrong one."""
    month, _, year = form.get("expiry", "").partition("/")
    if not (month.strip().isdecimal() and year.strip().isdecimal()):
        raise StripeError("Your card's expiration date is incomplete.")
    if not form.get("cvc", "").strip().isdecimal():
        raise StripeError("Your card's security code is incomplete.")
    sent = {
        "number": form.get("number", ""),
        "exp_month": month.strip(),
        "exp_year": year.strip(),
        "cvc": form["cvc"].strip(),
    }
    return from_number(world, book, Params(sent))


ROUTES = [web.get(PATH, show), web.post(PATH, submit)]
