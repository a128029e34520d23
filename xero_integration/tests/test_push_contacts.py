"""Contacts, pushed to the simulator: created, changed, linked, merged."""

from businesses.models import Business, User
from contacts import merging
from contacts.models import Contact
from xero_integration import outbox
from xero_integration.linking import links, names
from xero_integration.models import (
    Connection,
    Kind,
    Link,
    LinkStatus,
    OutboxStatus,
)
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero


def test_a_new_contact_reaches_xero(xero: Xero, connection: Connection, blue: Business) -> None:
    contact = making.contact(
        blue,
        "Rosa  Reyes ",
        first_name="Rosa",
        last_name="Reyes",
        email="rosa@example.com",
        phone="07 3333 1234",
        mobile="0412 345 678",
        street_line1="1 Reef St",
        street_city="Noosa",
        street_code="4567",
        abn="51 824 753 556",
    )
    making.drain(connection)

    found = xero.contact("Rosa Reyes")
    assert found["ContactNumber"] == f"PT-{contact.pk}"
    assert found["EmailAddress"] == "rosa@example.com"
    assert found["TaxNumber"] == "51824753556"
    phones = {one["PhoneType"]: one["PhoneNumber"] for one in found["Phones"]}
    assert phones["MOBILE"] == "0412 345 678"
    link = Link.objects.get(object_id=contact.pk)
    assert link.xero_id == found["ContactID"]
    assert making.row(contact).status == OutboxStatus.DONE


def test_a_change_of_a_contact_updates_the_same_contact(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue, "Rosa Reyes", email="rosa@example.com")
    making.drain(connection)
    contact.email, contact.phone = "rosa@new.example", "07 3333 0000"
    contact.save()
    making.drain(connection)
    (found,) = xero.contacts()
    assert found["EmailAddress"] == "rosa@new.example"


def test_a_blank_here_does_not_wipe_a_value_in_xero(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue, "Rosa Reyes", email="rosa@example.com")
    making.drain(connection)
    contact.email, contact.company = "", "Reef"
    contact.first_name = "Rosa"
    contact.save()
    making.drain(connection)
    found = xero.contact("Rosa Reyes")
    assert (found["EmailAddress"], found["FirstName"]) == ("rosa@example.com", "Rosa")


def test_linking_to_somebody_elses_contact_keeps_its_number(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    xero.act("add_contact", fields={"Name": "Rosa in Xero", "ContactNumber": "CRM-7"})
    there = xero.contact("Rosa in Xero")
    contact = making.contact(blue, "Rosa Reyes", email="rosa@example.com")
    links.link(connection, Kind.CONTACT, contact.pk, there["ContactID"], by=alice)
    making.drain(connection)
    found = xero.contact("Rosa Reyes")
    assert (found["ContactID"], found["ContactNumber"]) == (there["ContactID"], "CRM-7")
    assert found["EmailAddress"] == "rosa@example.com"


def test_a_name_taken_in_xero_parks_with_a_proposed_one(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    xero.act("add_contact", fields={"Name": "Rosa Reyes"})
    contact = making.contact(blue, "Rosa Reyes", street_city="Noosa")
    making.drain(connection)
    row = making.row(contact)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "name_taken")
    assert row.proposed_name == "Rosa Reyes (Noosa)"

    assert names.accept([row]) == 1
    making.drain(connection)
    assert xero.contact("Rosa Reyes (Noosa)")["ContactNumber"] == f"PT-{contact.pk}"
    assert making.row(contact).status == OutboxStatus.DONE


def test_two_of_one_name_are_proposed_different_names(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contacts = [making.contact(blue, "Rosa Reyes") for _ in range(3)]
    making.drain(connection)
    proposed = {making.row(one).proposed_name for one in contacts} - {""}
    assert proposed == {"Rosa Reyes (2)", "Rosa Reyes (3)"}


def test_a_contact_whose_link_was_lost_is_found_again_by_its_number(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    Link.objects.all().delete()
    Contact.objects.filter(pk=contact.pk).update(name="Rosa R")
    outbox.enqueue(Kind.CONTACT, contact.pk, business=blue, label="Rosa")
    making.drain(connection)
    assert len(xero.contacts()) == 1
    assert Link.objects.get(object_id=contact.pk).xero_id == xero.contacts()[0]["ContactID"]


def test_an_archived_contact_without_link_stays_out(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    making.contact(blue).archive()
    making.drain(connection)
    assert xero.contacts() == []


def test_only_the_linked_duplicate_hands_its_link_to_the_primary(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    duplicate = making.contact(blue, "Rosa R")
    making.drain(connection)
    primary = making.contact(blue, "Rosa Reyes")
    outbox.exclude([making.row(primary)], by=alice)
    (merge,) = merging.merge(primary, [duplicate], values=None, by=alice)
    assert links.link_for(connection, Kind.CONTACT, primary.pk) is not None

    merging.undo(merge, by=alice)
    assert links.link_for(connection, Kind.CONTACT, primary.pk) is None
    assert links.link_for(connection, Kind.CONTACT, duplicate.pk) is not None


def test_of_two_linked_contacts_the_primary_keeps_its_link(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    duplicate, primary = making.contact(blue, "Rosa R"), making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    own = links.link_for(connection, Kind.CONTACT, primary.pk)
    (merge,) = merging.merge(primary, [duplicate], values=None, by=alice)
    making.drain(connection)
    assert links.link_for(connection, Kind.CONTACT, primary.pk) == own
    assert Link.objects.get(object_id=duplicate.pk).status == LinkStatus.FORMER
    assert {one["ContactStatus"] for one in xero.contacts()} == {"ACTIVE"}

    merging.undo(merge, by=alice)
    assert Link.objects.get(object_id=duplicate.pk).status == LinkStatus.CURRENT


def test_a_settled_contact_stands_in_the_mirror(connection: Connection, blue: Business) -> None:
    making.contact(blue, "Rosa Reyes", street_city="Noosa")
    making.drain(connection)
    mirrored = connection.xero_contacts.get(name="Rosa Reyes")
    assert mirrored.street_city == "Noosa"


def test_a_linked_contact_takes_its_name_before_a_new_one_of_the_same_name(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    # The one in Xero is spelt otherwise until our data has arrived there.
    there = xero.act("add_contact", fields={"Name": "Coral Cove Bowls"})
    second = making.contact(blue, "coral cove bowls club")
    linked = making.contact(blue, "Coral Cove Bowls Club")
    links.link(connection, Kind.CONTACT, linked.pk, there["ContactID"], by=alice)
    making.drain(connection)
    assert xero.contact("Coral Cove Bowls Club")["ContactID"] == there["ContactID"]
    assert (making.row(linked).status, making.row(second).status) == (
        OutboxStatus.DONE,
        OutboxStatus.PARKED,
    )
    assert making.row(second).error_code == "name_taken"
    assert len(xero.contacts()) == 1


def test_a_new_contact_does_not_wait_for_a_linked_one_that_a_person_must_see(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    there = xero.act("add_contact", fields={"Name": "Coral Cove Bowls"})
    linked = making.contact(blue, "Coral Cove Bowls Club", email="rosé@example.com")
    links.link(connection, Kind.CONTACT, linked.pk, there["ContactID"], by=alice)
    making.drain(connection)
    assert making.row(linked).status == OutboxStatus.PARKED
    second = making.contact(blue, "Coral Cove Bowls Club")
    making.drain(connection)
    assert making.row(second).status == OutboxStatus.DONE
