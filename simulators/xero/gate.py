"""The way of an API call: token, connection, limits, trouble, scope, idempotency, answer."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from aiohttp import web

from simulators.common.journal import Write
from simulators.common.sending import send
from simulators.xero.accounting.call import Call
from simulators.xero.accounting.listing import parse_http_time
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.routes import dispatch
from simulators.xero.answers import Answer, not_simulated, problem
from simulators.xero.faults import Exchange, exchange_with
from simulators.xero.idempotency import KEYED_METHODS, fingerprint
from simulators.xero.identity.endpoints import bearer
from simulators.xero.identity.model import AccessToken
from simulators.xero.identity.scopes import permits
from simulators.xero.world import World

API_PREFIX = "/api.xro/2.0/"
READING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Inbound:
    """An admitted request with its body read."""

    world: World
    access: AccessToken
    organisation: Organisation
    method: str
    path: str
    query: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(part for part in self.path[len(API_PREFIX) :].split("/") if part)

    @property
    def key(self) -> str:
        return self.headers.get("Idempotency-Key", "") if self.method in KEYED_METHODS else ""

    @property
    def fingerprint(self) -> str:
        address = f"{self.path}?{self.query}"
        return fingerprint(self.method, address, self.organisation.id, self.body)


async def serve_api(request: web.Request, world: World) -> web.StreamResponse:
    """Answer one call of the accounting API."""
    access = bearer(world.identity, request.headers.get("Authorization"))
    if isinstance(access, Answer):
        return await refuse(request, world, access)
    tenant_id = request.headers.get("xero-tenant-id", "").lower()
    organisation = world.organisations.get(tenant_id)
    if organisation is None or not world.identity.connection_of(access.user_id, tenant_id):
        forbidden = problem(403, "Forbidden", "AuthenticationUnsuccessful")
        return await refuse(request, world, forbidden)
    # Before scope and idempotency, as in Xero: a replayed key and a missing scope cost a call too.
    limited = world.limits.admit(tenant_id)
    if limited is not None:
        return await refuse(request, world, with_limits(world, tenant_id, limited))
    try:
        return await admitted(request, world, access, organisation)
    finally:
        world.limits.leave(tenant_id)


async def refuse(request: web.Request, world: World, answer: Answer) -> web.StreamResponse:
    world.journal.count(request.method, request.path)
    world.journal.statuses[str(answer.status)] += 1
    return await send(request, answer)


def with_limits(world: World, tenant_id: str, answer: Answer) -> Answer:
    headers = {**world.limits.headers(tenant_id), **answer.headers}
    of_app = headers.get("X-Rate-Limit-Problem") == "appminute"
    if of_app and not world.switches.app_minute_waits:
        del headers["Retry-After"]
    return replace(answer, headers=headers)


async def admitted(
    request: web.Request, world: World, access: AccessToken, organisation: Organisation
) -> web.StreamResponse:
    inbound = Inbound(
        world=world,
        access=access,
        organisation=organisation,
        method=request.method,
        path=request.path,
        query=request.query_string,
        parameters={name.lower(): value for name, value in request.query.items()},
        headers=request.headers,
        body=await request.read(),
    )
    world.journal.count(inbound.method, inbound.path)
    # Noted before any trouble, so that a write that never arrived is in the journal as well.
    write = open_write(inbound)
    fault = world.faults.take(inbound.method, request.path_qs, inbound.body)
    if fault is not None and write is not None:
        write.fault = fault.kind
    # Slept while in flight: only so does latency run a client into the limit on calls at once.
    if world.latency_seconds:
        await asyncio.sleep(world.latency_seconds)
    exchange = Exchange(
        request=request,
        carry_out=partial(carry_out, inbound, write),
        refuse=partial(refuse_by_limit, inbound),
        keep=partial(keep_answer, inbound),
        disconnect=partial(world.identity.disconnect_organisation, organisation.id),
        revoke=partial(world.identity.revoke_user, access.user_id),
        advance=world.clock.advance,
    )
    return await exchange_with(fault, exchange)


def open_write(inbound: Inbound) -> Write | None:
    """Note a write in the journal before anything can happen to it."""
    if inbound.method in READING:
        return None
    journal = inbound.world.journal
    write = Write(
        number=len(journal.writes) + 1,
        at=inbound.world.clock.now(),
        method=inbound.method,
        path=inbound.path,
        query=inbound.query,
        tenant_id=inbound.organisation.id,
        key=inbound.key,
        body=inbound.body,
    )
    journal.writes.append(write)
    return write


def carry_out(inbound: Inbound, write: Write | None) -> Answer:
    """Do what the call asks, once per idempotency key, and note the outcome."""
    world = inbound.world
    # Who may call is asked ahead of the key, so a refusal is not kept under it.
    refused = refusal(inbound)
    kept = None if refused else kept_answer(inbound)
    answer = refused or kept or dispatch(call_of(inbound))
    if refused is None and kept is None:
        keep_answer(inbound, answer)
    world.tell_webhooks(inbound.organisation)
    if write is not None:
        world.journal.done(write, answer.status, replayed=kept is not None)
    world.journal.statuses[str(answer.status)] += 1
    return with_limits(world, inbound.organisation.id, answer)


def kept_answer(inbound: Inbound) -> Answer | None:
    world = inbound.world
    if not inbound.key:
        return None
    in_json = world.switches.key_refusal == "json"
    return world.kept_answers.find(inbound.key, inbound.fingerprint, refuse_in_json=in_json)


def keep_answer(inbound: Inbound, answer: Answer) -> None:
    if inbound.key:
        inbound.world.kept_answers.keep(inbound.key, inbound.fingerprint, answer)


def refuse_by_limit(inbound: Inbound, kind: str) -> Answer:
    tenant_id = inbound.organisation.id
    return with_limits(inbound.world, tenant_id, inbound.world.limits.refuse(tenant_id, kind))


def refusal(inbound: Inbound) -> Answer | None:
    """Return why a call is not let through to the accounting API, or None."""
    world = inbound.world
    # An app that was disconnected by the trouble it met is refused like any other.
    if not world.identity.connection_of(inbound.access.user_id, inbound.organisation.id):
        return problem(403, "Forbidden", "AuthenticationUnsuccessful")
    if not inbound.parts:
        return not_simulated(f"{inbound.method} {inbound.path}")
    allowed = permits(
        inbound.access.scopes,
        inbound.parts[0].lower(),
        writing=inbound.method not in READING,
        attachment=len(inbound.parts) > 2 and inbound.parts[2].lower() == "attachments",
    )
    if not allowed:
        refused = problem(401, "Unauthorized", "AuthorizationUnsuccessful")
        return replace(refused, headers={"WWW-Authenticate": "insufficient_scope"})
    if not answerable(inbound):
        # Xero would answer in XML here, which no client of this project can read.
        return not_simulated("answers in XML; send Accept: application/json")
    return None


def answerable(inbound: Inbound) -> bool:
    """Say whether the answer is in a form that the caller accepts."""
    is_file = inbound.method == "GET" and [part.lower() for part in inbound.parts[2:3]] in (
        ["attachments"],
        ["pdf"],
    )
    accepted = inbound.headers.get("Accept", "").lower()
    return "json" in accepted or is_file or wants_pdf(inbound)


def wants_pdf(inbound: Inbound) -> bool:
    """Say whether an invoice is asked for as a PDF by its ordinary address."""
    names_one = len(inbound.parts) == 2 and inbound.parts[0].lower() == "invoices"
    pdf = "application/pdf" in inbound.headers.get("Accept", "").lower()
    return inbound.method == "GET" and names_one and pdf


def call_of(inbound: Inbound) -> Call:
    return Call(
        organisation=inbound.organisation,
        method=inbound.method,
        path=(*inbound.parts, "pdf") if wants_pdf(inbound) else inbound.parts,
        query=inbound.parameters,
        body=inbound.body,
        now=inbound.world.clock.now(),
        switches=inbound.world.switches,
        content_type=inbound.headers.get("Content-Type", ""),
        most_rows=inbound.world.limits.sizes.most_rows,
        modified_since=parse_http_time(inbound.headers.get("If-Modified-Since")),
    )
