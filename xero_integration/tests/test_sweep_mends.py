"""What the sweep finds, and that it says what it mended: each state is planted here."""

import datetime as dt
import logging
from itertools import count
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client as Browser
from django.utils import timezone

from businesses.models import Business
from contacts.models import Contact
from xero_integration import missed, sweep
from xero_integration.connecting import disconnecting
from xero_integration.models import (
    Action,
    Connection,
    ConnectionStatus,
    Kind,
    Link,
    LinkStatus,
    OutboxStatus,
    XeroToken,
)
from xero_integration.tests import making
from xero_integration.tests.factories import ConnectionFactory, ContactFactory
from xero_integration.tests.simulator import Xero

LONG_AGO = dt.timedelta(days=2)


@pytest.fixture
def sent(xero: Xero, connection: Connection, blue: Business) -> Contact:
    """Return a contact that stands in Xero as it stands here."""
    contact = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    return contact


def mended(connection: Connection) -> list[tuple[str, str]]:
    entries = connection.entries.filter(action=Action.MEND)
    return list(entries.values_list("label", "message"))


@pytest.mark.parametrize("lease", [None, LONG_AGO], ids=["no_lease", "ended"])
def test_a_row_stuck_in_flight_goes_again_and_the_log_says_so(
    connection: Connection, sent: Contact, lease: dt.timedelta | None
) -> None:
    until = lease and timezone.now() - lease
    connection.outbox.update(status=OutboxStatus.IN_FLIGHT, lease_until=until)
    sweep.sweep()
    assert making.row(sent).status == OutboxStatus.WAITING
    assert mended(connection) == [("Rosa Reyes", sweep.INTERRUPTED)]
    making.drain(connection)
    sweep.sweep()
    assert len(mended(connection)) == 1


def test_a_row_in_flight_that_a_worker_holds_is_left_alone(
    connection: Connection, sent: Contact
) -> None:
    later = timezone.now() + dt.timedelta(minutes=1)
    connection.outbox.update(status=OutboxStatus.IN_FLIGHT, lease_until=later)
    assert sweep.free_rows() == 0


def test_a_change_that_nobody_noted_is_sent_and_the_log_says_so(
    xero: Xero, connection: Connection, sent: Contact, as_alice: Browser
) -> None:
    Contact.objects.filter(pk=sent.pk).update(first_name="Rosa", updated_at=timezone.now())
    making.sweep_and_drain(connection)
    assert xero.contact("Rosa Reyes")["FirstName"] == "Rosa"
    assert mended(connection) == [("Rosa Reyes", missed.NOT_NOTED)]
    page = as_alice.get("/b/blue/xero/log/").content.decode()
    assert "Mended" in page
    assert missed.NOT_NOTED in page


def test_a_change_that_xero_need_not_hear_of_is_not_called_mended(
    connection: Connection, sent: Contact
) -> None:
    Contact.objects.filter(pk=sent.pk).update(notes="Dog", updated_at=timezone.now())
    sweep.sweep()
    assert mended(connection) == []


@pytest.mark.parametrize("kind", [Kind.CONTACT, Kind.INVOICE])
def test_a_link_of_whose_state_in_xero_nothing_is_known_is_sent_again(
    xero: Xero, connection: Connection, sent: Contact, kind: Kind
) -> None:
    making.invoice(sent)
    making.drain(connection)
    writes = len(xero.writes())
    connection.links.filter(kind=kind).update(pushed_digest="", agreed={})
    for _ in range(2):
        sweep.sweep(thorough=True)
        making.drain(connection)
    assert len(xero.writes()) == writes + 1
    assert len(mended(connection)) == 1


def test_a_contact_back_in_use_that_no_signal_told_of_is_sent(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    """Its row is done and it has no link: it was archived before it ever went."""
    contact = making.contact(blue, "Bo Lund")
    contact.archived_at = timezone.now()
    contact.save()
    making.drain(connection)
    assert (making.row(contact).status, xero.contacts()) == (OutboxStatus.DONE, [])
    Contact.objects.filter(pk=contact.pk).update(archived_at=None, updated_at=timezone.now())
    making.sweep_and_drain(connection)
    assert xero.contact("Bo Lund")


def test_catching_up_ends_when_the_connection_does(
    connection: Connection, blue: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missed, "LIMIT", 1)
    ContactFactory.create_batch(3, business=blue)
    statements = count()

    def disconnect(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        assert next(statements) < 500, "It goes round for ever."
        answer = execute(sql, params, many, context)
        if sql.startswith("INSERT") and "outboxrow" in sql:
            Connection.objects.update(status=ConnectionStatus.DISCONNECTED)
        return answer

    with database.execute_wrapper(disconnect):
        sweep.catch_up(connection.pk)
    assert connection.outbox.count() == 1


def test_catching_up_hands_over_when_its_time_is_up(
    connection: Connection, blue: Business, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """One that took longer than the broker waits would be done by two workers."""
    monkeypatch.setattr(missed, "LIMIT", 1)
    settings.XERO_TASK_BUDGET = 0
    ContactFactory.create_batch(3, business=blue)
    for done in (1, 2, 3):
        sweep.catch_up(connection.pk)
        assert connection.outbox.count() == done


def test_disconnects_that_xero_will_not_hear_of_hold_up_no_others(
    xero: Xero, connection: Connection
) -> None:
    token = connection.token
    for number in range(sweep.DISCONNECTS + 1):
        ConnectionFactory(
            token=token, status=ConnectionStatus.DISCONNECTED, xero_connection_id=f"c-{number}"
        )
    xero.fault("500", method="DELETE", path="connections", count=sweep.DISCONNECTS)
    assert sweep.tell_disconnects() == 0
    sweep.tell_disconnects()
    assert not disconnecting.untold().filter(xero_connection_id=f"c-{sweep.DISCONNECTS}").exists()


def test_a_link_to_nothing_is_dropped_and_the_log_says_so(
    connection: Connection, blue: Business
) -> None:
    gone = "00000000-0000-4000-8000-000000000000"
    Link.objects.create(
        business=blue, connection=connection, kind=Kind.INVOICE, object_id=gone, xero_id="x"
    )
    sweep.sweep(thorough=True)
    assert Link.objects.get().status == LinkStatus.FORMER
    assert mended(connection) == [("", sweep.NOTHING_LINKED)]


def test_tokens_that_a_kill_left_without_a_connection_are_forgotten(
    connection: Connection, blue: Business
) -> None:
    Connection.objects.update(status=ConnectionStatus.DISCONNECTED, xero_connection_id="")
    assert sweep.forget_tokens() == 0
    XeroToken.objects.update(updated_at=timezone.now() - LONG_AGO)
    assert sweep.forget_tokens() == 1


def test_tokens_in_use_are_kept(connection: Connection) -> None:
    XeroToken.objects.update(updated_at=timezone.now() - LONG_AGO)
    assert sweep.forget_tokens() == 0


def test_what_was_mended_is_counted_in_the_workers_log(
    connection: Connection, sent: Contact, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="xero_integration")
    connection.outbox.update(status=OutboxStatus.IN_FLIGHT, lease_until=None)
    sweep.sweep()
    assert "sweep thorough=False rows_freed=1" in caplog.text
    assert "Rosa" not in caplog.text
