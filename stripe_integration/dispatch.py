"""Sending tasks to the workers: after commit only, and never failing what a person does.

A broker that is down costs a log line: the sweep finds what waits.
"""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from stripe_integration import log

logger = logging.getLogger(__name__)

# Names, not functions: tasks import what imports this module.
TAKE = "stripe_integration.tasks.take"
TELL = "stripe_integration.tasks.tell_owners"
POLL = "stripe_integration.tasks.poll"


def take_on_commit(event_pk: int) -> None:
    transaction.on_commit(partial(take, event_pk))


def take(event_pk: int) -> None:
    # A customer waits to see the payment: before any bulk.
    _send(TAKE, event_pk, queue="interactive")


def poll(account_pk: int) -> None:
    _send(POLL, account_pk, queue="bulk")


def tell_owners(account_pk: int) -> None:
    _send(TELL, account_pk, queue="bulk")


def _send(name: str, pk: int, *, queue: str) -> None:
    try:
        current_app.send_task(name, args=[pk], queue=queue)
    except (OperationalError, OSError) as error:
        log.event(logger, "broker-down", task=name, error=type(error).__name__)
