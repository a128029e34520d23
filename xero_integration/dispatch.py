"""Sending tasks to the workers: on commit only, once for a transaction, and never failing a save.

A broker that is down costs a log line: the sweep finds what waits.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from xero_integration import log
from xero_integration.models import Connection, Job, Lane
from xero_integration.sending import seats

logger = logging.getLogger(__name__)

# Names, not functions: tasks import what imports this module.
DRAIN = "xero_integration.tasks.drain"
RUN_JOB = "xero_integration.tasks.run_job"
CATCH_UP = "xero_integration.tasks.catch_up"
TELL_OWNERS = "xero_integration.tasks.tell_owners"
TAKE_EVENTS = "xero_integration.tasks.take_events"
POLL = "xero_integration.tasks.poll"
# The rest of a burst comes in meanwhile and is read in the same call; and our own write, whose
# echo this may be, has been settled.
EVENTS_COUNTDOWN = 1.0
# What waits longer than this is left to the sweep: a message held by a worker must stay well
# under the broker's visibility timeout, or it would be delivered twice. One of Xero's minutes and
# a little, so that who waits for the next one comes with its beginning.
LONGEST_COUNTDOWN = 65.0


def drain_on_commit(connection: Connection, *, lane: Lane) -> None:
    """Queue a drain of `lane` when the transaction commits."""
    key = (DRAIN, connection.pk, str(lane))
    _once_on_commit(key, partial(drain, connection.pk, lane=lane))


def drain(connection_id: int, *, lane: Lane, countdown: float = 0) -> None:
    """Queue a drain now, or in `countdown` seconds. The lane is the queue's name too.

    While one waits in the queue no other is added: it will find whatever was committed before.
    """
    if countdown > LONGEST_COUNTDOWN:
        return
    if not countdown and not seats.announce(connection_id, lane=lane):
        return
    if not _send(DRAIN, [connection_id, str(lane)], queue=str(lane), countdown=countdown):
        seats.arrived(connection_id, lane=lane)


def job_on_commit(job: Job) -> None:
    _once_on_commit((RUN_JOB, job.pk, ""), partial(run_job, job.pk))


def run_job(job_id: int, *, countdown: float = 0) -> None:
    if countdown <= LONGEST_COUNTDOWN:
        _send(RUN_JOB, [job_id], queue=str(Lane.BULK), countdown=countdown)


def catch_up_on_commit(connection: Connection) -> None:
    """Queue the comparison of everything, for a connection that is back."""
    send = partial(_send, CATCH_UP, [connection.pk], queue=str(Lane.BULK))
    _once_on_commit((CATCH_UP, connection.pk, ""), send)


def tell_owners_on_commit(connection_id: int, letter: str) -> None:
    """Queue an e-mail to the owners; `notices.LETTERS` has its names."""
    send = partial(_send, TELL_OWNERS, [connection_id, letter], queue=str(Lane.BULK))
    _once_on_commit((TELL_OWNERS, connection_id, letter), send)


def take_events_on_commit(connection: Connection) -> None:
    """Queue the reading of what webhooks said of this organisation."""
    key = (TAKE_EVENTS, connection.pk, "")
    _once_on_commit(key, partial(take_events, connection.pk, countdown=EVENTS_COUNTDOWN))


def take_events(connection_id: int, *, countdown: float = 0) -> None:
    _send(TAKE_EVENTS, [connection_id], queue=str(Lane.INTERACTIVE), countdown=countdown)


def poll(state_id: int, *, countdown: float) -> None:
    _send(POLL, [state_id], queue=str(Lane.BULK), countdown=countdown)


def _once_on_commit(key: tuple[str, int, str], send: Callable[[], object]) -> None:
    """Run `send` after the commit, unless this transaction already will.

    A row saved a hundred times asks for one drain; the mark hangs on Django's own list, so that a
    rolled back savepoint takes it along.
    """
    waiting = transaction.get_connection().run_on_commit
    if any(getattr(function, "key", None) == key for _, function, _ in waiting):
        return
    marked = _Marked(key, send)
    transaction.on_commit(marked)


class _Marked:
    """A callable that says what it stands for."""

    def __init__(self, key: tuple[str, int, str], send: Callable[[], object]) -> None:
        self.key = key
        self.send = send

    def __call__(self) -> None:
        self.send()


def _send(name: str, args: list[Any], *, queue: str, countdown: float = 0) -> bool:
    try:
        current_app.send_task(name, args=args, queue=queue, countdown=countdown or None)
    except (OperationalError, OSError) as error:
        log.event(logger, "broker-down", task=name, error=type(error).__name__)
        return False
    return True
