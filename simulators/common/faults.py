"""Scripted trouble: which request meets it, and what then happens to the request or its answer.

The kinds here are those of the wire; what a service refuses with, and what else may befall a
caller there, each simulator adds.
"""

import asyncio
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace

from aiohttp import web

from simulators.common.answers import TEXT_TYPE, Answer
from simulators.common.sending import send, send_half
from simulators.common.wire import Json, plain

# Kinds that cut the connection before the request is looked at: nothing is changed by it.
CUT_BEFORE = frozenset({"drop_before", "timeout_before"})
# Kinds that act after the request was carried out: what it changed stays changed.
AFTER = frozenset({"drop_after", "timeout_after", "500_after", "truncate", "not_json"})
# Kinds that only take time.
SLOW = frozenset({"slow", "slow_after"})
WIRE_KINDS = CUT_BEFORE | AFTER | SLOW
# Drawn for each request from the fault's `kinds`.
RANDOM = "random"

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
    # Keep a refusal under the request's idempotency key, as the services keep some errors.
    cached: bool = False
    kinds: Sequence[str] = ()
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


def read_fault(sent: Json, known: frozenset[str]) -> Fault:
    """Read a fault from JSON, `match` nested or flat; raise ValueError saying what is wrong."""
    flat: Json = plain({**sent, **(sent.get("match") or {})})
    flat.pop("match", None)
    settable = {one.name for one in fields(Fault)} - {"matched", "fired"}
    unknown = set(flat) - settable
    if unknown:
        raise ValueError(f"Unknown in a fault: {', '.join(sorted(unknown))}.")
    # Sorted, so that a seed gives the same each time.
    flat.setdefault("kinds", sorted(known))
    kinds = set(flat["kinds"])
    if flat.get("kind") not in known | {RANDOM} or not kinds or not kinds <= known:
        raise ValueError(f"The kind must be one of {', '.join((RANDOM, *sorted(known)))}.")
    for name in ("method", "path", "body"):
        try:
            re.compile(flat.get(name, ""))
        except re.error as error:
            raise ValueError(f"{name} is no regular expression: {error}") from error
    return Fault(**flat)


@dataclass
class FaultScript:
    # The words of a drawn 503, where the service has several.
    unavailable: Sequence[str] = ("",)
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
        words = self.chance.choice(self.unavailable) if kind == "503" else ""
        return replace(fault, kind=kind, text=fault.text or words)

    def state(self) -> list[Json]:
        return [asdict(fault) for fault in self.faults]


@dataclass(frozen=True)
class Passage:
    """A request about to be handled: how to carry it out, and what the service adds to trouble."""

    request: web.Request
    carry_out: Callable[[], Answer]
    # The answer to a kind that refuses, and None for every other kind.
    refuse: Callable[[Fault], Answer | None]
    keep: Callable[[Answer], None]
    # What a kind of the service's own does before the request goes on.
    befall: Callable[[Fault], None]


async def pass_through(fault: Fault | None, passage: Passage) -> web.StreamResponse:
    """Handle a request through the trouble it meets, if any."""
    if fault is None:
        return await send(passage.request, passage.carry_out())
    if fault.kind in CUT_BEFORE:
        if fault.kind == "timeout_before":
            await hold(passage.request, fault.seconds)
        return drop(passage.request)
    refused = passage.refuse(fault)
    if refused is not None:
        if fault.cached:
            passage.keep(refused)
        return await send(passage.request, refused)
    if fault.kind in AFTER:
        return await fail_after(fault, passage)
    passage.befall(fault)
    # The request is carried out after the sleep, so others may come in between.
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    answer = passage.carry_out()
    if fault.kind == "slow_after":
        await asyncio.sleep(fault.seconds)
    return await send(passage.request, answer)


async def fail_after(fault: Fault, passage: Passage) -> web.StreamResponse:
    answer = passage.carry_out()
    if fault.kind == "timeout_after":
        await hold(passage.request, fault.seconds)
    if fault.kind in {"drop_after", "timeout_after"}:
        return drop(passage.request)
    if fault.kind == "truncate":
        return await send_half(passage.request, answer)
    status = 500 if fault.kind == "500_after" else 200
    body = fault.text.encode() or HTML_ERROR
    return await send(passage.request, Answer(status, body, HTML_TYPE))


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
