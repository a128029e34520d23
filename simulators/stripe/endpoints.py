"""Webhook endpoints by the API. Those with connect=true hear of connected accounts only."""

from simulators.common.wire import Json
from simulators.stripe.call import Call
from simulators.stripe.errors import missing
from simulators.stripe.listing import listing
from simulators.stripe.webhooks import shown


def create(call: Call) -> Json:
    params = call.params
    params.allow(
        "url", "enabled_events", "connect", "description", "metadata", "api_version", "expand"
    )
    url, wanted = params.required("url"), params.texts("enabled_events")
    if not url.startswith(("http://", "https://")):
        raise params.refuse(
            "url", "Invalid URL: An explicit scheme (such as https) must be provided."
        )
    if not wanted:
        params.required("enabled_events[0]")
    connect = params.flag("connect")
    endpoint = call.world.webhooks.add(url, wanted, connect=connect, owner=call.book.id)
    endpoint.update(
        description=params.text("description"),
        metadata=params.metadata(),
        api_version=params.text("api_version"),
        created=call.world.now,
    )
    # The secret is shown now and never again.
    return {**shown(endpoint), "secret": endpoint["secret"]}


def found(call: Call) -> Json:
    endpoint = call.world.webhooks.endpoints.get(call.ids[0])
    if endpoint is None or endpoint["owner"] != call.book.id:
        raise missing("webhook_endpoint", call.ids[0])
    return endpoint


def retrieve(call: Call) -> Json:
    return shown(found(call))


def update(call: Call) -> Json:
    params = call.params
    params.allow("url", "enabled_events", "disabled", "description", "metadata", "expand")
    endpoint = found(call)
    if "url" in params:
        endpoint["url"] = params.required("url")
    if "enabled_events" in params:
        endpoint["enabled_events"] = params.texts("enabled_events")
    if "disabled" in params:
        endpoint["status"] = "disabled" if params.flag("disabled") else "enabled"
    endpoint["metadata"] = params.metadata(endpoint["metadata"])
    return shown(endpoint)


def delete(call: Call) -> Json:
    endpoint = found(call)
    del call.world.webhooks.endpoints[endpoint["id"]]
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def index(call: Call) -> Json:
    call.params.allow()
    every = call.world.webhooks.endpoints.values()
    rows = [shown(one) for one in every if one["owner"] == call.book.id]
    return listing(call, "/v1/webhook_endpoints", rows)
