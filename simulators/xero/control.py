"""/_control/: reading everything the simulator holds, and making things happen to it.

For tests, benchmarks and curious people only. Every call takes and gives JSON.
"""

from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from simulators.common import control as common
from simulators.common.control import BadControl, bad, read_json
from simulators.common.sending import send
from simulators.xero.acting import ActRefused
from simulators.xero.acts import act
from simulators.xero.answers import Answer, json_answer
from simulators.xero.faults import KINDS
from simulators.xero.identity.authorisation import Unauthorised, approve, read_request
from simulators.xero.limits import Sizes
from simulators.xero.state import world_state
from simulators.xero.switches import changed
from simulators.xero.wire import Json, parse_flag
from simulators.xero.world import Options, World

# A window of no length would never end.
SHORTEST_LENGTH = 0.01
DAY_LIMITS = {"starter": 1000, "core": 5000}


def show_state(world: World, query: dict[str, str]) -> Answer:
    organisation = query.get("organisation", "")
    if organisation and world.organisation(organisation) is None:
        return bad(f"No organisation {organisation}.")
    only = frozenset(part for part in query.get("only", "").split(",") if part)
    bodies = parse_flag(query.get("bodies"), default=True)
    return json_answer(world_state(world, only=only, organisation=organisation, bodies=bodies))


def set_faults(world: World, sent: Json) -> Answer:
    return common.set_faults(world.faults, sent, KINDS)


def set_limits(world: World, sent: Json) -> Answer:
    tier = sent.pop("tier", None)
    if tier is not None:
        sent["day"] = DAY_LIMITS.get(str(tier).lower(), 0)
    known = {one.name for one in fields(Sizes)}
    unknown = set(sent) - known - {"latency_ms"}
    if unknown:
        raise BadControl(f"Unknown limits {', '.join(sorted(unknown))}. Known: {sorted(known)}.")
    numbers = {name: checked_number(name, value) for name, value in sent.items()}
    if "latency_ms" in numbers:
        world.latency_seconds = numbers.pop("latency_ms") / 1000
    sizes: dict[str, Any] = {
        name: value if name.endswith("_seconds") else int(value) for name, value in numbers.items()
    }
    if sizes:
        world.set_limits(replace(world.limits.sizes, **sizes))
    return json_answer(asdict(world.limits.sizes))


def checked_number(name: str, value: object) -> float:
    number = float(str(value))
    least = SHORTEST_LENGTH if name.endswith("_seconds") else 0
    if number < least:
        raise BadControl(f"{name} must be at least {least}.")
    return number


def move_clock(world: World, sent: Json) -> Answer:
    return common.move_clock(world.clock, sent)


def set_switches(world: World, sent: Json) -> Answer:
    try:
        world.switches = changed(world.switches, sent)
    except ValueError as error:
        raise BadControl(str(error)) from error
    return json_answer(asdict(world.switches))


def authorise(world: World, sent: Json) -> Answer:
    """Answer an authorisation address as a person at the consent page would."""
    query = dict(parse_qsl(urlsplit(str(sent.get("url", ""))).query, keep_blank_values=True))
    try:
        request = read_request(query, world.identity, world.switches)
    except Unauthorised as error:
        return json_answer({"error": error.error, "explanation": error.explanation}, status=400)
    if sent.get("decision", "allow") == "deny":
        return json_answer({"redirect": request.denied()})
    email = sent.get("user")
    users = list(world.identity.users.values())
    user = world.identity.user_by_email(str(email)) if email else users[0]
    if user is None:
        raise BadControl(f"No user {email}.")
    named = str(sent.get("organisation") or user.organisation_ids[0])
    organisation = world.organisation(named)
    if organisation is None or organisation.id not in user.organisation_ids:
        raise BadControl(f"{user.email} cannot choose the organisation {named}.")
    return json_answer({"redirect": approve(request, world.identity, user, organisation.id)})


def perform(world: World, sent: Json) -> Answer:
    try:
        return json_answer(act(world, sent))
    except ActRefused as error:
        raise BadControl(str(error)) from error
    finally:
        world.tell_webhooks()


def set_webhooks(world: World, sent: Json) -> Answer:
    """Say where webhooks go, and what goes wrong with them."""
    world.webhooks.configure(sent)
    return json_answer(world.webhooks.state())


def changed_options(options: Options, sent: Json) -> Options:
    """Return the options of the world to build next; what is not named stays."""
    changes: Json = {}
    if sent.get("seed") in {"demo", "empty"}:
        changes["seed"] = sent["seed"]
    if "contacts" in sent:
        changes["contacts"] = Path(sent["contacts"]) if sent["contacts"] else None
    if "invoices" in sent:
        number = sent["invoices"]
        changes["invoices"] = None if number is None else int(number)
    return replace(options, **changes)


ACTIONS: dict[str, Callable[[World, Json], Answer]] = {
    "faults": set_faults,
    "limits": set_limits,
    "clock": move_clock,
    "switches": set_switches,
    "authorise": authorise,
    "act": perform,
    "webhooks": set_webhooks,
}


async def serve_control(request: web.Request, world: World) -> web.StreamResponse:
    """Answer every control call but reset, which replaces the world itself."""
    name = request.match_info["name"]
    if request.method == "GET" and name == "state":
        return await send(request, show_state(world, dict(request.query)))
    action = ACTIONS.get(name)
    if action is None or request.method != "POST":
        known = ", ".join(["GET state", *(f"POST {one}" for one in ACTIONS), "POST reset"])
        return await send(request, json_answer({"error": f"Known: {known}."}, status=404))
    try:
        return await send(request, action(world, await read_json(request)))
    except BadControl as error:
        return await send(request, bad(str(error)))
    except (TypeError, ValueError) as error:
        return await send(request, bad(f"A value is of the wrong kind: {error}"))
