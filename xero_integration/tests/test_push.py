"""Batches of the push against the simulator: what goes together, again, or not at all."""

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from businesses.models import Business
from xero_integration import outbox
from xero_integration.linking import links
from xero_integration.models import (
    BatchStatus,
    Connection,
    Kind,
    Lane,
    OutboxStatus,
    Outcome,
    SyncEntry,
)
from xero_integration.sending import batches, prepare
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero


def test_fifty_go_in_one_call_and_the_next_in_another(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    for _ in range(51):
        making.contact(blue)
    making.drain(connection)
    assert len(xero.contacts()) == 51
    assert len(xero.writes("Contacts")) == 2


@pytest.mark.parametrize("kind", [Kind.CONTACT, Kind.INVOICE])
def test_a_batch_makes_the_same_queries_however_full_it_is(
    connection: Connection, blue: Business, kind: Kind
) -> None:
    counts = []
    for size in (2, 12):
        contacts = [making.contact(blue) for _ in range(size)]
        if kind == Kind.INVOICE:
            making.drain(connection)
            for contact in contacts:
                making.invoice(contact, making.line(blue), making.line(blue))
        with CaptureQueriesContext(database) as queries:
            prepare.prepare(connection, kind=kind, lane=Lane.INTERACTIVE)
            making.let_leases_end(connection)
            making.drain(connection)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_draining_twice_sends_nothing_more(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    before = len(xero.writes())
    outbox.enqueue(Kind.INVOICE, invoice.pk, business=blue, label="again")
    making.drain(connection)
    assert len(xero.writes()) == before
    assert making.row(invoice).status == OutboxStatus.DONE


def test_an_edit_made_while_the_row_is_in_flight_goes_next(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue, "Rosa Reyes")
    prepare.prepare(connection, kind=Kind.CONTACT, lane=Lane.INTERACTIVE)
    contact.first_name = "Rosa"
    contact.save()
    assert making.row(contact).status == OutboxStatus.IN_FLIGHT

    making.let_leases_end(connection)
    making.drain(connection)
    assert xero.contact("Rosa Reyes")["FirstName"] == "Rosa"
    # It had not been sent, so it was made ready anew.
    assert len(xero.writes("Contacts")) == 1
    assert making.row(contact).status == OutboxStatus.DONE


def test_an_edit_taken_back_in_flight_ends_with_the_old_value(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue, "Rosa Reyes", first_name="Rosa")
    making.drain(connection)
    contact.first_name = "Rose"
    contact.save()
    prepare.prepare(connection, kind=Kind.CONTACT, lane=Lane.INTERACTIVE)
    contact.first_name = "Rosa"
    contact.save()
    making.let_leases_end(connection)
    making.drain(connection)
    assert xero.contact("Rosa Reyes")["FirstName"] == "Rosa"


def test_one_poison_row_is_parked_and_its_neighbours_go_through(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    good = [making.contact(blue) for _ in range(5)]
    # Within our own checks, refused by Xero.
    bad = making.contact(blue, email="no-at-sign")
    making.drain(connection)
    assert len(xero.contacts()) == 5
    assert {making.row(one).status for one in good} == {OutboxStatus.DONE}
    row = making.row(bad)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "email_invalid")
    assert row.error_message == "Email address must be valid."
    entry = SyncEntry.objects.get(object_id=bad.pk)
    assert (entry.outcome, entry.message) == (Outcome.FAILED, row.error_message)


def test_the_batch_keeps_its_digest_and_drops_its_body_once_settled(
    connection: Connection, blue: Business
) -> None:
    making.contact(blue)
    making.drain(connection)
    batch = connection.batches.get()
    assert batch.status == BatchStatus.SETTLED
    assert (batch.body, len(batch.body_digest)) == ("", 64)
    assert batch.first_sent_at is not None


def test_a_worker_that_lost_its_lease_changes_nothing(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue)
    _, (batch,) = prepare.prepare(connection, kind=Kind.CONTACT, lane=Lane.INTERACTIVE)
    making.let_leases_end(connection)
    making.drain(connection)
    with pytest.raises(batches.LeaseLost):
        batches.about_to_send(batch)
    assert making.row(contact).status == OutboxStatus.DONE
    assert connection.batches.get().settled_at <= timezone.now()


@pytest.mark.parametrize(
    "switches",
    [
        {"reverse_answers": True},
        {"phones": "replace"},
        {"summarised_errors_keep_good": True},
        {"voided_number_reusable": True},
        {"name_spaces": "trim"},
    ],
    ids=str,
)
def test_what_xero_leaves_open_is_right_both_ways(
    xero: Xero, connection: Connection, blue: Business, switches: dict[str, object]
) -> None:
    xero.control("switches", **switches)
    contacts = [
        making.contact(
            blue, f"Customer {place}", phone=f"07 3333 000{place}", mobile="0412 345 678"
        )
        for place in range(4)
    ]
    bad = making.contact(blue, email="no-at-sign")
    invoices = [making.invoice(one) for one in contacts]
    making.drain(connection)
    contacts[0].phone = "07 4444 0000"
    contacts[0].save()
    making.drain(connection)

    for contact in contacts:
        there = xero.contact(contact.name)
        link = links.link_for(connection, Kind.CONTACT, contact.pk)
        assert link is not None
        assert link.xero_id == there["ContactID"]
        phones = {one["PhoneType"]: one["PhoneNumber"] for one in there["Phones"]}
        assert (phones["DEFAULT"], phones["MOBILE"]) == (contact.phone, contact.mobile)
    assert making.row(bad).status == OutboxStatus.PARKED
    assert {one["InvoiceNumber"] for one in xero.invoices()} == {one.number for one in invoices}
