"""From an event to the mirror: one call for many, none for our own echo, nothing lost."""

import datetime as dt
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from businesses.models import Business
from contacts.models import Contact
from xero_integration import sweep
from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    EventStatus,
    Kind,
    PullState,
    SyncEntry,
    XeroEvent,
)
from xero_integration.reading import events, readers
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero
from xero_integration.tests.webhooks import KEY, RESOURCE, changed, deliver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def webhook_key(settings) -> None:
    settings.XERO_WEBHOOK_KEY = KEY


def calls(xero: Xero) -> int:
    """Return how many reads of contacts and invoices Xero has met."""
    found = xero.state("calls")["calls"]["byResource"]
    return sum(found.get(f"GET {name}", 0) for name in ("Contacts", "Invoices"))


def statuses() -> list[str]:
    return list(XeroEvent.objects.order_by("pk").values_list("status", flat=True))


def make_due() -> None:
    XeroEvent.objects.update(not_before=timezone.now())


@pytest.fixture
def rosa(connection: Connection, blue: Business) -> Contact:
    contact = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    return contact


def test_an_edit_in_xero_reaches_the_mirror_and_our_contact(xero, connection, rosa) -> None:
    there = xero.act("edit_contact", contact="Rosa Reyes", fields={"EmailAddress": "r@x.example"})
    deliver(connection, changed(there["ContactID"]))
    assert connection.xero_contacts.get(name="Rosa Reyes").email == "r@x.example"
    rosa.refresh_from_db()
    assert rosa.email == "r@x.example"
    assert statuses() == [EventStatus.DONE]


def test_an_invoice_made_in_xero_stands_in_the_mirror_with_its_amounts(
    xero, connection, rosa
) -> None:
    making.invoice(rosa)
    making.drain(connection)
    (there,) = xero.invoices()
    xero.act("pay_invoice", invoice=there["InvoiceID"], amount="50")
    deliver(connection, changed(there["InvoiceID"], "INVOICE"))
    kept = connection.xero_invoices.get()
    assert (kept.number, kept.status) == (there["InvoiceNumber"], "AUTHORISED")
    amounts = [kept.total, kept.amount_paid, kept.amount_due]
    assert [str(one) for one in amounts] == ["110.00", "50.00", "60.00"]


def test_many_events_of_many_records_are_one_call_for_each_kind(xero, connection) -> None:
    ids = [
        xero.act("add_contact", fields={"Name": f"New {number}"})["ContactID"]
        for number in range(5)
    ]
    deliver(connection, *[changed(one) for one in ids * 3])
    assert calls(xero) == 1
    assert connection.xero_contacts.count() == 5


def test_the_echo_of_our_own_writes_costs_no_call(xero, connection, rosa) -> None:
    making.invoice(rosa)
    making.drain(connection)
    contact, (invoice,) = xero.contact("Rosa Reyes"), xero.invoices()
    before = calls(xero)
    at_once = {"eventDateUtc": connection.xero_contacts.get().updated_at.isoformat()}
    deliver(connection, changed(contact["ContactID"], **at_once))
    at_once = {"eventDateUtc": connection.xero_invoices.get().updated_at.isoformat()}
    deliver(connection, changed(invoice["InvoiceID"], "INVOICE", **at_once))
    assert calls(xero) == before
    assert statuses() == [EventStatus.ECHO, EventStatus.ECHO]


def test_an_echo_that_is_dated_later_is_read_once_and_found_to_be_nothing_new(
    xero, connection, rosa
) -> None:
    deliver(connection, changed(xero.contact("Rosa Reyes")["ContactID"]))
    assert statuses() == [EventStatus.ECHO]


def test_a_contact_that_only_got_an_invoice_is_kept_as_a_customer_and_is_no_edit(
    xero, connection, rosa
) -> None:
    assert not connection.xero_contacts.get().is_customer
    making.invoice(rosa)
    making.drain(connection)
    deliver(connection, changed(xero.contact("Rosa Reyes")["ContactID"]))
    assert statuses() == [EventStatus.ECHO]
    assert connection.xero_contacts.get().is_customer


def test_what_is_being_sent_just_now_waits_until_that_is_settled(xero, connection, rosa) -> None:
    there = xero.contact("Rosa Reyes")["ContactID"]
    connection.outbox.update(status="in_flight")
    deliver(connection, changed(there))
    assert (statuses(), calls(xero)) == ([EventStatus.RECEIVED], 0)
    connection.outbox.update(status="done")
    make_due()
    events.take(connection.pk)
    assert statuses() == [EventStatus.ECHO]


def test_a_creation_whose_answer_is_still_out_is_not_taken_for_somebody_elses(
    xero, connection, rosa
) -> None:
    there = xero.contact("Rosa Reyes")["ContactID"]
    connection.outbox.update(status="in_flight")
    connection.links.all().delete()
    connection.xero_contacts.all().delete()
    deliver(connection, changed(there))
    assert statuses() == [EventStatus.RECEIVED]
    assert not connection.xero_contacts.exists()


def test_a_merge_in_xero_takes_the_link_along(xero, connection, rosa) -> None:
    winner = xero.act("add_contact", fields={"Name": "Reyes Family"})
    loser = xero.act("merge_contacts", **{"from": "Rosa Reyes", "into": "Reyes Family"})
    deliver(connection, changed(loser["ContactID"]))
    link = links.link_for(connection, Kind.CONTACT, rosa.pk)
    assert link and link.xero_id == winner["ContactID"]
    assert connection.xero_contacts.get(xero_id=loser["ContactID"]).merged_to == link.xero_id


def test_a_merge_that_was_met_on_the_way_to_a_survivor_is_still_news(
    xero, connection, rosa, blue
) -> None:
    bo = making.contact(blue, "Bo Lund")
    making.drain(connection)
    last = xero.act("add_contact", fields={"Name": "Reyes and Lund"})
    first = xero.act("merge_contacts", **{"from": "Rosa Reyes", "into": "Bo Lund"})
    second = xero.act("merge_contacts", **{"from": "Bo Lund", "into": "Reyes and Lund"})
    deliver(connection, changed(first["ContactID"]))
    link = links.link_for(connection, Kind.CONTACT, rosa.pk)
    assert link and link.xero_id == last["ContactID"]
    at = connection.xero_contacts.get(xero_id=last["ContactID"]).updated_at
    deliver(connection, changed(second["ContactID"], eventDateUtc=at.isoformat()))
    # Only one of ours can be linked to it: a person hears of the other.
    assert SyncEntry.objects.get(error_code="contact_merged").object_id == bo.pk


def test_a_merge_into_another_linked_contact_goes_to_a_person_once(
    xero, connection, rosa, blue
) -> None:
    making.contact(blue, "Reyes Family")
    making.drain(connection)
    loser = xero.act("merge_contacts", **{"from": "Rosa Reyes", "into": "Reyes Family"})
    for number in (1, 2):
        late = {"eventDateUtc": f"2099-01-01T00:00:0{number}"}
        deliver(connection, changed(loser["ContactID"], **late))
    (entry,) = SyncEntry.objects.filter(direction="from_xero")
    assert (entry.outcome, entry.object_id) == ("failed", rosa.pk)
    assert "Reyes Family" in entry.message


def test_a_worker_killed_before_the_mirror_is_written_does_not_lose_the_merge(
    xero, connection, rosa
) -> None:
    """What follows a change comes before the mirror: the change is news until both are done."""
    xero.act("add_contact", fields={"Name": "Reyes Family"})
    loser = xero.act("merge_contacts", **{"from": "Rosa Reyes", "into": "Reyes Family"})
    xero.fault("drop_before", method="GET", path="Contacts/", count=1)
    deliver(connection, changed(loser["ContactID"]))
    assert statuses() == [EventStatus.FAILED]
    make_due()
    events.take(connection.pk)
    link = links.link_for(connection, Kind.CONTACT, rosa.pk)
    assert link and link.xero_id == xero.contact("Reyes Family")["ContactID"]


def test_an_older_answer_does_not_overwrite_a_newer_mirror(xero, connection, rosa) -> None:
    later = timezone.now() + dt.timedelta(hours=1)
    connection.xero_contacts.update(email="newer@x.example", updated_at=later)
    deliver(
        connection,
        changed(xero.contact("Rosa Reyes")["ContactID"], eventDateUtc="2099-01-01T00:00:00"),
    )
    assert connection.xero_contacts.get().email == "newer@x.example"


def test_a_record_that_xero_does_not_have_is_ignored(xero, connection) -> None:
    deliver(connection, changed(RESOURCE))
    assert statuses() == [EventStatus.IGNORED]


def test_trouble_leaves_the_events_with_the_reason_and_the_sweep_has_them_tried_again(
    xero, connection
) -> None:
    there = xero.act("add_contact", fields={"Name": "New"})
    xero.fault("500", method="GET", path="Contacts", count=1)
    deliver(connection, changed(there["ContactID"]))
    (kept,) = XeroEvent.objects.all()
    assert (kept.status, kept.attempts, bool(kept.message)) == (EventStatus.FAILED, 1, True)
    make_due()
    assert events.wake() == 1
    events.take(connection.pk)
    assert statuses() == [EventStatus.DONE]


def test_a_record_that_cannot_be_read_holds_up_none_of_its_neighbours(xero, connection) -> None:
    for number in range(5):
        xero.act("add_contact", fields={"Name": f"New {number}"})
    records = xero.contacts()
    records[2]["Phones"] = ["no phone"]
    bad = json.dumps({"Contacts": records})
    ids = [one["ContactID"] for one in records]
    xero.fault("not_json", method="GET", path="IDs=", text=bad)
    deliver(connection, *[changed(one) for one in ids])
    assert set(connection.xero_contacts.values_list("xero_id", flat=True)) == {*ids} - {ids[2]}
    (left,) = XeroEvent.objects.exclude(status=EventStatus.DONE)
    assert (left.resource_id, left.status, left.attempts) == (ids[2], EventStatus.FAILED, 1)
    assert left.message
    assert calls(xero) == 1


def test_one_that_stays_unreadable_does_not_keep_out_what_comes_after_it(xero, connection) -> None:
    first, second = (xero.act("add_contact", fields={"Name": n})["ContactID"] for n in "AB")
    records = xero.contacts()
    next(one for one in records if one["ContactID"] == first)["Phones"] = ["no phone"]
    bad = json.dumps({"Contacts": records})
    xero.fault("not_json", method="GET", path=f"IDs=.*{first}", count=None, text=bad)
    deliver(connection, changed(first))
    make_due()
    deliver(connection, changed(second))
    assert statuses()[0] == EventStatus.FAILED
    assert connection.xero_contacts.get().xero_id == second


def test_a_merge_into_a_contact_that_xero_does_not_show_stops_nothing(
    xero, connection, rosa
) -> None:
    xero.act("add_contact", fields={"Name": "Reyes Family"})
    other = xero.act("add_contact", fields={"Name": "Other"})
    loser = xero.act("merge_contacts", **{"from": "Rosa Reyes", "into": "Reyes Family"})
    nothing = json.dumps({"Contacts": []})
    xero.fault("not_json", method="GET", path="Contacts/", count=None, text=nothing)
    deliver(connection, changed(loser["ContactID"]), changed(other["ContactID"]))
    assert statuses() == [EventStatus.DONE, EventStatus.DONE]
    # The next thing that is sent for it is refused, and then a person sees.
    link = links.link_for(connection, Kind.CONTACT, rosa.pk)
    assert link and link.xero_id == loser["ContactID"]


def test_a_paused_connection_is_not_asked_and_nothing_is_lost(xero, connection) -> None:
    there = xero.act("add_contact", fields={"Name": "New"})
    Connection.objects.update(paused_until=timezone.now() + dt.timedelta(minutes=5))
    deliver(connection, changed(there["ContactID"]))
    assert (calls(xero), events.wake(), statuses()) == (0, 0, [EventStatus.RECEIVED])
    making.make_due(connection)
    assert events.wake() == 1


def test_one_worker_at_a_time_reads_a_kind(xero, connection) -> None:
    there = xero.act("add_contact", fields={"Name": "New"})
    with readers.hold(connection, Kind.CONTACT):
        deliver(connection, changed(there["ContactID"]))
        assert calls(xero) == 0
    events.take(connection.pk)
    assert statuses() == [EventStatus.DONE]


def test_a_dead_workers_hold_ends_with_its_lease(xero, connection) -> None:
    there = xero.act("add_contact", fields={"Name": "New"})
    readers.begin([connection])
    past = timezone.now() - dt.timedelta(seconds=1)
    PullState.objects.update(lease_owner="dead", lease_until=past)
    deliver(connection, changed(there["ContactID"]))
    assert statuses() == [EventStatus.DONE]


def test_failed_events_are_replayed_by_command(xero, connection, capsys) -> None:
    there = xero.act("add_contact", fields={"Name": "New"})
    xero.fault("500", method="GET", path="Contacts", count=1)
    deliver(connection, changed(there["ContactID"]))
    call_command("replay_xero_webhooks", failed=True)
    assert "1 events" in capsys.readouterr().out
    events.take(connection.pk)
    assert statuses() == [EventStatus.DONE]


def test_a_replay_wants_to_know_of_what() -> None:
    with pytest.raises(CommandError, match="--failed"):
        call_command("replay_xero_webhooks")
    with pytest.raises(CommandError, match="not a time"):
        call_command("replay_xero_webhooks", since="yesterday")


def test_events_are_dropped_a_month_after_they_were_dealt_with(xero, connection) -> None:
    deliver(connection, changed(RESOURCE), changed(connection.tenant_id, "INVOICE"))
    XeroEvent.objects.update(received_at=timezone.now() - dt.timedelta(days=32))
    XeroEvent.objects.filter(category="INVOICE").update(status=EventStatus.FAILED)
    sweep.sweep(thorough=True)
    assert statuses() == [EventStatus.FAILED]
