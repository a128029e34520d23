"""What waits, for what, and that it goes by itself once that is there."""

import datetime as dt
from typing import Any

import pytest

from businesses.models import Business, User
from xero_integration import outbox
from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    Kind,
    Lane,
    OutboxRow,
    OutboxStatus,
)
from xero_integration.sending import waking
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero


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
    assert waking.not_ready(connection, ["account_not_mapped"]) == 1
    making.drain(connection)
    assert len(xero.invoices()) == 1


def test_only_kinds_that_wait_are_claimed(
    connection: Connection, blue: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each claim is a transaction, and takes the one writer's place on SQLite."""
    claimed: list[Kind] = []
    claim = outbox.claim

    def noted(*args: Any, kind: Kind, **how: Any) -> list[OutboxRow]:
        claimed.append(kind)
        return claim(*args, kind=kind, **how)

    monkeypatch.setattr(outbox, "claim", noted)
    making.invoice(making.contact(blue))
    making.drain(connection)
    assert claimed == [Kind.CONTACT, Kind.INVOICE]


@pytest.mark.parametrize("sample", [1, 200], ids=["backlog", "few"])
def test_no_kind_is_passed_over(
    connection: Connection, blue: Business, monkeypatch: pytest.MonkeyPatch, sample: int
) -> None:
    """Contacts go ahead of their invoices, however many wait; a closed gate stays closed."""
    monkeypatch.setattr(outbox, "SAMPLE", sample)
    making.invoice(making.contact(blue))
    found = outbox.kinds_due(connection, lane=Lane.INTERACTIVE)
    assert [one for one in found if one in (Kind.CONTACT, Kind.INVOICE)] == [
        Kind.CONTACT,
        Kind.INVOICE,
    ]
    connection.invoices_open_at = None
    assert outbox.kinds_due(connection, lane=Lane.INTERACTIVE) == [Kind.CONTACT]
