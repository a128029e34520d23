"""What Xero adds to other pages: how a record stands there, and what an act sets in motion."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from businesses.models import Business, User
from contacts.models import Contact
from invoices.models import Invoice
from xero_integration import outbox
from xero_integration.models import Connection, Kind, Link
from xero_integration.tests import making
from xero_integration.tests.factories import ConnectionFactory, ContactFactory


@pytest.fixture
def connection(blue: Business) -> Connection:
    return ConnectionFactory(business=blue, organisation_name="Blue Books")


@pytest.fixture
def issued(connection: Connection, blue: Business) -> Invoice:
    return making.invoice(ContactFactory(business=blue))


def page(browser: Client, record: Contact | Invoice, name: str = "") -> str:
    return browser.get(f"{record.get_absolute_url()}{name}").content.decode()


def test_issuing_says_whether_the_invoice_goes_at_once(
    connection: Connection, blue: Business, as_bob: Client
) -> None:
    draft = making.draft(ContactFactory(business=blue))
    assert "once product categories are linked" in page(as_bob, draft)
    connection.invoices_open_at = timezone.now()
    connection.save()
    assert "sent to Blue Books in Xero at once" in page(as_bob, draft)


def test_voiding_says_that_xero_voids_its_own(
    connection: Connection, issued: Invoice, alice: User, as_bob: Client
) -> None:
    assert "has it too" not in page(as_bob, issued, "void/")
    Link.objects.create(
        business=issued.business,
        connection=connection,
        kind=Kind.INVOICE,
        object_id=issued.pk,
        xero_id="5f0c1b9e-6a52-4f7c-9d8e-000000000001",
        linked_by=alice,
    )
    assert "Blue Books in Xero has it too: it is voided there" in page(as_bob, issued, "void/")


def test_a_record_on_its_way_says_so_and_asks_again_until_it_is_there(
    just_connected: Connection, blue: Business, as_bob: Client
) -> None:
    assert "In the set-up" in page(as_bob, ContactFactory(business=blue))
    contact = Contact.objects.create(business=blue, name="Heron Street Body Corporate")
    assert "when the set-up has come that far" in page(as_bob, contact)
    outbox.open_contacts(just_connected)
    on_its_way = page(as_bob, contact)
    assert "It is being sent to" in on_its_way
    assert 'hx-select="#xero-panel"' in on_its_way
    making.drain(just_connected)
    arrived = page(as_bob, contact)
    assert "Open in" in arrived
    assert 'hx-select="#xero-panel"' not in arrived


def test_a_record_that_is_held_up_does_not_ask_every_two_seconds(
    connection: Connection, blue: Business, as_bob: Client
) -> None:
    outbox.open_contacts(connection)
    connection.refresh_from_db()
    connection.paused_until = timezone.now() + timedelta(hours=3)
    connection.save()
    contact = Contact.objects.create(business=blue, name="Heron Street Body Corporate")
    held = page(as_bob, contact)
    assert "when Xero takes more" in held
    assert 'hx-select="#xero-panel"' not in held
