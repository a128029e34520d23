"""The pages of connect.stripe.com: granting access, and setting up an account by a link."""

from aiohttp import web

from simulators.stripe.accounts import finish_setup, new_book
from simulators.stripe.connect import Asked, Refused, approve, read_request
from simulators.stripe.fees import COUNTRIES
from simulators.stripe.web.rendering import page, refused
from simulators.stripe.world import World, world_of

AUTHORIZE = "/oauth/authorize"
SETUP = "/setup/{token}"


async def authorize(request: web.Request) -> web.StreamResponse:
    world = world_of(request)
    try:
        asked = read_request(world, request.query)
    except Refused as error:
        return refused(f"{error.error}: {error.description}", status=error.status)
    return consent_page(request, world, asked)


def consent_page(
    request: web.Request, world: World, asked: Asked, problem: str = ""
) -> web.Response:
    others = [book for book in world.books.values() if book is not world.platform]
    return page(
        "authorize.html",
        status=400 if problem else 200,
        app_name=world.options.app_name,
        accounts=[book.account for book in others],
        connected=world.keys.connected,
        countries=list(COUNTRIES),
        scope=asked.scope,
        problem=problem,
        action=request.path_qs,
    )


async def decide(request: web.Request) -> web.StreamResponse:
    """Take what the person chose: an account, a new one, or none."""
    world = world_of(request)
    try:
        asked = read_request(world, request.query)
    except Refused as error:
        return refused(f"{error.error}: {error.description}", status=error.status)
    form = {name: str(value) for name, value in (await request.post()).items()}
    if form.get("decision") != "connect":
        raise web.HTTPSeeOther(asked.denied())
    account = form.get("account", "")
    if account == "new" and form.get("country") in COUNTRIES:
        name = form.get("name", "").strip() or "New business"
        account = new_book(world, form["country"], name).id
    if account not in world.books or account == world.keys.platform:
        return consent_page(request, world, asked, "Choose the account to connect.")
    raise web.HTTPSeeOther(approve(world, asked, account))


async def setup(request: web.Request) -> web.StreamResponse:
    world = world_of(request)
    link = world.links.get(request.match_info["token"])
    if link is None:
        return refused("There is no such link.")
    if link.get("used") or world.now >= link["expires_at"]:
        raise web.HTTPSeeOther(link["refresh_url"])
    link["used"] = True
    return page("setup.html", account=world.books[link["account"]].account, action=request.path)


async def finish(request: web.Request) -> web.StreamResponse:
    world = world_of(request)
    link = world.links.get(request.match_info["token"])
    if link is None:
        return refused("There is no such link.")
    if (await request.post()).get("decision") == "finish":
        finish_setup(world, world.books[link["account"]])
    raise web.HTTPSeeOther(link["return_url"])


ROUTES = [
    web.get(AUTHORIZE, authorize),
    web.post(AUTHORIZE, decide),
    web.get(SETUP, setup),
    web.post(SETUP, finish),
]
