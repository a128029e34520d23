"""Polls: what webhooks missed is found, nothing is skipped, and little is asked for in vain."""

import datetime as dt

import pytest
from django.utils import timezone

from xero_integration import links, polling, reading
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
from xero_integration.tests import making
from xero_integration.tests.factories import ConnectionFactory
from xero_integration.tests.simulator import Xero

pytestmark = pytest.mark.django_db(transaction=True)


def calls(xero: Xero) -> int:
    found = xero.state("calls")["calls"]["byResource"]
    return sum(found.get(f"GET {name}", 0) for name in ("Contacts", "Invoices"))


def add(xero: Xero, *names: str) -> list[str]:
    return [xero.act("add_contact", fields={"Name": name})["ContactID"] for name in names]


def names(connection: Connection) -> set[str]:
    return set(connection.xero_contacts.values_list("name", flat=True))


def test_what_no_webhook_told_is_found(xero, connection):
    add(xero, "Dana", "Erin")
    making.poll(connection)
    assert names(connection) == {"Dana", "Erin"}


def test_an_archived_contact_is_found_too(xero, connection):
    add(xero, "Dana")
    xero.act("archive_contact", contact="Dana")
    making.poll(connection)
    assert connection.xero_contacts.get().status == "ARCHIVED"


def test_a_payment_entered_in_xero_is_found(xero, connection, blue):
    making.invoice(making.contact(blue))
    making.drain(connection)
    making.poll(connection)
    xero.act("pay_invoice", invoice=xero.invoices()[0]["InvoiceID"])
    making.poll(connection)
    assert connection.xero_invoices.get().status == "PAID"


def test_a_merge_that_no_webhook_told_takes_the_link_along(xero, connection, blue):
    rosa = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    (winner,) = add(xero, "Reyes Family")
    xero.act("merge_contacts", **{"from": "Rosa Reyes", "into": "Reyes Family"})
    making.poll(connection)
    link = links.link_for(connection, Kind.CONTACT, rosa.pk)
    assert link and link.xero_id == winner


def test_two_calls_are_made_when_nothing_changed(xero, connection):
    add(xero, "Dana")
    making.poll(connection)
    before = calls(xero)
    making.poll(connection)
    assert calls(xero) - before == 2


def test_the_cursor_is_xeros_own_time_of_the_newest_record(xero, connection):
    xero.control("clock", advance=3600)
    add(xero, "Dana")
    making.poll(connection)
    newest = connection.xero_contacts.get().updated_at
    assert connection.pull_states.get(kind=Kind.CONTACT).since == newest
    making.poll(connection)
    assert connection.pull_states.get(kind=Kind.CONTACT).since == newest


@pytest.mark.parametrize("advance", [0, 5])
def test_nothing_is_skipped_over_many_pages(xero, connection, monkeypatch, advance):
    """Also where a single second holds more than a page (advance 0)."""
    monkeypatch.setattr(polling, "PAGE_SIZE", 3)
    everybody = [f"Customer {number}" for number in range(11)]
    for name in everybody:
        add(xero, name)
        xero.control("clock", advance=advance)
    making.poll(connection)
    assert names(connection) == set(everybody)
    assert connection.pull_states.get(kind=Kind.CONTACT).page == 1


def test_a_poll_that_was_broken_off_goes_on_from_the_last_page_stored(
    xero, connection, monkeypatch
):
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


def test_a_page_that_failed_moves_no_cursor(xero, connection):
    reading.begin([connection])
    before = connection.pull_states.get(kind=Kind.CONTACT).since
    add(xero, "Dana")
    xero.fault("truncate", method="GET", path="Contacts", count=1)
    making.poll(connection, Kind.CONTACT)
    state = connection.pull_states.get(kind=Kind.CONTACT)
    assert (state.since, state.polled_at) == (before, None)


def test_what_is_being_sent_during_a_poll_is_looked_at_afterwards(xero, connection, blue):
    making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    connection.outbox.update(status="in_flight")
    connection.xero_contacts.all().delete()
    making.poll(connection)
    event = XeroEvent.objects.get()
    assert (event.status, names(connection)) == (EventStatus.RECEIVED, set())


def test_lost_and_paused_connections_are_left_alone(xero, connection):
    reading.begin([connection])
    later = timezone.now() + dt.timedelta(minutes=1)
    for trouble in ({"paused_until": later}, {"status": "needs_reconnect", "paused_until": None}):
        Connection.objects.update(**trouble)
        assert polling.start_due() == 0
        making.poll(connection)
    assert calls(xero) == 0


def test_a_long_job_has_the_calls_to_itself(connection):
    job = Job.objects.create(business=connection.business, connection=connection, kind=JobKind.READ)
    assert polling.start_due() == 0
    Job.objects.filter(pk=job.pk).update(status=JobStatus.DONE)
    assert polling.start_due() == 1


def test_a_poll_is_due_once_in_its_interval(xero, connection):
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


def test_polls_of_many_organisations_are_spread_over_the_interval(connection, blue):
    for _ in range(29):
        ConnectionFactory(token=connection.token)
    settled = polling.start_due()
    # Thirty organisations, two kinds, fifteen rounds: four each, and a quarter more.
    assert settled == 5
    assert PullState.objects.count() == 60
