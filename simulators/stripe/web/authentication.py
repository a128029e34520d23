"""The bank's page between a payment and its end (3-D Secure)."""

import contextlib
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from simulators.common.wire import Json
from simulators.stripe.book import Book
from simulators.stripe.errors import StripeError
from simulators.stripe.passing import let_pass
from simulators.stripe.session_paying import authenticate_session, session_of
from simulators.stripe.web.checkout import success_url
from simulators.stripe.web.rendering import page, refused
from simulators.stripe.world import World, world_of

PATH = "/c/authenticate/{account}/{intent}"


def intent_of(request: web.Request) -> tuple[World, Book, Json]:
    world = world_of(request)
    let_pass(world)
    book = world.books.get(request.match_info["account"])
    intent = book.find("payment_intent", request.match_info["intent"]) if book else None
    if book is None or intent is None:
        raise web.HTTPNotFound(text="There is no such payment.")
    return world, book, intent


async def show(request: web.Request) -> web.StreamResponse:
    _, book, intent = intent_of(request)
    if intent["status"] != "requires_action":
        return refused("There is nothing to confirm: this payment does not wait for you.")
    name = book.account["business_profile"]["name"]
    return page("authenticate.html", intent=intent, business=name)


async def decide(request: web.Request) -> web.StreamResponse:
    world, book, intent = intent_of(request)
    passed = (await request.post()).get("decision") == "complete"
    back = ((intent["next_action"] or {}).get("redirect_to_url") or {}).get("return_url")
    session = session_of(book, intent)
    # What went wrong stands in the intent, where the page that comes next reads it.
    with contextlib.suppress(StripeError):
        authenticate_session(world, book, intent, passed=passed)
    if session is None:
        return returned(back, intent)
    paid = session["status"] == "complete"
    raise web.HTTPSeeOther(success_url(session) if paid else f"/c/pay/{session['id']}")


def returned(back: str | None, intent: Json) -> web.StreamResponse:
    """Send the customer back to the app, with how it ended."""
    ended = "succeeded" if intent["status"] == "succeeded" else "failed"
    if back is None:
        return page("ended.html", title="Thank you", message=f"Payment {ended}.", url=None)
    joint = "&" if urlsplit(back).query else "?"
    told = {
        "payment_intent": intent["id"],
        "payment_intent_client_secret": intent["client_secret"],
        "redirect_status": ended,
    }
    raise web.HTTPSeeOther(f"{back}{joint}{urlencode(told)}")


ROUTES = [web.get(PATH, show), web.post(PATH, decide)]
