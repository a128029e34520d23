"""Drains of one organisation beside each other: how many, for how long, and what they leave."""

import datetime as dt
from typing import Any

import pytest
import redis
from celery import current_app
from django.utils import timezone

from businesses.models import Business
from xero_integration import dispatch, outbox, push, seats
from xero_integration.models import BatchStatus, Connection, Kind, Lane
from xero_integration.tests import making
from xero_integration.tests.factories import ConnectionFactory, ContactFactory
from xero_integration.tests.simulator import Xero

BULK = Lane.BULK


def messages(lane: Lane) -> int:
    """Take the messages that wait for a worker of `lane`, and count them."""
    with current_app.connection_for_read() as broker:
        queue = broker.SimpleQueue(str(lane))
        count = int(queue.qsize())
        queue.clear()
        return count


def backlog(connection: Connection, business: Business, number: int) -> None:
    contacts = ContactFactory.create_batch(number, business=business)
    labels = {contact.pk: contact.name for contact in contacts}
    outbox.put(connection, Kind.CONTACT, labels, lane=BULK)
    messages(BULK)
    seats.arrived(connection.pk, lane=BULK)


@pytest.fixture
def ready(connection: Connection, shared_limits: redis.Redis) -> Connection:
    shared_limits.flushdb()
    messages(BULK)
    return connection


def test_who_finds_no_seat_leaves_and_is_not_forgotten(
    shared_limits: redis.Redis, db: None
) -> None:
    connection = ConnectionFactory()
    taken = [seats.take(connection, lane=BULK) for _ in range(seats.seats_in_all())]
    assert all(taken)
    assert taken[-1].is_last
    assert seats.take(connection, lane=BULK) is None
    # The other lane and other organisations have seats of their own.
    assert seats.take(connection, lane=Lane.INTERACTIVE)
    assert seats.take(ConnectionFactory(), lane=BULK)
    assert [seat.leave() for seat in taken] == [True] + [False] * (len(taken) - 1)


def test_a_drain_without_a_seat_makes_no_call_and_the_next_one_up_looks_again(
    xero: Xero, ready: Connection, blue: Business
) -> None:
    backlog(ready, blue, 3)
    taken = [seats.take(ready, lane=BULK) for _ in range(seats.seats_in_all())]
    push.drain(ready.pk, lane=BULK)
    assert xero.contacts() == []
    for seat in taken[1:]:
        seat.leave()
    # One of them was asked; its drain would have queued another.
    push.drain(ready.pk, lane=BULK)
    assert len(xero.contacts()) == 3


def test_a_backlog_calls_for_help_and_a_single_batch_does_not(
    xero: Xero, ready: Connection, blue: Business
) -> None:
    backlog(ready, blue, 50)
    push.drain(ready.pk, lane=BULK)
    assert messages(BULK) == 0
    backlog(ready, blue, 60)
    push.drain(ready.pk, lane=BULK)
    assert messages(BULK) == 1


def test_where_the_minute_is_used_up_nothing_more_is_prepared(
    xero: Xero, ready: Connection, blue: Business, settings: Any
) -> None:
    settings.XERO_LIMIT_MINUTE, settings.XERO_LIMIT_PEOPLE_MINUTE = 1, 0
    settings.XERO_LIMIT_PATIENCE = 0.1
    xero.control("limits", minute=1)
    backlog(ready, blue, 51)
    push.drain(ready.pk, lane=BULK)
    assert len(xero.contacts()) == 50
    # Nothing is written down for a call that cannot be made for a while.
    assert not ready.batches.exclude(status=BatchStatus.SETTLED).exists()
    ready.refresh_from_db()
    assert ready.paused_until is None
    assert messages(BULK) >= 1


def test_no_more_drains_come_for_one_time_than_can_work_then(
    shared_limits: redis.Redis, db: None
) -> None:
    connection = ConnectionFactory()
    booked = [seats.book(connection, lane=BULK, seconds=30) for _ in range(20)]
    assert booked.count(True) == seats.seats_in_all()


def test_a_postponed_batch_goes_as_it_is(
    xero: Xero, ready: Connection, blue: Business, settings: Any
) -> None:
    backlog(ready, blue, 2)
    ready.paused_until = timezone.now() + dt.timedelta(seconds=20)
    connection = Connection.objects.get(pk=ready.pk)
    Connection.objects.filter(pk=ready.pk).update(paused_until=ready.paused_until)
    # A drain that began before the pause finds out when it is about to call.
    with push.Client(connection, lane=BULK) as client, pytest.raises(push.Stopped) as stopped:
        push._step(client)
    assert 15 < stopped.value.seconds <= 20
    batch = ready.batches.get()
    assert (batch.status, batch.first_sent_at, batch.attempts) == (BatchStatus.PREPARED, None, 0)
    making.make_due(ready)
    making.drain(ready)
    batch.refresh_from_db()
    assert batch.status == BatchStatus.SETTLED
    assert len(xero.contacts()) == 2


def test_a_message_that_waits_does_for_all_that_was_committed_before(
    ready: Connection, blue: Business
) -> None:
    for _ in range(3):
        dispatch.drain(ready.pk, lane=BULK)
    assert messages(BULK) == 1
    # It is taken up: what is saved from now on needs another one.
    push.drain(ready.pk, lane=BULK)
    dispatch.drain(ready.pk, lane=BULK)
    assert messages(BULK) == 1
