"""The pages of go.xero.com: what each organisation holds, for a person to look at."""

from aiohttp import web

from simulators.xero.web.rendering import STATIC, page
from simulators.xero.world import world_of


async def home(request: web.Request) -> web.StreamResponse:
    world = world_of(request)
    return page("home.html", organisations=list(world.organisations.values()))


ROUTES = [web.get("/", home), web.static("/static/", STATIC)]
