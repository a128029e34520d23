"""Customers."""

from simulators.common.wire import Json
from simulators.stripe.book import Book
from simulators.stripe.call import Call, subject
from simulators.stripe.errors import missing
from simulators.stripe.listing import listing
from simulators.stripe.params import Params
from simulators.stripe.wire import new_id
from simulators.stripe.world import World

MEMBERS = ("name", "email", "phone", "description", "address", "metadata", "invoice_settings")
ADDRESS = ("line1", "line2", "city", "state", "postal_code", "country")


def new_customer(world: World, book: Book, **members: object) -> Json:
    customer = book.add(
        {
            "id": new_id("cus", 14),
            "object": "customer",
            "address": None,
            "balance": 0,
            "created": world.now,
            "currency": None,
            "default_source": None,
            "delinquent": False,
            "description": None,
            "email": None,
            "invoice_settings": {"default_payment_method": None},
            "livemode": False,
            "metadata": {},
            "name": None,
            "phone": None,
            "preferred_locales": [],
            "shipping": None,
            "tax_exempt": "none",
            **members,
        }
    )
    world.emit(book, "customer.created", customer)
    return customer


def sent_members(params: Params, old: Json) -> Json:
    params.allow(*MEMBERS, "expand")
    names = [name for name in ("name", "email", "phone", "description") if name in params]
    changes: Json = {name: params.text(name) for name in names}
    if "metadata" in params:
        changes["metadata"] = params.metadata(old.get("metadata"))
    if "address" in params:
        table = params.table("address")
        table.allow(*ADDRESS)
        changes["address"] = {name: table.text(name) for name in ADDRESS}
    if "invoice_settings" in params:
        method = params.table("invoice_settings").text("default_payment_method")
        changes["invoice_settings"] = {"default_payment_method": method}
    return changes


def create(call: Call) -> Json:
    return new_customer(call.world, call.book, **sent_members(call.params, {}))


def retrieve(call: Call) -> Json:
    return call.book.get("customer", call.ids[0])


def update(call: Call) -> Json:
    customer = subject(call.book, call.ids[0]) or {}
    changes = sent_members(call.params, customer)
    before = {name: customer[name] for name in changes}
    customer.update(changes)
    call.world.emit(call.book, "customer.updated", customer, before=before)
    return customer


def delete(call: Call) -> Json:
    customer = retrieve(call)
    if customer.get("deleted"):
        raise missing("customer", customer["id"])
    call.world.emit(call.book, "customer.deleted", customer)
    gone = {"id": customer["id"], "object": "customer", "deleted": True}
    for method in call.book.all("payment_method", customer=customer["id"]):
        method["customer"] = None
    return call.book.add(gone)


def index(call: Call) -> Json:
    call.params.allow("email")
    rows = call.book.all("customer", email=call.params.text("email"))
    present = (one for one in rows if not one.get("deleted"))
    return listing(call, "/v1/customers", present)


def methods(call: Call) -> Json:
    """List a customer's saved payment methods."""
    call.params.allow("type", "allow_redisplay")
    customer = subject(call.book, call.ids[0]) or {}
    wanted = {name: call.params.text(name) for name in ("type", "allow_redisplay")}
    rows = call.book.all("payment_method", customer=customer["id"], **wanted)
    return listing(call, f"/v1/customers/{customer['id']}/payment_methods", rows)


def method(call: Call) -> Json:
    row = call.book.get("payment_method", call.ids[1])
    if row["customer"] != call.ids[0]:
        raise missing("payment_method", call.ids[1])
    return row
