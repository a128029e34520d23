"""Contacts that were archived or merged in Xero after they were linked."""

from typing import Any

import pytest

from businesses.models import Business
from contacts.models import Contact
from xero_integration import outbox
from xero_integration.linking import links
from xero_integration.models import BatchStatus, Connection, Kind, Link, OutboxStatus
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero


@pytest.fixture
def merged(xero: Xero, connection: Connection, blue: Business) -> Contact:
    """Return a contact that was merged in Xero, into one that nobody here is linked to."""
    contact = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    xero.act("add_contact", fields={"Name": "Reyes Family"})
    xero.act("merge_contacts", **{"from": "Rosa Reyes", "into": "Reyes Family"})
    return contact


def phones(contact: dict[str, Any]) -> list[str]:
    return [one["PhoneNumber"] for one in contact["Phones"]]


def test_an_invoice_follows_its_contact_that_was_merged_in_xero(
    xero: Xero, connection: Connection, merged: Contact
) -> None:
    invoice = making.invoice(merged)
    making.drain(connection)
    winner = xero.contact("Reyes Family")
    (there,) = xero.invoices()
    assert there["Contact"]["ContactID"] == winner["ContactID"]
    assert making.row(invoice).status == OutboxStatus.DONE
    link = links.link_for(connection, Kind.CONTACT, merged.pk)
    assert link and link.xero_id == winner["ContactID"]
    # The old one stays as history.
    assert Link.objects.filter(object_id=merged.pk, status="former").count() == 1


def test_an_edit_follows_its_contact_that_was_merged_in_xero(
    xero: Xero, connection: Connection, merged: Contact
) -> None:
    merged.phone = "07 5555 0101"
    merged.save()
    making.drain(connection)
    by_id = {one["ContactID"]: one for one in xero.contacts()}
    link = links.link_for(connection, Kind.CONTACT, merged.pk)
    assert link and by_id[link.xero_id]["ContactStatus"] == "ACTIVE"
    assert "07 5555 0101" in phones(by_id[link.xero_id])


def test_an_edit_that_was_refused_goes_once_an_invoice_has_found_the_survivor(
    xero: Xero, connection: Connection, merged: Contact
) -> None:
    xero.act("archive_contact", contact="Reyes Family")
    merged.phone = "07 5555 0101"
    merged.save()
    making.drain(connection)
    assert making.row(merged).error_code == "contact_archived"
    xero.act("restore_contact", contact="Reyes Family")
    making.invoice(merged)
    making.drain(connection)
    making.drain(connection)
    assert making.row(merged).status == OutboxStatus.DONE
    assert "07 5555 0101" in phones(xero.contact("Reyes Family"))


def test_a_merge_into_a_contact_linked_elsewhere_goes_to_a_person(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    first, second = making.contact(blue, "Rosa Reyes"), making.contact(blue, "Reyes Family")
    making.drain(connection)
    xero.act("merge_contacts", **{"from": "Rosa Reyes", "into": "Reyes Family"})
    invoice = making.invoice(first)
    making.drain(connection)
    row = making.row(invoice)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "contact_merged")
    assert "Reyes Family" in row.error_message
    assert links.link_for(connection, Kind.CONTACT, second.pk) is not None


def test_an_archived_contact_parks_its_invoice_and_a_retry_after_restoring_sends_it(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    xero.act("archive_contact", contact="Rosa Reyes")
    invoice = making.invoice(contact)
    making.drain(connection)
    row = making.row(invoice)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "contact_archived")
    xero.act("restore_contact", contact="Rosa Reyes")
    outbox.retry([row], by=None)
    making.drain(connection)
    assert making.row(invoice).status == OutboxStatus.DONE


def test_one_archived_contact_does_not_hold_up_the_other_invoices(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    gone, good = making.contact(blue, "Rosa Reyes"), making.contact(blue)
    making.drain(connection)
    xero.act("archive_contact", contact="Rosa Reyes")
    parked, sent = making.invoice(gone), making.invoice(good)
    making.drain(connection)
    assert (making.row(parked).status, making.row(sent).status) == ("parked", "done")
    assert not connection.batches.filter(status=BatchStatus.LOOK_UP).exists()


def test_a_contact_merged_in_xero_whose_link_was_lost_is_found_at_the_survivor(
    xero: Xero, connection: Connection, blue: Business, merged: Contact
) -> None:
    Link.objects.filter(object_id=merged.pk).delete()
    merged.phone = "07 5555 0101"
    merged.save()
    making.drain(connection)
    link = links.link_for(connection, Kind.CONTACT, merged.pk)
    by_id = {one["ContactID"]: one for one in xero.contacts()}
    assert link and by_id[link.xero_id]["ContactStatus"] == "ACTIVE"
    assert "07 5555 0101" in phones(by_id[link.xero_id])
    assert making.row(merged).status == OutboxStatus.DONE
