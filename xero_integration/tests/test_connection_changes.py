"""Connections that end, come back and change hands while something is under way."""

import datetime as dt
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.mail import EmailMessage
from django.utils import timezone

from businesses.models import Business, User
from contacts.models import Contact
from xero_integration import push, sweep
from xero_integration.client import tokens
from xero_integration.client.api import Client
from xero_integration.connecting import disconnecting
from xero_integration.health import notices
from xero_integration.models import Connection, ConnectionStatus, Lane, OutboxStatus
from xero_integration.sending import seats
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero


def test_nothing_more_is_sent_once_a_person_has_disconnected(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    """Also by a drain that began before, and when Xero could not be told."""
    contact = making.contact(blue)
    xero.fault("drop_before", path="connections")
    with Client(connection, lane=Lane.INTERACTIVE) as client:
        assert disconnecting.disconnect(Connection.objects.get(pk=connection.pk), by=alice) is False
        seat = seats.take(connection, lane=Lane.INTERACTIVE)
        assert seat is not None
        push._work(client, seat)
    assert xero.contacts() == []
    row = making.row(contact)
    assert (row.status, row.attempts) == (OutboxStatus.WAITING, 0)
    connection.refresh_from_db()
    assert connection.status == ConnectionStatus.DISCONNECTED


def test_a_reconnect_goes_on_with_what_was_in_flight(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    xero.fault("drop_after", method="PUT", path="Contacts")
    making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    disconnecting.disconnect(connection, by=alice)
    again = making.reconnected(xero, blue, alice)
    making.make_due(again)
    making.drain(again)
    assert again == connection
    assert [one["Name"] for one in xero.contacts()] == ["Rosa Reyes"]
    assert set(again.outbox.values_list("status", flat=True)) == {OutboxStatus.DONE}


def test_what_changed_during_a_long_disconnect_goes_once_somebody_has_looked(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    contact = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    disconnecting.disconnect(connection, by=alice)
    contact.first_name = "Rosa"
    contact.save()
    invoice = making.invoice(making.contact(blue, "Bo Lund"))
    # Three days pass: the sweep of each minute looks back for an hour only.
    long_ago = timezone.now() - dt.timedelta(days=3)
    connection.links.update(checked_at=long_ago - dt.timedelta(days=1))
    connection.outbox.update(queued_at=long_ago - dt.timedelta(days=1))
    Contact.objects.filter(business=blue).update(updated_at=long_ago)
    blue.invoices.update(updated_at=long_ago)
    again = making.reconnected(xero, blue, alice)
    sweep.catch_up(again.pk)
    making.drain(again)
    making.make_due(again)
    making.drain(again)
    assert xero.contact("Rosa Reyes")["FirstName"] == "Rosa"
    assert [one["InvoiceNumber"] for one in xero.invoices()] == [invoice.number]


def test_a_late_403_does_not_break_a_connection_made_anew(
    xero: Xero, connection: Connection, alice: User, blue: Business
) -> None:
    before = Connection.objects.get(pk=connection.pk)
    disconnecting.disconnect(connection, by=alice)
    making.reconnected(xero, blue, alice)
    tokens.mark_lost(before, code="disconnected")
    connection.refresh_from_db()
    assert connection.status == ConnectionStatus.ACTIVE


def test_one_organisation_paused_does_not_hold_up_another(
    xero: Xero, connection: Connection, blue: Business, dry: Business, charlie: User
) -> None:
    other = making.ready(
        making.connected(xero, dry, charlie, organisation=xero.organisations[1]["id"])
    )
    xero.fault("429_day", method="PUT", path="Contacts")
    first, second = making.contact(blue), making.contact(dry)
    making.drain(connection)
    making.drain(other)
    assert making.row(first).status == OutboxStatus.WAITING
    assert making.row(second).status == OutboxStatus.DONE
    assert sweep.wake_drains() == 0


def test_a_missing_encryption_key_costs_time_and_no_consent(
    xero: Xero, connection: Connection, blue: Business, settings: Any
) -> None:
    contact = making.contact(blue)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    making.drain(connection)
    connection.refresh_from_db()
    assert connection.is_active
    assert (making.row(contact).status, xero.contacts()) == (OutboxStatus.WAITING, [])
    settings.ENCRYPTION_KEYS = []
    making.make_due(connection)
    making.drain(connection)
    assert len(xero.contacts()) == 1


# --- the e-mail about a loss --------------------------------------------------------------------


@pytest.fixture
def lost(xero: Xero, connection: Connection, blue: Business, bob: User) -> Connection:
    """Return a connection that somebody ended in Xero, and that the drain found so."""
    xero.act("disconnect")
    making.contact(blue)
    making.drain(connection)
    connection.refresh_from_db()
    assert connection.status == ConnectionStatus.NEEDS_RECONNECT
    return connection


def test_the_owners_are_told_once_of_a_loss_with_the_way_back(
    lost: Connection, blue: Business, mailoutbox: list[EmailMessage]
) -> None:
    assert notices.queue("lost") == 1
    for _ in range(2):
        notices.tell_owners(lost.pk)
    (mail,) = mailoutbox
    assert mail.to == ["alice@blue.example"]
    assert "http://localhost:8000/b/blue/xero/" in mail.body
    assert blue.name in mail.subject
    assert notices.queue("lost") == 0


def test_the_next_loss_is_told_again(
    xero: Xero, lost: Connection, blue: Business, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    notices.tell_owners(lost.pk)
    tokens.mark_lost(making.connected(xero, blue, alice), code="disconnected")
    notices.tell_owners(lost.pk)
    assert len(mailoutbox) == 2


def test_nobody_is_told_of_a_connection_that_is_back(
    xero: Xero, lost: Connection, blue: Business, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    making.connected(xero, blue, alice)
    notices.tell_owners(lost.pk)
    assert mailoutbox == []


def test_a_mail_server_that_is_down_is_asked_again(
    lost: Connection, settings: Any, mailoutbox: list[EmailMessage]
) -> None:
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", 9
    notices.tell_owners(lost.pk)
    assert notices.queue("lost") == 1
    settings.EMAIL_BACKEND = backend
    notices.tell_owners(lost.pk)
    assert len(mailoutbox) == 1
