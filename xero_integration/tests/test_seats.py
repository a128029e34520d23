"""Drains of one organisation beside each other: how many, for how long, and what they leave."""

import datetime as dt
from typing import Any

import pytest
import redis
from celery import current_app
from django.utils import timezone

from businesses.models import Business
from contacts.models import Contact
from xero_integration import dispatch, outbox, push
from xero_integration.linking import links
from xero_integration.models import BatchStatus, Connection, Kind, Lane, OutboxStatus
from xero_integration.sending import batches, prepare, seats
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


@pytest.fixture
def one_a_minute(xero: Xero, ready: Connection, settings: Any) -> Connection:
    """An organisation with one call left to it in this minute, and many contacts for it."""
    settings.XERO_LIMIT_MINUTE, settings.XERO_LIMIT_PEOPLE_MINUTE = 1, 0
    settings.XERO_LIMIT_PATIENCE = 0.1
    xero.control("limits", minute=1)
    return ready


def next_minute(xero: Xero, connection: Connection, server: redis.Redis, settings: Any) -> None:
    settings.XERO_LIMIT_MINUTE = 60
    xero.control("limits", minute=60)
    server.flushdb()
    making.make_due(connection)


def laid_in(connection: Connection) -> list[int]:
    """Return how full the batches are that were written down and not sent."""
    ready = connection.batches.filter(status=BatchStatus.PREPARED, first_sent_at=None)
    return [batch.members.count() for batch in ready.order_by("pk")]


def test_where_the_minute_is_used_up_the_calls_of_the_next_are_made_ready(
    xero: Xero, one_a_minute: Connection, blue: Business, shared_limits: redis.Redis, settings: Any
) -> None:
    backlog(one_a_minute, blue, 260)
    push.drain(one_a_minute.pk, lane=BULK)
    assert len(xero.contacts()) == 50
    # What was claimed together with the first, and no more than a minute has calls.
    assert laid_in(one_a_minute) == [50, 50, 50]
    assert not one_a_minute.batches.filter(status=BatchStatus.PREPARED, attempts__gt=0).exists()
    one_a_minute.refresh_from_db()
    assert one_a_minute.paused_until is None
    assert messages(BULK) >= 1

    settings.XERO_LIMIT_MINUTE = 5
    push.drain(one_a_minute.pk, lane=BULK)
    next_minute(xero, one_a_minute, shared_limits, settings)
    push.drain(one_a_minute.pk, lane=BULK)
    assert len(xero.contacts()) == 260
    assert len(xero.writes("Contacts")) == 6


def test_what_is_edited_or_left_out_before_its_call_goes_as_it_is_then(
    xero: Xero, one_a_minute: Connection, blue: Business, shared_limits: redis.Redis, settings: Any
) -> None:
    backlog(one_a_minute, blue, 52)
    push.drain(one_a_minute.pk, lane=BULK)
    assert laid_in(one_a_minute) == [2]
    edited, left_out = (row for row in one_a_minute.outbox.filter(status="in_flight"))
    contact = Contact.objects.get(pk=edited.object_id)
    contact.first_name = "Edited"
    contact.save()
    outbox.exclude([left_out], by=None)
    next_minute(xero, one_a_minute, shared_limits, settings)
    push.drain(one_a_minute.pk, lane=BULK)
    making.drain(one_a_minute)
    assert xero.contact(contact.name)["FirstName"] == "Edited"
    assert len(xero.contacts()) == 51
    assert len(xero.writes("Contacts")) == 2


def test_what_was_linked_before_its_call_is_not_created(
    xero: Xero, one_a_minute: Connection, blue: Business, shared_limits: redis.Redis, settings: Any
) -> None:
    backlog(one_a_minute, blue, 51)
    push.drain(one_a_minute.pk, lane=BULK)
    row = one_a_minute.outbox.get(status="in_flight")
    there = xero.act("add_contact", fields={"Name": "Made in Xero"})["ContactID"]
    links.link_contacts(one_a_minute, {row.object_id: there}, by=None)
    next_minute(xero, one_a_minute, shared_limits, settings)
    push.drain(one_a_minute.pk, lane=BULK)
    making.drain(one_a_minute)
    assert len(xero.contacts()) == 51
    row.refresh_from_db()
    assert row.status == OutboxStatus.DONE


def test_a_person_who_needs_what_was_made_ready_does_not_wait_for_the_others(
    xero: Xero, one_a_minute: Connection, blue: Business, shared_limits: redis.Redis, settings: Any
) -> None:
    backlog(one_a_minute, blue, 151)
    push.drain(one_a_minute.pk, lane=BULK)
    waiting = one_a_minute.outbox.filter(status="in_flight").last()
    contact = Contact.objects.get(pk=waiting.object_id)
    next_minute(xero, one_a_minute, shared_limits, settings)
    invoice = making.invoice(contact)
    push.drain(one_a_minute.pk, lane=Lane.INTERACTIVE)
    making.make_due(one_a_minute)
    push.drain(one_a_minute.pk, lane=Lane.INTERACTIVE)
    assert [one["InvoiceNumber"] for one in xero.invoices()] == [invoice.number]
    assert one_a_minute.outbox.filter(status="in_flight").exists()


def test_invoices_that_lay_for_a_while_are_made_ready_anew(
    xero: Xero, ready: Connection, blue: Business
) -> None:
    """By then their accounts may have been chosen anew."""
    invoice = making.invoice(making.contact(blue))
    making.drain(ready)
    making.void(invoice)
    _, (batch,) = prepare.prepare(ready, kind=Kind.INVOICE, lane=Lane.INTERACTIVE)
    earlier = timezone.now() - dt.timedelta(seconds=2 * batches.FRESH_SECONDS)
    ready.batches.filter(pk=batch.pk).update(lease_until=None, created_at=earlier)
    making.drain(ready)
    batch.refresh_from_db()
    assert batch.status == BatchStatus.RELEASED
    assert xero.invoices()[0]["Status"] == "VOIDED"


def test_a_few_batches_call_for_help_too(xero: Xero, ready: Connection, blue: Business) -> None:
    """All of them are claimed at once, so that no row waits any more."""
    backlog(ready, blue, 200)
    push.drain(ready.pk, lane=BULK)
    assert messages(BULK) == 1


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
