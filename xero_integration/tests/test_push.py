"""The push against the simulator: what stands in Xero afterwards is what counts."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from businesses.models import Business, User
from contacts import merging
from contacts.models import Contact
from invoices import services
from invoices.models import Invoice
from xero_integration import batches, links, names, outbox, prepare
from xero_integration.models import (
    BatchStatus,
    Connection,
    Kind,
    Lane,
    Link,
    LinkStatus,
    OutboxStatus,
    Outcome,
    SyncEntry,
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


def test_an_invoice_reaches_xero_after_its_contact(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue, "Rosa Reyes")
    invoice = making.invoice(
        contact,
        making.line(blue, "25.0625", quantity=Decimal(3)),
        making.line(blue, "10", percent=0, discount_percent=Decimal(10)),
        reference="Gate 4",
    )
    making.drain(connection)

    (found,) = xero.invoices()
    assert found["InvoiceNumber"] == invoice.number
    assert found["Contact"]["ContactID"] == xero.contact("Rosa Reyes")["ContactID"]
    assert found["Status"] == "AUTHORISED"
    assert Decimal(str(found["Total"])) == invoice.total
    assert found["LineItems"][0]["UnitAmount"] == 25.0625
    assert str(invoice.pk) in found["Url"]
    assert making.row(invoice).status == OutboxStatus.DONE
    assert len(Link.objects.get(object_id=invoice.pk).remote["lines"]) == 2


def test_inclusive_and_untaxed_invoices_come_to_the_same_total(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue)
    invoices = [
        making.invoice(contact, *(making.line(blue, "33.33") for _ in range(3)), tax_mode=mode)
        for mode in ("Inclusive", "NoTax", "Exclusive")
    ]
    making.drain(connection)
    in_xero = {one["InvoiceNumber"]: Decimal(str(one["Total"])) for one in xero.invoices()}
    assert in_xero == {invoice.number: invoice.total for invoice in invoices}
    assert {making.row(invoice).status for invoice in invoices} == {OutboxStatus.DONE}


def test_fifty_go_in_one_call_and_the_next_in_another(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    for _ in range(51):
        making.contact(blue)
    making.drain(connection)
    assert len(xero.contacts()) == 51
    assert len(xero.writes("Contacts")) == 2


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
    assert len(xero.writes("Contacts")) == 2
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


def test_a_total_that_differs_by_a_cent_is_never_accepted(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    xero.control("switches", discount_rounding="truncate")
    invoice = making.invoice(
        making.contact(blue), making.line(blue, "2120.44", discount_percent=Decimal(10))
    )
    making.drain(connection)
    row = making.row(invoice)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "total_differs")
    assert f"{invoice.total:.2f}" in row.error_message
    assert f"{xero.invoices()[0]['Total']:.2f}" in row.error_message
    # It is linked, so a retry updates it and never makes a second.
    xero.control("switches", discount_rounding="round")
    outbox.retry([row], by=None)
    making.drain(connection)
    assert len(xero.invoices()) == 1
    assert making.row(invoice).status == OutboxStatus.DONE


def test_an_issued_invoice_that_changes_replaces_its_lines(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    invoice = making.invoice(making.contact(blue), making.line(blue, "100"), making.line(blue, "7"))
    making.drain(connection)
    kept = invoice.lines.order_by("position")[0]
    ids_before = {one["LineItemID"] for one in xero.invoices()[0]["LineItems"]}
    lines = (making.line(blue, "120", id=kept.pk), making.line(blue, "5"))
    services.update(
        invoice,
        data=services.InvoiceData(contact=invoice.contact, date=invoice.date, lines=lines),
    )
    making.drain(connection)
    (found,) = xero.invoices()
    assert [one["UnitAmount"] for one in found["LineItems"]] == [120, 5]
    assert len(ids_before & {one["LineItemID"] for one in found["LineItems"]}) == 1
    assert Decimal(str(found["Total"])) == Invoice.objects.get(pk=invoice.pk).total


def test_a_voided_invoice_is_voided_in_xero(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    services.void(invoice, by=alice)
    making.drain(connection)
    assert [one["Status"] for one in xero.invoices()] == ["VOIDED"]
    assert making.row(invoice).status == OutboxStatus.DONE


def test_a_sent_draft_is_deleted_in_xero(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    connection.invoice_status = "DRAFT"
    connection.save()
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    services.void(invoice, by=alice)
    making.drain(connection)
    assert [one["Status"] for one in xero.invoices()] == ["DELETED"]


def test_a_sent_draft_that_was_approved_in_xero_is_voided_there(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    connection.invoice_status = "DRAFT"
    connection.save()
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    xero.act("edit_invoice", invoice=invoice.number, fields={"Status": "AUTHORISED"})
    services.void(invoice, by=alice)
    making.drain(connection)
    assert [one["Status"] for one in xero.invoices()] == ["VOIDED"]
    assert making.row(invoice).status == OutboxStatus.DONE


def test_an_invoice_voided_before_it_was_sent_stays_out(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    invoice = making.invoice(making.contact(blue))
    services.void(invoice, by=alice)
    making.drain(connection)
    assert xero.invoices() == []
    assert making.row(invoice).status == OutboxStatus.DONE


def test_drafts_stay_here(xero: Xero, connection: Connection, blue: Business) -> None:
    making.draft(making.contact(blue))
    making.drain(connection)
    assert xero.invoices() == []
    assert not connection.outbox.filter(kind=Kind.INVOICE).exists()


def test_nothing_goes_before_the_wizard_opens_the_gates(
    xero: Xero, just_connected: Connection, blue: Business
) -> None:
    invoice = making.invoice(making.contact(blue))
    making.drain(just_connected)
    assert (xero.contacts(), xero.invoices()) == ([], [])

    outbox.open_contacts(just_connected)
    making.drain(just_connected)
    assert (len(xero.contacts()), xero.invoices()) == (1, [])

    making.map_accounts(just_connected)
    outbox.open_invoices(just_connected)
    making.drain(just_connected)
    assert [one["InvoiceNumber"] for one in xero.invoices()] == [invoice.number]


def test_invoices_go_from_the_send_from_date_on(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue)
    early = connection.send_from - dt.timedelta(days=1)
    old = making.invoice(contact, date=early)
    on_the_day = making.invoice(contact, date=connection.send_from)
    making.drain(connection)
    assert [one["InvoiceNumber"] for one in xero.invoices()] == [on_the_day.number]

    connection.send_from = early
    connection.save()
    outbox.enqueue_issued(connection)
    making.drain(connection)
    assert {one["InvoiceNumber"] for one in xero.invoices()} == {on_the_day.number, old.number}


def test_an_invoice_waits_parked_for_a_contact_left_out_and_goes_once_it_is_linked(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    contact = making.contact(blue, "Rosa Reyes")
    outbox.exclude([making.row(contact)], by=alice)
    invoice = making.invoice(contact)
    making.drain(connection)
    row = making.row(invoice)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "contact_not_linked")
    assert (xero.contacts(), xero.invoices()) == ([], [])

    xero.act("add_contact", fields={"Name": "Rosa in Xero"})
    xero_id = xero.contact("Rosa in Xero")["ContactID"]
    links.link(connection, Kind.CONTACT, contact.pk, xero_id, by=alice)
    making.drain(connection)
    assert xero.invoices()[0]["Contact"]["ContactID"] == xero_id


def test_a_contact_created_on_retry_takes_its_invoices_along(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    contact = making.contact(blue)
    outbox.exclude([making.row(contact)], by=alice)
    making.invoice(contact)
    making.drain(connection)
    outbox.retry([making.row(contact)], by=alice)
    making.drain(connection)
    assert (len(xero.contacts()), len(xero.invoices())) == (1, 1)


def test_an_invoice_without_accounts_goes_by_itself_once_they_are_mapped(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    connection.category_accounts.all().delete()
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    row = making.row(invoice)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "account_not_mapped")

    making.map_accounts(connection)
    assert outbox.requeue_not_ready(connection, ["account_not_mapped"]) == 1
    making.drain(connection)
    assert len(xero.invoices()) == 1


def test_an_account_archived_in_xero_parks_the_invoice_with_xeros_words(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    code = connection.category_accounts.get().account.code
    xero.act("archive_account", account=code)
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    row = making.row(invoice)
    assert row.status == OutboxStatus.PARKED
    assert "account" in row.error_code
    assert row.error_message


def test_a_number_taken_by_somebody_elses_invoice_goes_to_a_person(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue)
    first = making.invoice(contact)
    making.drain(connection)
    # The same number as if another app had used it: our link and our Url are not on it.
    Link.objects.filter(object_id=first.pk).delete()
    Invoice.objects.filter(pk=first.pk).update(number="OTHER-1")
    outbox.exclude([making.row(first)], by=None)
    second = making.invoice(contact)
    Invoice.objects.filter(pk=second.pk).update(number=xero.invoices()[0]["InvoiceNumber"])
    making.drain(connection)
    row = making.row(second)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "number_taken")
    assert len(xero.invoices()) == 1


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


def test_an_invoice_in_another_currency_is_not_sent(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    invoice = making.draft(making.contact(blue))
    Invoice.objects.filter(pk=invoice.pk).update(currency="NZD")
    invoice.refresh_from_db()
    services.issue(invoice, by=None)
    making.drain(connection)
    assert making.row(invoice).error_code == "currency_differs"
    assert xero.invoices() == []


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


def test_the_batch_keeps_its_digest_and_drops_its_body_once_settled(
    connection: Connection, blue: Business
) -> None:
    making.contact(blue)
    making.drain(connection)
    batch = connection.batches.get()
    assert batch.status == BatchStatus.SETTLED
    assert (batch.body, len(batch.body_digest)) == ("", 64)
    assert batch.first_sent_at is not None


def test_a_settled_contact_stands_in_the_mirror(connection: Connection, blue: Business) -> None:
    making.contact(blue, "Rosa Reyes", street_city="Noosa")
    making.drain(connection)
    mirrored = connection.xero_contacts.get(name="Rosa Reyes")
    assert mirrored.street_city == "Noosa"


def test_a_worker_that_lost_its_lease_changes_nothing(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue)
    _, (batch,) = prepare.prepare(connection, kind=Kind.CONTACT, lane=Lane.INTERACTIVE)
    making.let_leases_end(connection)
    making.drain(connection)
    try:
        batches.about_to_send(batch)
    except batches.LeaseLost:
        pass
    else:
        raise AssertionError("the slow worker went on")
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
