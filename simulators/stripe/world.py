"""Everything the simulator holds at one time, so that a reset is a matter of building another."""

import copy
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from simulators.common.clock import Clock
from simulators.common.faults import FaultScript
from simulators.common.journal import Journal
from simulators.common.wire import Json
from simulators.stripe.agenda import Agenda
from simulators.stripe.book import Book
from simulators.stripe.fees import Rate, new_rates
from simulators.stripe.idempotency import KeptAnswers
from simulators.stripe.journal import new_journal
from simulators.stripe.keys import Keys
from simulators.stripe.switches import Switches
from simulators.stripe.webhooks import Subscription, Webhooks
from simulators.stripe.wire import new_id

# The newest that the official library sends.
API_VERSION = "2026-10-28.endive"


@dataclass(frozen=True)
class Options:
    """What the command line says about a world."""

    secret_key: str
    client_id: str
    country: str = "AU"
    # Connected accounts it starts with, already able to take payments.
    accounts: int = 1
    app_name: str = "Pooltrackr"
    latency_ms: int = 0
    journal: Path | None = None
    switches: Switches = field(default_factory=Switches)
    subscription: Subscription = field(default_factory=Subscription)


@dataclass
class Limits:
    """Calls in one second (docs.stripe.com/rate-limits: 100 live); 0 is without a limit."""

    per_second: int = 100
    second: int = 0
    used: int = 0
    refused: int = 0

    def admit(self, now: int) -> bool:
        if now != self.second:
            self.second, self.used = now, 0
        self.used += 1
        admitted = not self.per_second or self.used <= self.per_second
        self.refused += not admitted
        return admitted


@dataclass
class World:
    options: Options
    clock: Clock
    keys: Keys
    switches: Switches
    books: dict[str, Book] = field(default_factory=dict)
    agenda: Agenda = field(default_factory=Agenda)
    rates: list[Rate] = field(default_factory=new_rates)
    faults: FaultScript = field(default_factory=FaultScript)
    limits: Limits = field(default_factory=Limits)
    journal: Journal = field(default_factory=new_journal)
    counts: Counter[str] = field(default_factory=Counter)
    # The account links handed out: token, what it is for.
    links: dict[str, Json] = field(default_factory=dict)
    latency_seconds: float = 0.0
    # Idempotency keys (with their accounts) of calls that are not answered yet.
    in_flight: set[tuple[str, str]] = field(default_factory=set)
    # The moment of what happens by itself, while the clock is already further.
    at: int | None = None
    # The call being carried out, which its events name.
    request: Json | None = None

    def __post_init__(self) -> None:
        self.kept_answers = KeptAnswers()
        self.webhooks = Webhooks(self.options.subscription, self.keys.platform)

    @property
    def now(self) -> int:
        return self.real_now if self.at is None else self.at

    @property
    def real_now(self) -> int:
        return int(self.clock.now().timestamp())

    @property
    def platform(self) -> Book:
        return self.books[self.keys.platform]

    def emit(self, book: Book, type: str, row: Json, *, before: Json | None = None) -> None:
        """Note an event with the object as it is now, and send it to whom it concerns."""
        data: Json = {"object": copy.deepcopy(row)}
        if before is not None:
            data["previous_attributes"] = before
        event: Json = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now,
            "data": data,
            "livemode": False,
            "pending_webhooks": 0,
            "request": self.request or {"id": None, "idempotency_key": None},
            "type": type,
        }
        if book is not self.platform:
            event["account"] = book.id
        book.add(event)
        self.webhooks.tell(event, book.id)


@dataclass
class Simulator:
    """The running server's hold on a world, which a reset replaces."""

    options: Options
    world: World


SIMULATOR = web.AppKey("simulator", Simulator)


def world_of(request: web.Request) -> World:
    return request.app[SIMULATOR].world
