"""What is claimed as ours in Xero, and what never is; answers that name somebody else's record."""

from typing import Any

import pytest

from businesses.models import Business, User
from contacts import merging
from invoices import services
from xero_integration import outbox
from xero_integration.linking import links
from xero_integration.models import (
    Action,
    BatchStatus,
    Connection,
    Kind,
    Lane,
    Link,
    OutboxStatus,
    Outcome,
    SyncEntry,
)
from xero_integration.sending import batches, prepare, verdicts
from xero_integration.tests import making
from xero_integration.tests.factories import ContactFactory
from xero_integration.tests.simulator import Xero
from xero_integration.tests.test_unclear import let_key_die

ZERO_ID = "00000000-0000-0000-0000-000000000000"


def in_flight(connection: Connection, kind: Kind = Kind.CONTACT) -> batches.Batch:
    _, (batch,) = prepare.prepare(connection, kind=kind, lane=Lane.INTERACTIVE)
    batches.about_to_send(batch)
    return batch


def verdict_codes(batch: batches.Batch, elements: list[dict[str, Any]]) -> list[str]:
    """Return by member: its code, "stands" or "look up"."""
    return [
        verdict.code or ("look up" if verdict.look_up else "stands")
        for verdict in verdicts.judge(batch, {"Contacts": elements})
    ]


REFUSED = {"ValidationErrors": [{"Message": "Email address must be valid."}]}


@pytest.mark.parametrize("echo", [{}, {"ContactID": None}, {"ContactID": ZERO_ID}])
def test_a_refused_element_without_an_id_stands_for_itself_alone(
    connection: Connection, blue: Business, echo: dict[str, Any]
) -> None:
    for _ in range(3):
        making.contact(blue)
    batch = in_flight(connection)
    numbers = [one["ContactNumber"] for one in batches.elements_of(batch)]
    answer = [
        {"ContactID": "a", "ContactNumber": numbers[0]},
        {**echo, **REFUSED, "ContactNumber": numbers[1]},
        {"ContactID": "c", "ContactNumber": numbers[2]},
    ]
    assert verdict_codes(batch, answer) == ["stands", "email_invalid", "stands"]


def test_an_update_is_not_settled_by_somebody_elses_element(
    connection: Connection, blue: Business
) -> None:
    contacts = [making.contact(blue) for _ in range(2)]
    making.drain(connection)
    for contact in contacts:
        contact.first_name = "Rosa"
        contact.save()
    batch = in_flight(connection)
    first = batches.elements_of(batch)[0]
    alien = {"ContactID": "9f7b0c1e-0000-4000-8000-000000000001", "Name": "Somebody else"}
    own = {"ContactID": first["ContactID"], "Name": contacts[0].name}
    assert verdict_codes(batch, [own, alien]) == ["stands", "look up"]
    assert verdict_codes(batch, [alien, own]) == ["stands", "look up"]


@pytest.mark.parametrize("element", [{}, {"ContactID": ZERO_ID}, {"ContactID": None}])
def test_an_element_without_an_id_is_looked_up(
    connection: Connection, blue: Business, element: dict[str, Any]
) -> None:
    making.contact(blue)
    batch = in_flight(connection)
    number = batches.elements_of(batch)[0]["ContactNumber"]
    assert verdict_codes(batch, [{**element, "ContactNumber": number}]) == ["look up"]


def test_a_contact_adopted_after_a_refusal_gets_our_newest_data(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    contact = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    links.unlink(links.link_for(connection, Kind.CONTACT, contact.pk), by=alice)
    contact.first_name = "Rosa"
    contact.save()
    outbox.retry([making.row(contact)], by=alice)
    making.drain(connection)
    assert len(xero.contacts()) == 1
    assert xero.contact("Rosa Reyes")["FirstName"] == "Rosa"
    assert making.row(contact).status == OutboxStatus.DONE


def test_an_invoice_adopted_after_a_refusal_gets_our_newest_data(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    links.unlink(links.link_for(connection, Kind.INVOICE, invoice.pk), by=alice)
    lines = (making.line(blue, "100", description="Green pool rescue"),)
    services.update(
        invoice,
        data=services.InvoiceData(contact=invoice.contact, date=invoice.date, lines=lines),
    )
    outbox.retry([making.row(invoice)], by=alice)
    making.drain(connection)
    (there,) = xero.invoices()
    assert [one["Description"] for one in there["LineItems"]] == ["Green pool rescue"]
    assert making.row(invoice).status == OutboxStatus.DONE


def test_a_link_made_while_the_creation_was_in_flight_stands_and_gets_our_data(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    xero.act("add_contact", fields={"Name": "Rosa in Xero"})
    there = xero.contact("Rosa in Xero")["ContactID"]
    contact = making.contact(blue, "Rosa Reyes (Noosa)", email="rosa@example.com")
    in_flight(connection)
    links.link(connection, Kind.CONTACT, contact.pk, there, by=alice)
    making.let_leases_end(connection)
    making.drain(connection)
    link = Link.objects.current().get(object_id=contact.pk)
    assert link.xero_id == there
    by_id = {one["ContactID"]: one for one in xero.contacts()}
    # The second one made meanwhile keeps the name: the row says so, and nothing looks done.
    row = making.row(contact)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "name_taken")
    assert (len(by_id), link.pushed_digest) == (2, "")


@pytest.mark.parametrize("site", ["http://localhost:8000", "https://xero.pools.example"])
def test_an_invoice_of_somebody_else_is_never_adopted(
    xero: Xero, connection: Connection, blue: Business, alice: User, settings: Any, site: str
) -> None:
    """Also where Xero takes no link back to us: alike in contact and total is not ours."""
    settings.SITE_URL = site
    contact = making.contact(blue)
    first = making.invoice(contact)
    making.drain(connection)
    # Theirs: made in Xero itself, with our next number, for the same contact and total.
    draft = making.draft(contact)
    issued = services.issue(draft, by=alice)
    xero.act(
        "edit_invoice",
        invoice=first.number,
        fields={
            "InvoiceNumber": issued.number,
            "Url": "https://other.example/1",
            "Reference": "Quote 7",
        },
    )
    making.drain(connection)
    row = making.row(issued)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "number_taken")
    assert links.link_for(connection, Kind.INVOICE, issued.pk) is None


@pytest.mark.parametrize("reusable", [True, False])
def test_a_number_that_only_a_voided_invoice_has_is_xeros_to_give_or_refuse(
    xero: Xero, connection: Connection, blue: Business, reusable: bool
) -> None:
    xero.control("switches", voided_number_reusable=reusable)
    contact = making.contact(blue)
    first = making.invoice(contact)
    making.drain(connection)
    issued = making.invoice(contact)
    theirs = {"InvoiceNumber": issued.number, "Url": "https://other.example/1"}
    xero.act("edit_invoice", invoice=first.number, fields=theirs)
    xero.act("void_invoice", invoice=issued.number)
    xero.fault("drop_before", method="PUT", path="Invoices")
    making.drain(connection)
    let_key_die(xero, connection)
    making.drain(connection)
    row = making.row(issued)
    settled = (OutboxStatus.DONE, "") if reusable else (OutboxStatus.PARKED, "number_taken")
    assert (row.status, row.error_code) == settled
    standing = [one for one in xero.invoices() if one["Status"] != "VOIDED"]
    assert len(standing) == reusable


def test_a_link_taken_back_while_an_update_was_in_flight_stays_taken_back(
    connection: Connection, blue: Business, alice: User
) -> None:
    contact = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    contact.first_name = "Rosa"
    contact.save()
    in_flight(connection)
    links.unlink(links.link_for(connection, Kind.CONTACT, contact.pk), by=alice)
    making.let_leases_end(connection)
    making.drain(connection)
    assert links.link_for(connection, Kind.CONTACT, contact.pk) is None
    assert making.row(contact).status == OutboxStatus.EXCLUDED


def test_a_contact_merged_while_its_creation_was_in_flight_gets_no_link(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    primary, duplicate = making.contact(blue, "Rosa Reyes"), making.contact(blue, "R Reyes")
    in_flight(connection)
    merging.merge(primary, [duplicate], values=None, by=alice)
    making.let_leases_end(connection)
    making.drain(connection)
    assert links.link_for(connection, Kind.CONTACT, duplicate.pk) is None
    link = links.link_for(connection, Kind.CONTACT, primary.pk)
    assert link and link.xero_id == xero.contact("Rosa Reyes")["ContactID"]
    entry = SyncEntry.objects.filter(object_id=duplicate.pk).latest("pk")
    assert (entry.outcome, entry.error_code) == (Outcome.FAILED, "second_made")
    assert {making.row(primary).status, making.row(duplicate).status} == {OutboxStatus.DONE}


def test_a_contact_merged_while_its_update_was_in_flight_leaves_the_link_to_the_primary(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    duplicate = making.contact(blue, "R Reyes")
    making.drain(connection)
    primary = ContactFactory(business=blue, name="Rosa Reyes")
    duplicate.first_name = "Rosa"
    duplicate.save()
    in_flight(connection)
    merging.merge(primary, [duplicate], values=None, by=alice)
    making.let_leases_end(connection)
    making.drain(connection)
    assert [one["Name"] for one in xero.contacts()] == ["Rosa Reyes"]
    assert links.link_for(connection, Kind.CONTACT, primary.pk) is not None
    assert set(connection.outbox.values_list("status", flat=True)) == {OutboxStatus.DONE}


def test_our_own_invoice_is_known_without_a_link_back(
    xero: Xero, connection: Connection, blue: Business, settings: Any
) -> None:
    settings.SITE_URL = "https://xero.pools.example"
    contact = making.contact(blue)
    making.drain(connection)
    xero.fault("drop_after", method="PUT", path="Invoices")
    invoice = making.invoice(contact, reference="Job 12")
    making.drain(connection)
    connection.batches.filter(status=BatchStatus.UNCLEAR).update(status=BatchStatus.LOOK_UP)
    making.make_due(connection)
    making.drain(connection)
    assert len(xero.invoices()) == 1
    assert making.row(invoice).status == OutboxStatus.DONE
    entry = SyncEntry.objects.get(object_id=invoice.pk)
    assert entry.action == Action.ADOPT
