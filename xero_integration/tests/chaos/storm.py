"""The storm: work goes through a Xero in trouble while workers and the broker are killed."""

import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import redis
from django.utils import timezone

from businesses.models import User
from pooltrackr.supervisor import Stack
from xero_integration.connecting.connect import ConnectError
from xero_integration.models import OPEN_BATCHES, Connection, ConnectionStatus, XeroToken
from xero_integration.tests import making
from xero_integration.tests.chaos.load import Load, parked, unsettled
from xero_integration.tests.chaos.workers import Workers
from xero_integration.tests.simulator import Xero

# Each kind of trouble with its probability, for every call of the API; a fifth of them meet some.
TROUBLE = {
    "drop_before": 0.02,
    "drop_after": 0.05,
    "timeout_before": 0.01,
    "timeout_after": 0.02,
    "429_minute": 0.02,
    "429_day": 0.005,
    "429_concurrent": 0.01,
    "500": 0.02,
    "500_after": 0.02,
    "503": 0.02,
    "truncate": 0.02,
    "not_json": 0.01,
    "401_expired": 0.02,
}
# Of every refresh; slow enough to be killed within.
REFRESH_TROUBLE = {"drop_after": 0.08, "503": 0.03, "slow_after": 0.4}
SLOW = 0.6
# Three seconds above the minute by which the engine refreshes early: a refresh every few seconds.
ACCESS_LIFE = 63.0
LATENCY_MS = 250
# The longest that a kill waits once there is something to do.
LONGEST_LIFE = 0.8
# How long everything may take to settle once nobody is killed any more.
PATIENCE = 180.0


@dataclass
class Storm:
    """`kills` kills spread over `contacts` contacts and as many invoices."""

    stack: Stack
    connection: Connection
    owner: User
    kills: int
    records: int
    count: int = 1
    seed: int = 1
    strict: bool = False
    figures: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.load = Load(self.connection.business, self.chance)
        self.workers = Workers(self.stack, self.count)
        self.xero = Xero(self.stack.xero_url)

    def rage(self, **limits: float) -> None:
        """Let it rage, then let everything settle."""
        started = time.monotonic()
        self.xero.control("limits", access_seconds=ACCESS_LIFE, latency_ms=LATENCY_MS, **limits)
        self.xero.control("switches", refresh_grace=not self.strict)
        self.xero.control("faults", faults=trouble(), seed=self.seed)
        with self.workers:
            self.workers.start_all()
            for number in range(self.kills):
                self._strike(number)
            self.xero.control("faults", replace=True)
            self._settle()
        self.figures["seconds"] = round(time.monotonic() - started)
        self.figures["calls"] = self.xero.state("calls")["calls"]["total"]
        self.figures["worker ended by itself"] = self.workers.ended_by_themselves

    def _add(self, number: int) -> None:
        """Add this kill's share of the work, and sometimes change what was added before."""
        wanted = self.records * (number + 1) // self.kills
        more = wanted - len(self.load.contacts)
        self.load.add(contacts=more, invoices=more)
        if self.chance.random() < 0.5:
            self.load.edit_one()
        if self.chance.random() < 0.1:
            self.load.void_one()

    def _strike(self, number: int) -> None:
        place = self.chance.randrange(self.count)
        if number == self.kills // 2:
            self._kill_broker()
        if self.chance.random() < 0.1:
            self.xero.act("expire_access_tokens")
        self._reconnect_if_lost()
        self.workers.keep_up()
        # Only now, so that it is under way when the blow falls.
        self._add(number)
        time.sleep(self.chance.uniform(0, LONGEST_LIFE))
        self._note_what_dies()
        self.workers.kill(place)
        self.figures["kills"] += 1

    def _note_what_dies(self) -> None:
        """Count kills that hit a call, or a refresh: a storm over idle workers proves nothing."""
        now = timezone.now()
        calling = self.connection.batches.filter(status__in=OPEN_BATCHES, lease_until__gt=now)
        refreshing = XeroToken.objects.filter(lease_until__gt=now)
        self.figures["kills while a batch was held"] += calling.exists()
        self.figures["kills while a token was held"] += refreshing.exists()

    def _kill_broker(self) -> None:
        """Kill the broker, or empty it where it is not ours to kill."""
        if self.stack.external_broker:
            with redis.Redis.from_url(self.stack.redis_url) as client:
                client.flushdb()
        else:
            self.stack.kill("broker")
            self.stack.start("broker")
        self.figures["broker emptied"] += 1

    def _reconnect_if_lost(self) -> None:
        """Do what the owner does when told that the connection was lost."""
        self.connection.refresh_from_db()
        if self.connection.status != ConnectionStatus.NEEDS_RECONNECT:
            return
        # Xero is in trouble then too: who is told to start again does so, at the next turn.
        with suppress(ConnectError):
            making.connected(self.xero, self.connection.business, self.owner)
            self.figures["reconnects"] += 1
        self.connection.refresh_from_db()

    def _settle(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while left := unsettled(self.connection):
            self.workers.keep_up()
            self._reconnect_if_lost()
            if set(left) == {"parked"} or time.monotonic() > deadline:
                raise AssertionError(
                    f"Left: {left}; {parked(self.connection)}\n{self.workers.tail()}"
                )
            time.sleep(0.2)


def trouble() -> list[dict[str, Any]]:
    api = [
        {"kind": kind, "path": "api.xro", "probability": chance, "count": None, "seconds": 10}
        for kind, chance in TROUBLE.items()
    ]
    refresh = [
        {
            "kind": kind,
            "path": "connect/token",
            "body": "refresh_token",
            "probability": chance,
            "count": None,
            "seconds": SLOW,
        }
        for kind, chance in REFRESH_TROUBLE.items()
    ]
    return [*api, *refresh]
