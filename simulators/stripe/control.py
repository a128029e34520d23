"""/_control/: reading everything the simulator holds, and making things happen to it."""

from collections.abc import Callable
from dataclasses import asdict, fields, replace
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from simulators.common import control as common
from simulators.common.answers import Answer, json_answer
from simulators.common.control import BadControl, bad, read_json
from simulators.common.sending import send
from simulators.common.wire import Json
from simulators.stripe.accounts import new_book
from simulators.stripe.acts import act, book_named
from simulators.stripe.connect import Refused, approve, read_request
from simulators.stripe.faults import KINDS
from simulators.stripe.fees import COUNTRIES, read_rate, with_rate
from simulators.stripe.gate import origin_of
from simulators.stripe.passing import let_pass
from simulators.stripe.state import world_state
from simulators.stripe.summary import summary
from simulators.stripe.switches import changed
from simulators.stripe.wire import new_id
from simulators.stripe.world import Options, World


def show_state(world: World, query: dict[str, str]) -> Answer:
    account = query.get("account", "")
    if account and account not in world.books:
        return bad(f"No account {account}.")
    only = frozenset(part for part in query.get("only", "").split(",") if part)
    bodies = query.get("bodies", "true").lower() == "true"
    return json_answer(world_state(world, only=only, account=account, bodies=bodies))


def show_summary(world: World, query: dict[str, str]) -> Answer:
    return json_answer({book.id: summary(book) for book in world.books.values()})


def set_faults(world: World, sent: Json, origin: str) -> Answer:
    return common.set_faults(world.faults, sent, KINDS)


def move_clock(world: World, sent: Json, origin: str) -> Answer:
    """Move the time on, by `advance` seconds or to a moment `to` in seconds since 1970."""
    if "to" in sent:
        sent = {"advance": float(sent["to"]) - world.clock.now().timestamp()}
    answer = common.move_clock(world.clock, sent)
    let_pass(world)
    return answer


def set_switches(world: World, sent: Json, origin: str) -> Answer:
    try:
        world.switches = changed(world.switches, sent)
    except ValueError as error:
        raise BadControl(str(error)) from error
    return json_answer(asdict(world.switches))


def set_limits(world: World, sent: Json, origin: str) -> Answer:
    """Set calls a second (`per_second`, 0: any), `latency_ms`, and the life of keys."""
    known = {"per_second", "latency_ms", "key_seconds"}
    if unknown := set(sent) - known:
        raise BadControl(f"Unknown limits {', '.join(sorted(unknown))}. Known: {sorted(known)}.")
    if "per_second" in sent:
        world.limits.per_second, world.limits.used = int(sent["per_second"]), 0
    if "latency_ms" in sent:
        world.latency_seconds = float(sent["latency_ms"]) / 1000
    if "key_seconds" in sent:
        world.kept_answers.seconds = int(sent["key_seconds"])
    return json_answer(asdict(world.limits))


def set_webhooks(world: World, sent: Json, origin: str) -> Answer:
    """Say where webhooks go, and what goes wrong with them."""
    world.webhooks.configure(sent)
    return json_answer(world.webhooks.state())


def set_fees(world: World, sent: Json, origin: str) -> Answer:
    """Put a rate in the table: country, brand or *, card, percent, fixed."""
    try:
        rate = read_rate(sent)
    except (KeyError, ArithmeticError) as error:
        raise BadControl(f"A rate has country, brand, card, percent and fixed: {error}") from error
    world.rates = with_rate(world.rates, rate)
    return json_answer(
        {"rates": [{**asdict(one), "percent": str(one.percent)} for one in world.rates]}
    )


def add_key(world: World, sent: Json, origin: str) -> Answer:
    """Make a key: `permissions` of a restricted one (resource: read or write), of which account."""
    book = book_named(world, sent)
    permissions = sent.get("permissions")
    kind = "sk" if permissions is None else "rk"
    secret = new_id(f"{kind}_test", 32)
    world.keys.add(secret, book.id, permissions)
    return json_answer({"secret": secret, "account": book.id})


def revoke_key(world: World, sent: Json, origin: str) -> Answer:
    if world.keys.by_secret.pop(str(sent.get("secret")), None) is None:
        raise BadControl("No such key.")
    return json_answer({"revoked": True})


def authorise(world: World, sent: Json, origin: str) -> Answer:
    """Answer an authorise address as a person at its page would."""
    query = dict(parse_qsl(urlsplit(str(sent.get("url", ""))).query, keep_blank_values=True))
    try:
        asked = read_request(world, query)
    except Refused as refused:
        return refused.answer()
    if sent.get("decision", "allow") == "deny":
        return json_answer({"redirect": asked.denied()})
    if "account" in sent:
        book = book_named(world, sent)
    else:
        country = str(sent.get("country", world.options.country))
        if country not in COUNTRIES:
            raise BadControl(f"The countries are {', '.join(COUNTRIES)}.")
        book = new_book(world, country, str(sent.get("name", "Connected business")))
    return json_answer({"redirect": approve(world, asked, book.id)})


def perform(world: World, sent: Json, origin: str) -> Answer:
    return json_answer(act(world, sent, origin))


def changed_options(options: Options, sent: Json) -> Options:
    """Return the options of the world to build next; what is not named stays."""
    known = {one.name for one in fields(Options)} & {"country", "accounts"}
    changes: Json = {name: sent[name] for name in known if name in sent}
    if changes.get("country", "AU") not in COUNTRIES:
        raise BadControl(f"The countries are {', '.join(COUNTRIES)}.")
    return replace(options, **changes)


Action = Callable[[World, Json, str], Answer]
ACTIONS: dict[str, Action] = {
    "faults": set_faults,
    "limits": set_limits,
    "clock": move_clock,
    "switches": set_switches,
    "authorise": authorise,
    "act": perform,
    "webhooks": set_webhooks,
    "fees": set_fees,
    "keys": add_key,
    "revoke_key": revoke_key,
}
VIEWS = {"state": show_state, "summary": show_summary}


async def serve_control(request: web.Request, world: World) -> web.StreamResponse:
    """Answer every control call but reset, which replaces the world itself."""
    name = request.match_info["name"]
    let_pass(world)
    if request.method == "GET" and name in VIEWS:
        return await send(request, VIEWS[name](world, dict(request.query)))
    action = ACTIONS.get(name)
    if action is None or request.method != "POST":
        views, actions = (f"GET {one}" for one in VIEWS), (f"POST {one}" for one in ACTIONS)
        known = ", ".join([*views, *actions, "POST reset"])
        return await send(request, json_answer({"error": f"Known: {known}."}, status=404))
    try:
        return await send(request, action(world, await read_json(request), origin_of(request)))
    except BadControl as error:
        return await send(request, bad(str(error)))
    except (TypeError, ValueError) as error:
        return await send(request, bad(f"A value is of the wrong kind: {error}"))
