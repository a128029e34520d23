"""The PDF of an invoice in Xero: only where it was chosen and allowed, and never twice."""

import io
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from businesses.models import Business, User
from contacts.models import Contact
from xero_integration.client import tokens
from xero_integration.connecting import connect
from xero_integration.models import Connection, Kind, OutboxRow, OutboxStatus
from xero_integration.sending import attaching
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

pytestmark = pytest.mark.django_db(transaction=True)

SETTINGS = "/b/blue/xero/invoices/settings/"


@pytest.fixture
def rosa(xero: Xero, connection: Connection, blue: Business) -> Contact:
    made = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    return made


@pytest.fixture
def chosen(xero: Xero, connection: Connection, blue: Business, alice: User) -> Connection:
    """The business wants the PDFs, and has allowed it."""
    Connection.objects.update(attach_pdf=True)
    making.connected(xero, blue, alice)
    return Connection.objects.get()


def files(xero: Xero) -> list[dict[str, Any]]:
    return list(xero.state("attachments")["organisations"][0]["attachments"])


def row() -> OutboxRow:
    return OutboxRow.objects.get(kind=Kind.ATTACHMENT)


def writes(xero: Xero) -> int:
    return len(xero.writes("Attachments"))


def test_nothing_is_attached_or_asked_for_unless_it_was_chosen(
    xero: Xero, connection: Connection, rosa: Contact, blue: Business, alice: User
) -> None:
    making.invoice(rosa)
    making.drain(connection)
    assert files(xero) == []
    assert not OutboxRow.objects.filter(kind=Kind.ATTACHMENT).exists()
    assert "attachments" not in connect.authorise_url(blue, user=alice)


def test_the_pdf_goes_with_the_invoice(
    xero: Xero, chosen: Connection, rosa: Contact, as_bob: Client
) -> None:
    invoice = making.invoice(rosa)
    making.drain(chosen)
    (one,) = files(xero)
    assert (one["FileName"], one["IncludeOnline"]) == ("inv-0001.pdf", True)
    assert row().status == OutboxStatus.DONE
    assert making.row(invoice).status == OutboxStatus.DONE
    making.sweep_and_drain(chosen)
    making.poll(chosen, Kind.INVOICE)
    assert writes(xero) == 1


def test_what_arrives_is_our_pdf(xero: Xero, chosen: Connection, rosa: Contact) -> None:
    making.invoice(rosa)
    making.drain(chosen)
    batch = chosen.batches.get(kind=Kind.ATTACHMENT)
    ours = attaching.pdf(batch)
    assert "INV-0001" in PdfReader(io.BytesIO(ours)).pages[0].extract_text()
    assert abs(files(xero)[0]["ContentLength"] - len(ours)) < 200


def test_a_changed_invoice_has_its_new_pdf_in_place_of_the_one_before(
    xero: Xero, chosen: Connection, rosa: Contact
) -> None:
    invoice = making.invoice(rosa)
    making.drain(chosen)
    invoice.reference = "Front yard"
    invoice.save(update_fields=["reference"])
    making.drain(chosen)
    # The other lane queues it; its own turn comes after.
    making.drain(chosen)
    assert writes(xero) == 2
    assert len(files(xero)) == 1


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "500", "truncate"])
def test_a_lost_answer_leaves_one_file(
    xero: Xero, chosen: Connection, rosa: Contact, kind: str
) -> None:
    making.invoice(rosa)
    xero.fault(kind, method="PUT", path="Attachments")
    for _ in range(3):
        making.drain(chosen)
        making.make_due(chosen)
    assert len(files(xero)) == 1
    assert row().status == OutboxStatus.DONE


def test_without_the_permission_the_pdf_waits_and_the_invoice_goes(
    xero: Xero, connection: Connection, rosa: Contact, blue: Business, alice: User, as_bob: Client
) -> None:
    as_bob.post(SETTINGS, {"attach_pdf": "on"})
    assert "Reconnect and allow it" in as_bob.get(SETTINGS).content.decode()
    invoice = making.invoice(rosa)
    making.drain(connection)
    assert making.row(invoice).status == OutboxStatus.DONE
    assert (row().status, row().error_code) == (OutboxStatus.PARKED, "attachments_not_allowed")
    assert "accounting.attachments" in connect.authorise_url(blue, user=alice)
    making.connected(xero, blue, alice)
    making.drain(Connection.objects.get())
    assert len(files(xero)) == 1
    assert "Reconnect and allow it" not in as_bob.get(SETTINGS).content.decode()


def test_with_the_tick_taken_off_nothing_waits_any_more(
    xero: Xero, connection: Connection, rosa: Contact, as_bob: Client
) -> None:
    as_bob.post(SETTINGS, {"attach_pdf": "on"})
    making.invoice(rosa)
    making.drain(connection)
    as_bob.post(SETTINGS, {"save": "on"})
    making.drain(connection)
    assert row().status == OutboxStatus.DONE
    assert files(xero) == []


def test_a_refresh_keeps_the_permission(xero: Xero, chosen: Connection, rosa: Contact) -> None:
    xero.act("expire_access_tokens")
    making.invoice(rosa)
    making.drain(chosen)
    assert len(files(xero)) == 1
    chosen.refresh_from_db()
    assert chosen.token is not None
    assert "accounting.attachments" in chosen.token.scopes
    assert tokens.is_dying(chosen.token) is False
