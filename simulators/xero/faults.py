"""Scripted trouble: which request meets it, and what then happens to the request or its answer."""

import asyncio
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace

from aiohttp import web

from simulators.xero.answers import TEXT_TYPE, Answer, problem, text_answer
from simulators.xero.sending import send, send_half
from simulators.xero.wire import Json, plain

# Kinds that act before the request is looked at: nothing is changed by it.
BEFORE = frozenset(
    {
        "drop_before",
        "timeout_before",
        "429_minute",
        "429_day",
        "429_concurrent",
        "429_appminute",
        "500",
        "503",
        "401_expired",
    }
)
# Kinds that act after the request was carried out: what it changed stays changed.
AFTER = frozenset({"drop_after", "timeout_after", "500_after", "truncate", "not_json"})
# Kinds that only take time, or that change something and let the request go on.
AROUND = frozenset({"slow", "slow_after", "disconnect", "revoke", "clock_jump"})
KINDS = BEFORE | AFTER | AROUND
# Drawn for each request from the fault's `kinds`; sorted, so that a seed gives the same each time.
RANDOM = "random"
ALL_KINDS = tuple(sorted(KINDS))

OFFLINE = "The Organisation is offline"
# Xero's own words for a 503; without `text` a drawn one has any of them.
UNAVAILABLE = (
    OFFLINE,
    "The Xero API is currently offline for maintenance",
    "The Xero API is temporarily unavailable",
)
HTML_ERROR = b"<html><head><title>Error</title></head><body>An error occurred</body></html>"
HTML_TYPE = "text/html; charset=utf-8"
# How often a held request looks whether its client has gone.
HOLD_STEP = 0.05


@dataclass
class Fault:
    """Trouble for requests that match: after `after` of them, `count` times (None: always)."""

    kind: str
    method: str = ""
    path: str = ""
    body: str = ""
    count: int | None = 1
    after: int = 0
    seconds: float = 60.0
    probability: float = 1.0
    text: str = ""
    # Keep a 500 or 503 under the request's idempotency key, as Xero keeps errors.
    cached: bool = False
    kinds: Sequence[str] = ALL_KINDS
    matched: int = 0
    fired: int = 0

    def matches(self, method: str, path: str, body: bytes) -> bool:
        return (
            re.fullmatch(self.method or ".*", method, re.IGNORECASE) is not None
            and re.search(self.path, path, re.IGNORECASE) is not None
            and (not self.body or re.search(self.body, body.decode(errors="replace")) is not None)
        )

    @property
    def is_spent(self) -> bool:
        return self.count is not None and self.fired >= self.count


def read_fault(sent: Json) -> Fault:
    """Read a fault from JSON, `match` nested or flat; raise ValueError saying what is wrong."""
    flat: Json = plain({**sent, **(sent.get("match") or {})})
    flat.pop("match", None)
    settable = {one.name for one in fields(Fault)} - {"matched", "fired"}
    unknown = set(flat) - settable
    if unknown:
        raise ValueError(f"Unknown in a fault: {', '.join(sorted(unknown))}.")
    kinds = set(flat.get("kinds", KINDS))
    if flat.get("kind") not in KINDS | {RANDOM} or not kinds or not kinds <= KINDS:
        raise ValueError(f"The kind must be one of {', '.join((RANDOM, *ALL_KINDS))}.")
    for name in ("method", "path", "body"):
        try:
            re.compile(flat.get(name, ""))
        except re.error as error:
            raise ValueError(f"{name} is no regular expression: {error}") from error
    return Fault(**flat)


@dataclass
class FaultScript:
    faults: list[Fault] = field(default_factory=list)
    # A fixed seed, so that a run with random faults can be repeated; nothing here is a secret.
    chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311

    def take(self, method: str, path: str, body: bytes) -> Fault | None:
        """Return the trouble this request meets, counting it as met."""
        for fault in self.faults:
            if fault.is_spent or not fault.matches(method, path, body):
                continue
            fault.matched += 1
            if fault.matched <= fault.after or self.chance.random() >= fault.probability:
                continue
            fault.fired += 1
            return self.drawn(fault)
        return None

    def drawn(self, fault: Fault) -> Fault:
        if fault.kind != RANDOM:
            return fault
        kind = self.chance.choice(fault.kinds)
        words = self.chance.choice(UNAVAILABLE) if kind == "503" else ""
        return replace(fault, kind=kind, text=fault.text or words)

    def state(self) -> list[Json]:
        return [asdict(fault) for fault in self.faults]


@dataclass(frozen=True)
class Exchange:
    """A request about to be handled: how to carry it out, and how to refuse it by a limit."""

    request: web.Request
    carry_out: Callable[[], Answer]
    refuse: Callable[[str], Answer]
    keep: Callable[[Answer], None]
    disconnect: Callable[[], object]
    revoke: Callable[[], object]
    advance: Callable[[float], None]


async def exchange_with(fault: Fault | None, exchange: Exchange) -> web.StreamResponse:
    """Handle a request through the trouble it meets, if any."""
    if fault is None:
        return await send(exchange.request, exchange.carry_out())
    if fault.kind in BEFORE:
        return await fail_before(fault, exchange)
    if fault.kind in AFTER:
        return await fail_after(fault, exchange)
    if fault.kind == "disconnect":
        exchange.disconnect()
    if fault.kind == "revoke":
        exchange.revoke()
    if fault.kind == "clock_jump":
        exchange.advance(fault.seconds)
    # The request is carried out after the sleep, so others may come in between.
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    answer = exchange.carry_out()
    if fault.kind == "slow_after":
        await asyncio.sleep(fault.seconds)
    return await send(exchange.request, answer)


async def fail_before(fault: Fault, exchange: Exchange) -> web.StreamResponse:
    if fault.kind == "timeout_before":
        await hold(exchange.request, fault.seconds)
    if fault.kind in {"drop_before", "timeout_before"}:
        return drop(exchange.request)
    answer = refusal(fault, exchange)
    if fault.cached:
        exchange.keep(answer)
    return await send(exchange.request, answer)


def refusal(fault: Fault, exchange: Exchange) -> Answer:
    if fault.kind.startswith("429_"):
        return exchange.refuse(fault.kind.removeprefix("429_"))
    if fault.kind == "401_expired":
        return problem(401, "Unauthorized", "TokenExpired: token expired at 01/01/2001 00:00:00")
    if fault.kind == "503":
        return text_answer(fault.text or OFFLINE, status=503)
    return Answer(500, HTML_ERROR, HTML_TYPE)


async def fail_after(fault: Fault, exchange: Exchange) -> web.StreamResponse:
    answer = exchange.carry_out()
    if fault.kind == "timeout_after":
        await hold(exchange.request, fault.seconds)
    if fault.kind in {"drop_after", "timeout_after"}:
        return drop(exchange.request)
    if fault.kind == "truncate":
        return await send_half(exchange.request, answer)
    status = 500 if fault.kind == "500_after" else 200
    body = fault.text.encode() or HTML_ERROR
    return await send(exchange.request, Answer(status, body, HTML_TYPE))


async def hold(request: web.Request, seconds: float) -> None:
    """Say nothing for a while, but not longer than the client listens."""
    for _ in range(int(seconds / HOLD_STEP) + 1):
        if request.transport is None or request.transport.is_closing():
            return
        await asyncio.sleep(HOLD_STEP)


def drop(request: web.Request) -> web.Response:
    """Cut the connection without a word; the answer returned reaches nobody."""
    if request.transport is not None:
        # Abort, not close: nothing that is still in a buffer may reach the client.
        request.transport.abort()
    return web.Response(status=500, content_type=TEXT_TYPE.split(";")[0])
