"""Charges, to read: they are made by payment intents."""

from simulators.common.wire import Json
from simulators.stripe.call import Call
from simulators.stripe.listing import listing


def retrieve(call: Call) -> Json:
    return call.book.get("charge", call.ids[0])


def update(call: Call) -> Json:
    call.params.allow("metadata", "description", "receipt_email", "expand")
    charge = retrieve(call)
    charge["metadata"] = call.params.metadata(charge["metadata"])
    for name in ("description", "receipt_email"):
        if name in call.params:
            charge[name] = call.params.text(name)
    call.world.emit(call.book, "charge.updated", charge)
    return charge


def index(call: Call) -> Json:
    names = ("customer", "payment_intent")
    call.params.allow(*names)
    wanted = {name: call.params.text(name) for name in names}
    return listing(call, "/v1/charges", call.book.all("charge", **wanted))
