"""The parts of /_control/ that are alike in every simulator. Every call takes and gives JSON."""

from aiohttp import web

from simulators.common.answers import Answer, json_answer
from simulators.common.clock import Clock
from simulators.common.faults import FaultScript, read_fault
from simulators.common.wire import Json, load


class BadControl(Exception):
    """A control call that makes no sense; the text says why."""


def bad(message: str) -> Answer:
    return json_answer({"error": message}, status=400)


async def read_json(request: web.Request) -> Json:
    body = await request.read()
    if not body:
        return {}
    try:
        sent = load(body)
    except ValueError as error:
        raise BadControl(f"The body is not valid JSON: {error}") from error
    if not isinstance(sent, dict):
        raise BadControl("The body must be a JSON object.")
    return sent


def set_faults(script: FaultScript, sent: Json, kinds: frozenset[str]) -> Answer:
    """Add faults, or with `replace: true` put them in place of those there are."""
    listed = sent.get("faults", [sent] if "kind" in sent else [])
    try:
        faults = [read_fault(one, kinds) for one in listed]
    except (ValueError, TypeError, AttributeError) as error:
        raise BadControl(str(error)) from error
    if sent.get("replace") or not listed:
        script.faults.clear()
    if "seed" in sent:
        script.chance.seed(int(sent["seed"]))
    script.faults.extend(faults)
    return json_answer({"faults": script.state()})


def move_clock(clock: Clock, sent: Json) -> Answer:
    clock.advance(float(sent.get("advance", 0)))
    return json_answer({"now": clock.now().isoformat()})
