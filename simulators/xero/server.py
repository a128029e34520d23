"""The one process behind all four of Xero's origins: log-in, identity, API and web pages."""

from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qsl

from aiohttp import web

from simulators.common.control import BadControl, bad, read_json
from simulators.common.journal import Write
from simulators.common.sending import send
from simulators.xero.answers import Answer, json_answer
from simulators.xero.control import changed_options, serve_control
from simulators.xero.courier import courier
from simulators.xero.demo.build import build_world
from simulators.xero.faults import Exchange, exchange_with
from simulators.xero.gate import API_PREFIX, serve_api
from simulators.xero.identity import endpoints
from simulators.xero.identity.signing import key_set
from simulators.xero.web import consent, pages
from simulators.xero.world import SIMULATOR, Options, Simulator, World, world_of

# Xero refuses larger requests outright.
LARGEST_REQUEST = 10 * 1024 * 1024


def create_app(options: Options, *, world: World | None = None) -> web.Application:
    """Return the server for `world`, or for the one that `options` describe."""
    app = web.Application(client_max_size=LARGEST_REQUEST)
    app[SIMULATOR] = Simulator(options, world or build_world(options))
    app[SIMULATOR].world.webhooks.subscription = options.subscription
    app.cleanup_ctx.append(courier)
    app.router.add_route("*", API_PREFIX + "{tail:.*}", api)
    app.router.add_post("/connect/token", token)
    app.router.add_post("/connect/revocation", revocation)
    app.router.add_get("/.well-known/openid-configuration", discovery)
    app.router.add_get("/.well-known/openid-configuration/jwks", keys)
    # The SDK writes /Connections, Xero's pages /connections.
    app.router.add_get("/{name:[Cc]onnections}", list_connections)
    app.router.add_delete("/{name:[Cc]onnections}/{id}", delete_connection)
    # Ahead of the other control calls: it alone replaces the world they work on.
    app.router.add_post("/_control/reset", reset)
    app.router.add_route("*", "/_control/{name}", control)
    app.router.add_routes(consent.ROUTES)
    app.router.add_routes(pages.ROUTES)
    return app


async def api(request: web.Request) -> web.StreamResponse:
    return await serve_api(request, world_of(request))


async def control(request: web.Request) -> web.StreamResponse:
    return await serve_control(request, world_of(request))


async def reset(request: web.Request) -> web.StreamResponse:
    """Build the world anew; the client id and the running server stay."""
    simulator = request.app[SIMULATOR]
    try:
        options = changed_options(simulator.options, await read_json(request))
        simulator.options, simulator.world = options, build_world(options)
        simulator.world.webhooks.subscription = options.subscription
    except (BadControl, OSError, ValueError) as error:
        return await send(request, bad(str(error)))
    return await send(request, json_answer({"reset": True, "seed": options.seed}))


def origin_of(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}"


async def exchanged(
    request: web.Request, world: World, carry_out: Callable[[], Answer], *, write: bool
) -> web.StreamResponse:
    """Answer a call of the identity side, through the trouble it meets if any."""
    body, form = await request.read(), await form_of(request)
    # Known before the call is carried out, which may use up the code it brings.
    user_id = endpoints.user_calling(world.identity, form, request.headers.get("Authorization"))
    world.journal.count(request.method, request.path)
    fault = world.faults.take(request.method, request.path, body)
    note: Write | None = None
    if write:
        note = noted(request, world, fault.kind if fault else "")

    def carried_out() -> Answer:
        answer = carry_out()
        world.journal.statuses[str(answer.status)] += 1
        if note is not None:
            note.status = answer.status
        return answer

    exchange = Exchange(
        request=request,
        carry_out=carried_out,
        refuse=lambda kind: Answer(429, b"Rate Limit Exceeded"),
        keep=lambda answer: None,
        disconnect=partial(world.identity.disconnect_user, user_id),
        revoke=partial(world.identity.revoke_user, user_id),
        advance=world.clock.advance,
    )
    return await exchange_with(fault, exchange)


def noted(request: web.Request, world: World, fault: str) -> Write:
    """Note a write of the identity side; its body holds secrets and is not kept."""
    write = Write(
        number=len(world.journal.writes) + 1,
        at=world.clock.now(),
        method=request.method,
        path=request.path,
        query=request.query_string,
        tenant_id="",
        key="",
        body=b"",
        fault=fault,
    )
    world.journal.writes.append(write)
    return write


async def form_of(request: web.Request) -> dict[str, str]:
    body = (await request.read()).decode(errors="replace")
    return dict(parse_qsl(body, keep_blank_values=True))


async def token(request: web.Request) -> web.StreamResponse:
    world = world_of(request)
    answer = partial(
        endpoints.token,
        world.identity,
        form=await form_of(request),
        authorization=request.headers.get("Authorization"),
        issuer=origin_of(request),
        switches=world.switches,
    )
    return await exchanged(request, world, answer, write=False)


async def revocation(request: web.Request) -> web.StreamResponse:
    world = world_of(request)
    answer = partial(
        endpoints.revocation,
        world.identity,
        form=await form_of(request),
        authorization=request.headers.get("Authorization"),
    )
    return await exchanged(request, world, answer, write=True)


async def discovery(request: web.Request) -> web.StreamResponse:
    return await send(request, endpoints.discovery(origin_of(request)))


async def keys(request: web.Request) -> web.StreamResponse:
    return await send(request, json_answer(key_set()))


async def list_connections(request: web.Request) -> web.StreamResponse:
    world = world_of(request)

    def answer() -> Answer:
        access = endpoints.bearer(world.identity, request.headers.get("Authorization"))
        if isinstance(access, Answer):
            return access
        event_id = request.query.get("authEventId", "")
        names = world.tenant_names
        return endpoints.list_connections(world.identity, access, names=names, event_id=event_id)

    return await exchanged(request, world, answer, write=False)


async def delete_connection(request: web.Request) -> web.StreamResponse:
    world = world_of(request)

    def answer() -> Answer:
        access = endpoints.bearer(world.identity, request.headers.get("Authorization"))
        if isinstance(access, Answer):
            return access
        return endpoints.delete_connection(world.identity, access, request.match_info["id"])

    return await exchanged(request, world, answer, write=True)
