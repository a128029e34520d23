"""What Xero adds to the pages of invoices: what issuing and voiding set in motion there."""

import pytest
from django.test import Client
from django.utils import timezone

from businesses.models import Business, User
from invoices.models import Invoice
from xero_integration.models import Connection, Kind, Link
from xero_integration.tests import making
from xero_integration.tests.factories import ConnectionFactory, ContactFactory


@pytest.fixture
def connection(blue: Business) -> Connection:
    return ConnectionFactory(business=blue, organisation_name="Blue Books")


@pytest.fixture
def issued(connection: Connection, blue: Business) -> Invoice:
    return making.invoice(ContactFactory(business=blue))


def page(browser: Client, invoice: Invoice, name: str = "") -> str:
    return browser.get(f"{invoice.get_absolute_url()}{name}").content.decode()


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
