"""What a save means for Xero: what is queued, what is not, and that a save never suffers."""

from typing import Any

import pytest
from django.db import transaction

from businesses.models import Business, User
from contacts.models import Contact
from contacts.signals import contacts_imported
from invoices import services
from invoices.models import Invoice
from invoices.signals import invoices_changed
from xero_integration import outbox
from xero_integration.models import (
    Connection,
    Kind,
    Lane,
    LinkChoice,
    OutboxRow,
    OutboxStatus,
)
from xero_integration.sending import prepare
from xero_integration.tests import making


def test_without_a_connection_nothing_is_queued(blue: Business) -> None:
    making.invoice(making.contact(blue))
    assert not OutboxRow.objects.exists()


def test_a_save_queues_one_row_however_often(connection: Connection, blue: Business) -> None:
    contact = making.contact(blue)
    for _ in range(3):
        contact.save()
    row = making.row(contact)
    assert (row.lane, row.generation) == (Lane.INTERACTIVE, 4)


def test_a_change_that_xero_does_not_see_is_not_queued(
    connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue)
    invoice = making.invoice(contact)
    making.drain(connection)
    contact.notes = "Beware of the dog"
    contact.save()
    invoice.notes = "Thank you"
    invoice.save()
    assert making.row(contact).status == OutboxStatus.DONE
    assert making.row(invoice).status == OutboxStatus.DONE


def test_a_payment_does_not_send_the_invoice_again(connection: Connection, blue: Business) -> None:
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    services.record_payment(invoice, date=invoice.date, amount=invoice.total)
    assert making.row(invoice).status == OutboxStatus.DONE


def test_a_rolled_back_save_leaves_no_row(connection: Connection, blue: Business) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        making.contact(blue)
        raise RuntimeError
    assert not connection.outbox.exists()


def test_an_edit_wakes_a_parked_row(connection: Connection, blue: Business) -> None:
    contact = making.contact(blue, email="no-at-sign")
    making.drain(connection)
    assert making.row(contact).status == OutboxStatus.PARKED
    contact.email = "rosa@example.com"
    contact.save()
    row = making.row(contact)
    assert (row.status, row.error_code, row.error_message) == (OutboxStatus.WAITING, "", "")


def test_what_was_left_out_stays_out_after_an_edit(
    connection: Connection, blue: Business, alice: User
) -> None:
    contact = making.contact(blue)
    outbox.exclude([making.row(contact)], by=alice)
    contact.first_name = "Rosa"
    contact.save()
    assert making.row(contact).status == OutboxStatus.EXCLUDED
    assert outbox.retry([making.row(contact)], by=alice) == 1
    assert making.row(contact).status == OutboxStatus.WAITING


def test_an_import_goes_in_bulk_and_a_hundred_saves_ask_for_one_drain(
    connection: Connection, blue: Business, django_capture_on_commit_callbacks: Any
) -> None:
    # What setting up has queued would count as asked for already.
    transaction.get_connection().run_on_commit.clear()
    with django_capture_on_commit_callbacks() as callbacks:
        made = Contact.objects.bulk_create(
            Contact(business=blue, name=f"Customer {number}") for number in range(700)
        )
        ids = [contact.pk for contact in made]
        contacts_imported.send(sender=Contact, business=blue, ids=ids)
        for _ in range(5):
            making.contact(blue)
    assert connection.outbox.filter(lane=Lane.BULK).count() == 700
    assert len(callbacks) == 2


def test_what_a_person_does_overtakes_the_import(connection: Connection, blue: Business) -> None:
    contact = Contact.objects.bulk_create([Contact(business=blue, name="Rosa")])[0]
    contacts_imported.send(sender=Contact, business=blue, ids=[contact.pk])
    contact.save()
    assert making.row(contact).lane == Lane.INTERACTIVE
    contacts_imported.send(sender=Contact, business=blue, ids=[contact.pk])
    assert making.row(contact).lane == Lane.INTERACTIVE


def test_an_interactive_invoice_takes_its_contact_along(
    xero: Any, connection: Connection, blue: Business
) -> None:
    contact = Contact.objects.bulk_create([Contact(business=blue, name="Rosa")])[0]
    contacts_imported.send(sender=Contact, business=blue, ids=[contact.pk])
    making.invoice(contact)
    prepare.prepare(connection, kind=Kind.INVOICE, lane=Lane.INTERACTIVE)
    assert making.row(contact).lane == Lane.INTERACTIVE


def test_bulk_changes_of_invoices_are_queued_by_their_signal(
    connection: Connection, blue: Business
) -> None:
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    Invoice.objects.filter(pk=invoice.pk).update(reference="Gate 4")
    invoices_changed.send(sender=Invoice, business=blue, ids=[invoice.pk])
    assert making.row(invoice).status == OutboxStatus.WAITING


def test_contacts_made_while_the_wizard_runs_join_its_list(
    just_connected: Connection, blue: Business
) -> None:
    first = making.contact(blue, "Before the list")
    assert not LinkChoice.objects.exists()
    LinkChoice.objects.create(business=blue, connection=just_connected, contact=first)
    second = making.contact(blue, "Meanwhile")
    assert LinkChoice.objects.get(contact=second).action == "undecided"

    # Nobody has chosen for it: opening the gate must not create it unasked.
    outbox.open_contacts(just_connected)
    making.drain(just_connected)
    row = making.row(second)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "contact_undecided")


def test_a_save_makes_few_queries(
    connection: Connection, blue: Business, django_assert_max_num_queries: Any
) -> None:
    contact = making.contact(blue)
    # The contact's own UPDATE, and at most nine for the outbox, savepoints counted.
    with django_assert_max_num_queries(10):
        contact.save()


def test_two_claims_never_take_the_same_row(connection: Connection, blue: Business) -> None:
    for _ in range(3):
        making.contact(blue)
    first = outbox.claim(connection, kind=Kind.CONTACT, lane=Lane.INTERACTIVE, limit=2)
    second = outbox.claim(connection, kind=Kind.CONTACT, lane=Lane.INTERACTIVE, limit=2)
    assert (len(first), len(second)) == (2, 1)
    assert not {row.pk for row in first} & {row.pk for row in second}
