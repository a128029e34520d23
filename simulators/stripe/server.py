"""The one process behind Stripe's origins: API, Connect and the hosted pages."""

from collections.abc import Callable
from urllib.parse import parse_qsl

from aiohttp import web

from simulators.common.answers import Answer, json_answer
from simulators.common.control import BadControl, bad, read_json
from simulators.common.faults import Passage, pass_through
from simulators.common.sending import send
from simulators.stripe import connect, faults
from simulators.stripe.building import build_world
from simulators.stripe.control import changed_options, serve_control
from simulators.stripe.courier import courier
from simulators.stripe.gate import PREFIX, serve_api
from simulators.stripe.passing import let_pass
from simulators.stripe.web import pages
from simulators.stripe.world import SIMULATOR, Options, Simulator, World, world_of

OAuthEnd = Callable[[World, dict[str, str], str | None], Answer]


def create_app(options: Options, *, world: World | None = None) -> web.Application:
    """Return the server for `world`, or for the one that `options` describe."""
    app = web.Application()
    app[SIMULATOR] = Simulator(options, world or build_world(options))
    app.cleanup_ctx.append(courier)
    app.router.add_route("*", PREFIX + "{tail:.*}", api)
    app.router.add_post("/oauth/token", token)
    app.router.add_post("/oauth/deauthorize", deauthorize)
    # Ahead of the other control calls: it alone replaces the world they work on.
    app.router.add_post("/_control/reset", reset)
    app.router.add_route("*", "/_control/{name}", control)
    app.router.add_routes(pages.ROUTES)
    return app


async def api(request: web.Request) -> web.StreamResponse:
    return await serve_api(request, world_of(request))


async def control(request: web.Request) -> web.StreamResponse:
    return await serve_control(request, world_of(request))


async def reset(request: web.Request) -> web.StreamResponse:
    """Build the world anew; the keys and the running server stay."""
    simulator = request.app[SIMULATOR]
    try:
        options = changed_options(simulator.options, await read_json(request))
        simulator.options, simulator.world = options, build_world(options)
    except (BadControl, TypeError, ValueError) as error:
        return await send(request, bad(str(error)))
    return await send(request, json_answer({"reset": True}))


async def exchanged(request: web.Request, end: OAuthEnd) -> web.StreamResponse:
    """Answer a call of OAuth, through the trouble it meets if any."""
    world, body = world_of(request), await request.read()
    let_pass(world)
    world.journal.count(request.method, request.path)
    form = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    authorization = request.headers.get("Authorization")

    def carry_out() -> Answer:
        answer = end(world, form, authorization)
        world.journal.statuses[str(answer.status)] += 1
        return answer

    passage = Passage(
        request=request,
        carry_out=carry_out,
        refuse=faults.refusal,
        keep=lambda answer: None,
        befall=lambda fault: world.clock.advance(fault.seconds),
    )
    return await pass_through(world.faults.take(request.method, request.path, body), passage)


async def token(request: web.Request) -> web.StreamResponse:
    return await exchanged(request, connect.token)


async def deauthorize(request: web.Request) -> web.StreamResponse:
    return await exchanged(request, connect.deauthorize)
