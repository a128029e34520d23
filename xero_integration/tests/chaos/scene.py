"""One worker that dies where it is told to, and what takes over from it."""

import datetime as dt

from django.utils import timezone

from businesses.models import Business, User
from pooltrackr.supervisor import Stack
from xero_integration.models import Job, PullState, XeroToken
from xero_integration.tests import making
from xero_integration.tests.chaos.conftest import SIMULATOR
from xero_integration.tests.chaos.load import check, parked, unsettled
from xero_integration.tests.chaos.workers import Workers
from xero_integration.tests.simulator import Xero

# A token refreshed again, what was left behind, what had not begun.
MOST_ROUNDS = 3


class Scene:
    """A connection ready to send, and one worker that may be told where to die."""

    def __init__(self, stack: Stack, blue: Business, alice: User) -> None:
        self.xero = Xero(stack.xero_url)
        self.xero.control("limits", **SIMULATOR)
        self.owner = alice
        self.connection = making.ready(making.connected(self.xero, blue, alice))
        self.workers = Workers(stack)

    def kill_at(self, place: str, *, after: int = 0) -> None:
        """Start a worker that dies at `place`, and return once it has."""
        with self.workers:
            self.workers.start(crash_at=place, crash_after=after)
            self.workers.wait_until_dead()

    def let_leases_end(self) -> None:
        past = timezone.now() - dt.timedelta(seconds=1)
        for model in (XeroToken, PullState, Job):
            model.objects.exclude(lease_until=None).update(lease_until=past)
        making.let_leases_end(self.connection)

    def go_on(self) -> None:
        """Do what is left, and compare contacts and invoices."""
        self.finish()
        check(self.xero, self.connection)

    def finish(self) -> None:
        """Let the leases end, and do what is left."""
        self.let_leases_end()
        for _ in range(MOST_ROUNDS):
            making.make_due(self.connection)
            making.sweep_and_drain(self.connection)
        assert not unsettled(self.connection), parked(self.connection)
