"""Polls: what webhooks missed is found, nothing is skipped, and little is asked for in vain."""

import datetime as dt
import json
from itertools import count, pairwise
from typing import Any

import pytest
from django.db import connection as database
from django.urls import reverse
from django.utils import timezone

from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    EventStatus,
    Job,
    JobKind,
    JobStatus,
    Kind,
    PullState,
    XeroEvent,
)
from xero_integration.reading import events, polling, readers
from xero_integration.tests import making
from xero_integration.tests.factories import ConnectionFactory
from xero_integration.tests.making import poll
from xero_integration.tests.simulator import Xero

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "Changes made in Xero have not been read since"


def calls(xero: Xero) -> int:
    found = xero.state("calls")["calls"]["byResource"]
    return sum(found.get(f"GET {name}", 0) for name in ("Contacts", "Invoices"))


def add(xero: Xero, *names: str) -> list[str]:
    return [xero.act("add_contact", fields={"Name": name})["ContactID"] for name in names]


def names(connection: Connection) -> set[str]:
    return set(connection.xero_contacts.values_list("name", flat=True))


def test_what_no_webhook_told_is_found(xero, connection) -> None:
    add(xero, "Dana", "Erin")
    making.poll(connection)
    assert names(connection) == {"Dana", "Erin"}


def test_an_archived_contact_is_found_too(xero, connection) -> None:
    add(xero, "Dana")
    xero.act("archive_contact", contact="Dana")
    making.poll(connection)
    assert connection.xero_contacts.get().status == "ARCHIVED"


def test_a_payment_entered_in_xero_is_found(xero, connection, blue) -> None:
    making.invoice(making.contact(blue))
    making.drain(connection)
    making.poll(connection)
    xero.act("pay_invoice", invoice=xero.invoices()[0]["InvoiceID"])
    making.poll(connection)
    assert connection.xero_invoices.get().status == "PAID"


def test_a_merge_that_no_webhook_told_takes_the_link_along(xero, connection, blue) -> None:
    rosa = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    (winner,) = add(xero, "Reyes Family")
    xero.act("merge_contacts", **{"from": "Rosa Reyes", "into": "Reyes Family"})
    making.poll(connection)
    link = links.link_for(connection, Kind.CONTACT, rosa.pk)
    assert link and link.xero_id == winner


def test_two_calls_are_made_when_nothing_changed(xero, connection) -> None:
    add(xero, "Dana")
    making.poll(connection)
    before = calls(xero)
    making.poll(connection)
    assert calls(xero) - before == 2


def test_the_cursor_is_xeros_own_time_of_the_newest_record(xero, connection) -> None:
    xero.control("clock", advance=3600)
    add(xero, "Dana")
    making.poll(connection)
    newest = connection.xero_contacts.get().updated_at
    assert connection.pull_states.get(kind=Kind.CONTACT).since == newest
    making.poll(connection)
    assert connection.pull_states.get(kind=Kind.CONTACT).since == newest


def test_what_changed_just_after_connecting_is_found_though_our_clock_is_ahead(
    xero, connection
) -> None:
    xero.control("clock", advance=-240)
    add(xero, "Dana")
    poll(connection)
    assert names(connection) == {"Dana"}


@pytest.mark.parametrize("advance", [0, 5])
def test_nothing_is_skipped_over_many_pages(xero, connection, monkeypatch, advance) -> None:
    """Also where a single second holds more than a page (advance 0)."""
    monkeypatch.setattr(polling, "PAGE_SIZE", 3)
    everybody = [f"Customer {number}" for number in range(11)]
    for name in everybody:
        add(xero, name)
        xero.control("clock", advance=advance)
    making.poll(connection)
    assert names(connection) == set(everybody)
    assert connection.pull_states.get(kind=Kind.CONTACT).page == 1


@pytest.mark.parametrize("edited", [0, 3, 5])
def test_a_record_edited_between_pages_of_one_second_lets_no_other_slip_through(
    xero, connection, monkeypatch, edited
) -> None:
    """It goes to the end, and all behind it move up: one of them onto the page before."""
    monkeypatch.setattr(polling, "PAGE_SIZE", 3)
    everybody = [f"Customer {number}" for number in range(11)]
    ids = add(xero, *everybody)
    # So that the next poll begins after that second.
    xero.control("clock", advance=60)
    add(xero, "Later")
    steps = count(1)
    # The first step only finds the second; then page by page.
    its_page_was_stored = edited // 3 + 2

    def edit(execute, sql, params, many, context) -> Any:
        if sql.startswith("UPDATE") and '"since" =' in sql and next(steps) == its_page_was_stored:
            xero.act("edit_contact", contact=ids[edited], fields={"FirstName": "A"})
        return execute(sql, params, many, context)

    readers.begin([connection])
    with database.execute_wrapper(edit):
        polling.poll(contact_state(connection).pk)
    assert next(steps) > its_page_was_stored
    poll(connection, Kind.CONTACT)
    assert names(connection) == {*everybody, "Later"}
    assert connection.xero_contacts.get(xero_id=ids[edited]).first_name == "A"


def test_a_poll_that_was_broken_off_goes_on_from_the_last_page_stored(
    xero, connection, monkeypatch
) -> None:
    monkeypatch.setattr(polling, "PAGE_SIZE", 3)
    for number in range(9):
        add(xero, f"Customer {number}")
        xero.control("clock", advance=30)
    xero.fault("500", method="GET", path="Contacts", after=1, count=1)
    making.poll(connection, Kind.CONTACT)
    assert names(connection) == {"Customer 0", "Customer 1", "Customer 2"}
    since = connection.pull_states.get(kind=Kind.CONTACT).since
    before = calls(xero)
    making.poll(connection, Kind.CONTACT)
    assert len(names(connection)) == 9
    assert since > connection.connected_at
    # From the beginning it would have been four.
    assert calls(xero) - before == 3


def test_a_page_that_failed_moves_no_cursor(xero, connection) -> None:
    readers.begin([connection])
    before = connection.pull_states.get(kind=Kind.CONTACT).since
    add(xero, "Dana")
    xero.fault("truncate", method="GET", path="Contacts", count=1)
    making.poll(connection, Kind.CONTACT)
    state = connection.pull_states.get(kind=Kind.CONTACT)
    assert (state.since, state.polled_at) == (before, None)


def test_what_is_being_sent_during_a_poll_is_looked_at_afterwards(xero, connection, blue) -> None:
    making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    connection.outbox.update(status="in_flight")
    connection.xero_contacts.all().delete()
    making.poll(connection)
    event = XeroEvent.objects.get()
    assert (event.status, names(connection)) == (EventStatus.RECEIVED, set())


def test_lost_and_paused_connections_are_left_alone(xero, connection) -> None:
    readers.begin([connection])
    later = timezone.now() + dt.timedelta(minutes=1)
    for trouble in ({"paused_until": later}, {"status": "needs_reconnect", "paused_until": None}):
        Connection.objects.update(**trouble)
        assert polling.start_due() == 0
        making.poll(connection)
    assert calls(xero) == 0


def test_a_long_job_has_the_calls_to_itself(connection) -> None:
    job = Job.objects.create(business=connection.business, connection=connection, kind=JobKind.READ)
    assert polling.start_due() == 0
    Job.objects.filter(pk=job.pk).update(status=JobStatus.DONE)
    assert polling.start_due() == 1


def test_a_poll_is_due_once_in_its_interval(xero, connection) -> None:
    making.poll(connection)
    assert polling.start_due() == 0
    long_ago = timezone.now() - dt.timedelta(hours=1)
    PullState.objects.update(polled_at=long_ago)
    assert polling.start_due() > 0
    # A message that comes twice finds it done.
    for state in PullState.objects.all():
        polling.poll(state.pk)
        before = calls(xero)
        polling.poll(state.pk)
        assert calls(xero) == before


def test_polls_of_many_organisations_are_spread_over_the_interval(connection, blue) -> None:
    for _ in range(29):
        ConnectionFactory(token=connection.token)
    settled = polling.start_due()
    # Thirty organisations, two kinds, fifteen rounds: four each, and a quarter more.
    assert settled == 5
    assert PullState.objects.count() == 60


# --- when reading fails


def fail(xero: Xero, count: int = 1) -> None:
    xero.fault("500", method="GET", path="Contacts", count=count)


def contact_state(connection: Connection) -> PullState:
    return connection.pull_states.get(kind=Kind.CONTACT)


def wait_of(state: PullState) -> float:
    assert state.not_before is not None
    return (state.not_before - timezone.now()).total_seconds()


def test_a_failed_poll_waits_longer_each_time_and_is_as_before_once_it_succeeds(
    xero, connection
) -> None:
    waits = []
    fail(xero, count=4)
    for attempts in (1, 2, 3, 4):
        poll(connection, Kind.CONTACT)
        state = contact_state(connection)
        assert state.attempts == attempts
        waits.append(wait_of(state))
    assert all(later > 1.1 * sooner for sooner, later in pairwise(waits))
    poll(connection, Kind.CONTACT)
    state = contact_state(connection)
    failing = (state.attempts, state.not_before, state.failing_since, state.message)
    assert failing == (0, None, None, "")


def test_a_poll_that_failed_is_not_tried_before_its_time_nor_in_anothers_place(
    xero, connection
) -> None:
    fail(xero)
    poll(connection, Kind.CONTACT)
    before = calls(xero)
    polling.poll(contact_state(connection).pk)
    assert calls(xero) == before
    # It is the one that waits the longest, and yet the other kind has its turn.
    assert polling.start_due() == 1


def test_since_when_reading_fails_is_kept_with_xeros_words(xero, connection) -> None:
    xero.fault("503", method="GET", path="Contacts", count=2, text="The Organisation is offline")
    poll(connection, Kind.CONTACT)
    since = contact_state(connection).failing_since
    poll(connection, Kind.CONTACT)
    state = contact_state(connection)
    assert (state.failing_since, state.message) == (since, "The Organisation is offline")


def test_the_xero_page_says_since_when_changes_are_not_read(xero, connection, as_bob) -> None:
    url = reverse("xero:home", args=["blue"])
    fail(xero, count=2)
    poll(connection, Kind.CONTACT)
    # Once is no news: the next round tries again.
    assert WORDS not in as_bob.get(url).content.decode()
    long_ago = timezone.now() - dt.timedelta(hours=1)
    connection.pull_states.filter(kind=Kind.CONTACT).update(failing_since=long_ago)
    assert WORDS in as_bob.get(url).content.decode()
    poll(connection, Kind.CONTACT)
    assert WORDS in as_bob.get(url).content.decode()
    poll(connection, Kind.CONTACT)
    assert WORDS not in as_bob.get(url).content.decode()


def test_a_limit_or_a_lost_connection_is_no_failure_of_reading(xero, connection) -> None:
    xero.fault("429_minute", method="GET", path="Contacts", count=1)
    poll(connection, Kind.CONTACT)
    state = contact_state(connection)
    assert (state.attempts, state.failing_since) == (0, None)
    assert wait_of(state) > 0


def test_an_odd_record_stops_neither_the_page_nor_the_cursor_and_is_tried_by_itself(
    xero, connection, caplog
) -> None:
    first, _ = add(xero, "Dana", "Erin")
    records = xero.contacts()
    records[0]["Phones"] = ["Sekretova"]
    xero.fault("not_json", method="GET", path="Contacts", text=json.dumps({"Contacts": records}))
    poll(connection, Kind.CONTACT)
    assert names(connection) == {"Erin"}
    state = contact_state(connection)
    assert (state.attempts, state.polled_at is None) == (0, False)
    assert "crash type=AttributeError" in caplog.text
    assert "Sekretova" not in caplog.text
    # However often it is met: one question is enough.
    xero.fault("not_json", method="GET", path="Contacts", text=json.dumps({"Contacts": records}))
    poll(connection, Kind.CONTACT)
    event = XeroEvent.objects.get()
    assert (event.resource_id, event.status) == (first, EventStatus.RECEIVED)
    events.take(connection.pk)
    assert names(connection) == {"Dana", "Erin"}


def test_one_that_cannot_be_stored_is_left_alone_by_the_others(xero, connection, blue) -> None:
    for _ in range(3):
        making.invoice(making.contact(blue))
    making.drain(connection)
    connection.xero_invoices.all().delete()
    records = xero.invoices()
    # Read as a number, and refused by the column.
    records[1]["Total"] = "NaN"
    xero.fault("not_json", method="GET", path="Invoices", text=json.dumps({"Invoices": records}))
    poll(connection, Kind.INVOICE)
    kept = set(connection.xero_invoices.values_list("xero_id", flat=True))
    assert kept == {records[0]["InvoiceID"], records[2]["InvoiceID"]}
    assert connection.pull_states.get(kind=Kind.INVOICE).polled_at is not None
    assert XeroEvent.objects.get().resource_id == records[1]["InvoiceID"]


def test_what_nobody_foresaw_is_a_failure_too(xero, connection, caplog) -> None:
    # Not of a record: of the page.
    paging = {"pageCount": "many"}
    body = json.dumps({"Contacts": [], "pagination": paging})
    xero.fault("not_json", method="GET", path="Contacts", text=body)
    poll(connection, Kind.CONTACT)
    state = contact_state(connection)
    assert (state.attempts, state.lease_owner) == (1, "")
    assert "crash type=TypeError" in caplog.text
