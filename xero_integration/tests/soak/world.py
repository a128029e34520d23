"""Both sides of a soak and the dice: what there is, and letting everything arrive."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from businesses.models import Business, User
from xero_integration import sweep
from xero_integration.models import OPEN_EVENTS, Connection, Kind, Link, XeroEvent
from xero_integration.reading import events
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero
from xero_integration.tests.soak.postbox import Postbox
from xero_integration.tests.webhooks import deliver

# Rounds after which whatever is still sent is ping-pong: a change goes there, its echo comes back.
MOST_ROUNDS = 12


@dataclass
class World:
    """Both sides, and the dice."""

    xero: Xero
    connection: Connection
    business: Business
    user: User
    dice: random.Random
    postbox: Postbox
    counter: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)
    # What somebody wished that was not possible then, by its step.
    refused: dict[str, int] = field(default_factory=dict)

    def value(self, name: str) -> str:
        self.counter += 1
        if name != "name" and self.dice.random() < 0.15:
            return ""
        return f"v{self.counter}@x.example" if name == "email" else f"Value {self.counter}"

    def links(self, kind: Kind = Kind.CONTACT) -> list[Link]:
        current = Link.objects.current().filter(connection=self.connection, kind=kind)
        return list(current.order_by("pk"))

    def in_use(self) -> list[Link]:
        active = {c["ContactID"] for c in self.xero.contacts() if c["ContactStatus"] == "ACTIVE"}
        return [link for link in self.links() if link.xero_id in active]

    def fresh(self) -> Connection:
        return Connection.objects.get(pk=self.connection.pk)

    def writes(self) -> int:
        calls = self.xero.state("calls")["calls"]["byResource"]
        return sum(count for call, count in calls.items() if not call.startswith("GET "))

    def calls(self) -> int:
        return int(self.xero.state("calls")["calls"]["total"])

    def collect(self) -> list[dict[str, Any]]:
        """Return every event that Xero has told of and nobody has handed on yet."""
        self.events += self.postbox.empty(self.xero)
        return self.events

    # --- what the workers do

    def send(self) -> None:
        making.drain(self.fresh())

    def read(self) -> None:
        making.poll(self.connection)
        events.take(self.connection.pk)

    def hand_on(self, *told: dict[str, Any]) -> None:
        if told:
            deliver(self.connection, *told)

    # --- rest

    def come_to_rest(self) -> None:
        """Let all of it arrive; from then on nothing is sent, however often anybody looks."""
        rounds = 0
        while self._round():
            rounds += 1
            assert rounds < MOST_ROUNDS, "Something is sent again and again."
        before = self.writes()
        for _ in range(2):
            self._round()
            sweep.sweep(thorough=True)
        assert self.writes() == before
        self._work_is_free()
        assert not Connection.objects.exclude(paused_until=None).exists()
        moving = self.connection.outbox.filter(status__in=("waiting", "in_flight"))
        left = [(row.kind, row.label, row.status, row.attempts) for row in moving]
        assert not left, left

    def _round(self) -> bool:
        """Read and send all that is under way; say whether anything was written."""
        before = self.writes()
        told, self.events = self.collect(), []
        self.hand_on(*told)
        for _ in range(2):
            self.read()
            making.make_due(self.connection)
            self.send()
        return self.writes() > before

    def _work_is_free(self) -> None:
        """Without polls nothing is even asked: two rounds of the workers make no call at all."""
        # The echoes of what was sent and read by now, all of them known.
        self.hand_on(*self.collect())
        self.events = []
        XeroEvent.objects.filter(status__in=OPEN_EVENTS).update(not_before=timezone.now())
        events.take(self.connection.pk)
        before = self.calls()
        for _ in range(2):
            making.sweep_and_drain(self.fresh())
            events.take(self.connection.pk)
        assert self.calls() == before


Step = Callable[[World], object]
Steps = Mapping[Step, int]


def walk(
    world: World, steps: int, *, of: Steps, rest_each: int, check: Callable[[World], object]
) -> None:
    """Take random steps; at each rest hold what stands against the rule."""
    for number in range(1, steps + 1):
        (step,) = world.dice.choices(list(of), weights=list(of.values()))
        step(world)
        if number % rest_each == 0:
            world.come_to_rest()
            check(world)
