"""Events, to read again: what was sent to webhooks, newest first."""

from simulators.common.wire import Json
from simulators.stripe.call import Call
from simulators.stripe.errors import missing
from simulators.stripe.listing import listing
from simulators.stripe.wire import DAY

# docs.stripe.com/api/events: older ones are not given.
KEPT_SECONDS = 30 * DAY


def is_kept(call: Call, event: Json) -> bool:
    return bool(event["created"] > call.world.now - KEPT_SECONDS)


def retrieve(call: Call) -> Json:
    event = call.book.get("event", call.ids[0])
    if not is_kept(call, event):
        raise missing("event", event["id"])
    return event


def index(call: Call) -> Json:
    params = call.params
    params.allow("type", "types", "delivery_success")
    wanted = set(params.texts("types"))
    if type := params.text("type"):
        wanted.add(type)
    kept = (one for one in call.book.all("event") if is_kept(call, one))
    rows = (one for one in kept if not wanted or is_one_of(one, wanted))
    if "delivery_success" in params:
        delivered = params.flag("delivery_success")
        rows = (one for one in rows if (one["pending_webhooks"] == 0) == delivered)
    return listing(call, "/v1/events", rows)


def is_one_of(event: Json, wanted: set[str]) -> bool:
    """Say whether an event's type is wanted; a type may end in `*`, as charge.*"""
    type = event["type"]
    return any(
        type == one or (one.endswith("*") and type.startswith(one.rstrip("*"))) for one in wanted
    )
