"""Trouble as Xero makes it: its refusals, and what befalls a connection."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from simulators.common.answers import Answer, text_answer
from simulators.common.faults import (
    HTML_ERROR,
    HTML_TYPE,
    WIRE_KINDS,
    Fault,
    FaultScript,
    Passage,
    pass_through,
)
from simulators.xero.answers import problem

# Refused before the request is looked at: nothing is changed by it.
REFUSALS = frozenset(
    {
        "429_minute",
        "429_day",
        "429_concurrent",
        "429_appminute",
        "500",
        "503",
        "401_expired",
    }
)
# Kinds that change something and let the request go on.
BEFALLING = frozenset({"disconnect", "revoke", "clock_jump"})
KINDS = WIRE_KINDS | REFUSALS | BEFALLING

OFFLINE = "The Organisation is offline"
# Xero's own words for a 503; without `text` a drawn one has any of them.
UNAVAILABLE = (
    OFFLINE,
    "The Xero API is currently offline for maintenance",
    "The Xero API is temporarily unavailable",
)


def new_script() -> FaultScript:
    return FaultScript(unavailable=UNAVAILABLE)


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

    def refusal(self, fault: Fault) -> Answer | None:
        if fault.kind.startswith("429_"):
            return self.refuse(fault.kind.removeprefix("429_"))
        if fault.kind == "401_expired":
            detail = "TokenExpired: token expired at 01/01/2001 00:00:00"
            return problem(401, "Unauthorized", detail)
        if fault.kind == "503":
            return text_answer(fault.text or OFFLINE, status=503)
        return Answer(500, HTML_ERROR, HTML_TYPE) if fault.kind == "500" else None

    def befall(self, fault: Fault) -> None:
        if fault.kind == "disconnect":
            self.disconnect()
        if fault.kind == "revoke":
            self.revoke()
        if fault.kind == "clock_jump":
            self.advance(fault.seconds)


async def exchange_with(fault: Fault | None, exchange: Exchange) -> web.StreamResponse:
    """Handle a request through the trouble it meets, if any."""
    passage = Passage(
        request=exchange.request,
        carry_out=exchange.carry_out,
        refuse=exchange.refusal,
        keep=exchange.keep,
        befall=exchange.befall,
    )
    return await pass_through(fault, passage)
