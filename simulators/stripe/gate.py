"""The way of an API call: key, account, version, limit, trouble, idempotency, route, answer."""

import asyncio
import re
from dataclasses import dataclass, replace
from functools import partial

from aiohttp import web

from simulators.common.answers import Answer, json_answer
from simulators.common.faults import Fault, Passage, pass_through
from simulators.common.journal import Write
from simulators.common.sending import send
from simulators.common.wire import Json
from simulators.stripe import faults, routes
from simulators.stripe.book import Book
from simulators.stripe.call import Call
from simulators.stripe.errors import StripeError, unknown_path
from simulators.stripe.expanding import rendered
from simulators.stripe.keys import Key, check_permission
from simulators.stripe.listing import PAGING
from simulators.stripe.params import Params
from simulators.stripe.passing import let_pass
from simulators.stripe.wire import new_id, parse_form
from simulators.stripe.world import API_VERSION, World

PREFIX = "/v1/"
VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.\w+)?")
TIMES = ("created", "available_on", "arrival_date")
# Kept under the key although they are errors: the work on them was begun.
BEGUN = frozenset({402, 500})


@dataclass(frozen=True)
class Inbound:
    """An admitted request with its body read."""

    world: World
    key: Key
    book: Book
    request_id: str
    method: str
    path: str
    query: str
    origin: str
    version: str
    idempotency_key: str
    body: bytes

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(part for part in self.path[len(PREFIX) :].split("/") if part)

    @property
    def sent(self) -> Json:
        body = self.body.decode(errors="replace") if self.method == "POST" else ""
        return {**parse_form(self.query), **parse_form(body)}


def origin_of(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}"


async def serve_api(request: web.Request, world: World) -> web.StreamResponse:
    """Answer one call of the API."""
    let_pass(world)
    world.journal.count(request.method, request.path)
    body = await request.read()
    request_id = new_id("req", 14)
    try:
        inbound = admit(request, world, body, request_id)
    except StripeError as error:
        world.journal.statuses[str(error.status)] += 1
        headers = {"Request-Id": request_id}
        return await send(request, replace(error.answer(), headers=headers))
    if not inbound.idempotency_key:
        return await admitted(request, inbound)
    in_flight = (inbound.book.id, inbound.idempotency_key)
    if in_flight in world.in_flight:
        return await send(request, with_headers(inbound, faults.key_in_use().answer()))
    world.in_flight.add(in_flight)
    try:
        return await admitted(request, inbound)
    finally:
        world.in_flight.discard(in_flight)


async def admitted(request: web.Request, inbound: Inbound) -> web.StreamResponse:
    """Carry out a call that was let in, through the trouble it meets if any."""
    world = inbound.world
    write = open_write(inbound)
    fault = world.faults.take(request.method, request.path_qs, inbound.body)
    if fault is not None and write is not None:
        write.fault = fault.kind
    if world.latency_seconds:
        await asyncio.sleep(world.latency_seconds)
    passage = Passage(
        request=request,
        carry_out=partial(carry_out, inbound, write),
        refuse=partial(refuse, inbound),
        keep=partial(keep, inbound),
        befall=partial(befall, inbound),
    )
    return await pass_through(fault, passage)


def admit(request: web.Request, world: World, body: bytes, request_id: str) -> Inbound:
    """Return the call of a request; raise StripeError when it is not let in."""
    headers = request.headers
    key = world.keys.key_of(headers.get("Authorization"))
    account = world.keys.account_for(key, headers.get("Stripe-Account"))
    version = headers.get("Stripe-Version", API_VERSION)
    if not VERSION.fullmatch(version):
        raise StripeError(f"Invalid Stripe API version: {version}")
    if not world.limits.admit(world.real_now):
        raise faults.rate_limited()
    return Inbound(
        world=world,
        key=key,
        book=world.books[account],
        request_id=request_id,
        method=request.method,
        path=request.path.rstrip("/"),
        query=request.query_string,
        origin=origin_of(request),
        version=version,
        idempotency_key=headers.get("Idempotency-Key", "") if request.method == "POST" else "",
        body=body,
    )


def open_write(inbound: Inbound) -> Write | None:
    """Note a write in the journal before anything can happen to it."""
    if inbound.method == "GET":
        return None
    journal = inbound.world.journal
    write = Write(
        number=len(journal.writes) + 1,
        at=inbound.world.clock.now(),
        method=inbound.method,
        path=inbound.path,
        query=inbound.query,
        tenant_id=inbound.book.id,
        key=inbound.idempotency_key,
        body=inbound.body,
    )
    journal.writes.append(write)
    return write


def carry_out(inbound: Inbound, write: Write | None) -> Answer:
    """Do what a call asks for, once for each idempotency key."""
    world = inbound.world
    try:
        kept = kept_answer(inbound)
        answer = kept or done(inbound)
        if kept is None and is_kept(inbound, answer):
            keep(inbound, answer)
    except StripeError as error:
        kept, answer = None, error.answer()
    if write is not None:
        world.journal.done(write, answer.status, replayed=kept is not None)
    world.journal.statuses[str(answer.status)] += 1
    return with_headers(inbound, answer)


def done(inbound: Inbound) -> Answer:
    world = inbound.world
    # Again: a slow call comes here later than it came in.
    let_pass(world)
    world.request = {"id": inbound.request_id, "idempotency_key": inbound.idempotency_key or None}
    try:
        return json_answer(dispatched(inbound))
    except StripeError as error:
        return error.answer()
    finally:
        world.request = None


def dispatched(inbound: Inbound) -> Json:
    found = routes.find(inbound.method, inbound.parts)
    if found is None:
        raise unknown_path(inbound.method, inbound.path)
    route, ids = found
    check_permission(inbound.key, routes.resource(inbound.parts), inbound.method, inbound.book.id)
    sent = inbound.sent
    is_list = inbound.method == "GET"
    page = {name: sent.pop(name) for name in (*PAGING, *TIMES) if is_list and name in sent}
    wishes = Params(sent).texts("expand")
    if is_list:
        sent.pop("expand", None)
    call = Call(
        world=inbound.world,
        book=inbound.book,
        params=Params(sent),
        origin=inbound.origin,
        key=inbound.key,
        ids=ids,
        page=Params(page),
    )
    return rendered(inbound.book, route(call), wishes)


def kept_answer(inbound: Inbound) -> Answer | None:
    key, world = inbound.idempotency_key, inbound.world
    if not key:
        return None
    account = inbound.book.id
    return world.kept_answers.find(account, key, inbound.path, inbound.body, world.real_now)


def is_kept(inbound: Inbound, answer: Answer) -> bool:
    begun = answer.status < 400 or answer.status in BEGUN
    return begun or inbound.world.switches.keep_refused


def keep(inbound: Inbound, answer: Answer) -> None:
    key, world = inbound.idempotency_key, inbound.world
    if key:
        account, now = inbound.book.id, world.real_now
        world.kept_answers.keep(account, key, inbound.path, inbound.body, answer, now)


def with_headers(inbound: Inbound, answer: Answer) -> Answer:
    headers = {
        **answer.headers,
        "Request-Id": inbound.request_id,
        "Stripe-Version": inbound.version,
    }
    if inbound.book is not inbound.world.platform:
        headers["Stripe-Account"] = inbound.book.id
    if inbound.idempotency_key:
        headers["Idempotency-Key"] = inbound.idempotency_key
    return replace(answer, headers=headers)


def refuse(inbound: Inbound, fault: Fault) -> Answer | None:
    answer = faults.refusal(fault)
    if answer is None:
        return None
    inbound.world.journal.statuses[str(answer.status)] += 1
    return with_headers(inbound, answer)


def befall(inbound: Inbound, fault: Fault) -> None:
    if fault.kind == "clock_jump":
        inbound.world.clock.advance(fault.seconds)
    if fault.kind == "disconnect":
        inbound.world.keys.disconnect(inbound.book.id)
