"""Who reads an organisation's changes: one worker at a time for each kind, held by lease."""

import datetime as dt
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from xero_integration.jobs import LeaseLost
from xero_integration.models import READ_KINDS, Connection, Kind, PullState

# More than our clock may be ahead of Xero's; from then on only Xero's own times count.
CLOCKS = dt.timedelta(minutes=10)


class Reader:
    """One worker's hold on the reading of one kind."""

    def __init__(self, state: PullState, owner: str) -> None:
        self.state = state
        self._owner = owner
        self._deadline = time.monotonic() + settings.XERO_TASK_BUDGET

    def keep(self, **values: Any) -> None:
        """Store `values` and extend the lease. Raises LeaseLost when another one holds it."""
        held = PullState.objects.filter(pk=self.state.pk, lease_owner=self._owner)
        if not held.update(**values, lease_until=_lease()):
            raise LeaseLost
        for name, value in values.items():
            setattr(self.state, name, value)

    @property
    def is_out_of_time(self) -> bool:
        return time.monotonic() > self._deadline

    def release(self) -> None:
        PullState.objects.filter(pk=self.state.pk, lease_owner=self._owner).update(
            lease_owner="", lease_until=None
        )


@contextmanager
def hold(connection: Connection, kind: Kind) -> Iterator[Reader | None]:
    """Hold the reading of `kind`; gives None while another worker does."""
    reader = _take(connection, kind)
    try:
        yield reader
    except LeaseLost:
        return
    finally:
        if reader is not None:
            reader.release()


def begin(connections: list[Connection]) -> None:
    """Give connections their reading states: from when they were connected, by Xero's clock too.

    What was there before, the first sync reads.
    """
    PullState.objects.bulk_create(
        [
            PullState(
                business_id=one.business_id,
                connection=one,
                kind=kind,
                since=one.connected_at - CLOCKS,
            )
            for one in connections
            for kind in READ_KINDS
        ],
        ignore_conflicts=True,
    )


def _take(connection: Connection, kind: Kind) -> Reader | None:
    owner = uuid.uuid4().hex
    free = Q(lease_until=None) | Q(lease_until__lte=timezone.now())
    states = PullState.objects.filter(connection=connection, kind=kind)
    if not states.exists():
        begin([connection])
    if not states.filter(free).update(lease_owner=owner, lease_until=_lease()):
        return None
    return Reader(states.get(), owner)


def _lease() -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=settings.XERO_LEASE)
