"""Reconnecting: what changed meanwhile is seen before anything moves."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser

from businesses.models import Business, User
from contacts.models import Contact
from invoices.models import Invoice
from xero_integration import jobs, sweep
from xero_integration.connecting import connect, disconnecting, review
from xero_integration.connecting.connect import ConnectError
from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    ConnectionStatus,
    JobKind,
    Kind,
    LinkStatus,
    Question,
)
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

PAGE = "/b/blue/xero/changed/"
Reconnect = Callable[[], Connection]


@pytest.fixture
def contacts(xero: Xero, connection: Connection, blue: Business) -> dict[str, Contact]:
    names = ("Rosa Reyes", "Bo Lund", "Kit Vane", "Lea Holm")
    made = {name: making.contact(blue, name) for name in names}
    making.drain(connection)
    return made


@pytest.fixture
def invoice(connection: Connection, contacts: dict[str, Contact]) -> Invoice:
    made = making.invoice(contacts["Rosa Reyes"])
    making.drain(connection)
    return made


@pytest.fixture
def reconnect(xero: Xero, blue: Business, alice: User) -> Reconnect:
    """Return a function that connects anew and reads; nobody has looked yet."""

    def again() -> Connection:
        connection = making.connected(xero, blue, alice)
        jobs.run(jobs.start(connection, JobKind.READ, by=alice).pk)
        return connection

    return again


def told(connection: Connection) -> dict[str, list[str]]:
    return {
        group.title: sorted(change.label for change in group.changes)
        for group in review.groups(connection)
    }


def test_what_changed_in_xero_is_told_and_nothing_moves(
    xero: Xero,
    connection: Connection,
    contacts: dict[str, Contact],
    invoice: Invoice,
    alice: User,
    reconnect: Reconnect,
) -> None:
    disconnecting.disconnect(connection, by=alice)
    xero.act("archive_contact", contact="Bo Lund")
    xero.act("merge_contacts", **{"from": "Kit Vane", "into": "Rosa Reyes"})
    xero.act("edit_contact", contact="Lea Holm", fields={"FirstName": "Lea"})
    xero.act("void_invoice", invoice=invoice.number)
    again = reconnect()
    assert again.status == ConnectionStatus.REVIEW
    assert told(again) == {
        "Contacts that were merged in Xero": ["Kit Vane"],
        "Contacts that were archived in Xero": ["Bo Lund"],
        "Contacts that were edited in Xero": ["Lea Holm"],
        "Invoices that were voided or deleted in Xero": [invoice.number],
    }
    writes = len(xero.writes())
    making.sweep_and_drain(again)
    assert len(xero.writes()) == writes


def test_what_changed_here_is_told_and_goes_when_somebody_says_so(
    xero: Xero,
    connection: Connection,
    contacts: dict[str, Contact],
    blue: Business,
    alice: User,
    reconnect: Reconnect,
    as_alice: Browser,
) -> None:
    disconnecting.disconnect(connection, by=alice)
    contacts["Bo Lund"].first_name = "Bo"
    contacts["Bo Lund"].save()
    new = making.contact(blue, "Ada Moss")
    issued = making.invoice(contacts["Lea Holm"])
    again = reconnect()
    assert told(again) == {
        "New contacts here": ["Ada Moss"],
        "Contacts edited here": ["Bo Lund"],
        "Invoices issued here": [str(issued)],
    }
    making.sweep_and_drain(again)
    assert len(xero.contacts()) == 4
    page = as_alice.get(PAGE).content.decode()
    assert "Ada Moss" in page
    assert "Nothing goes to Xero until you have looked" in page
    assert as_alice.post(PAGE).status_code == 302
    again.refresh_from_db()
    assert again.is_active
    making.sweep_and_drain(again)
    making.make_due(again)
    making.drain(again)
    assert xero.contact("Bo Lund")["FirstName"] == "Bo"
    assert links.link_for(again, Kind.CONTACT, new.pk) is not None
    assert [one["InvoiceNumber"] for one in xero.invoices()] == [issued.number]


def test_going_on_follows_merges_and_drops_links_to_nothing(
    xero: Xero,
    connection: Connection,
    contacts: dict[str, Contact],
    alice: User,
    reconnect: Reconnect,
) -> None:
    disconnecting.disconnect(connection, by=alice)
    xero.act("add_contact", fields={"Name": "Kit Vane of Noosa"})
    xero.act("merge_contacts", **{"from": "Kit Vane", "into": "Kit Vane of Noosa"})
    # A restore of Xero's, or a demo company that began anew.
    gone = links.link_for(connection, Kind.CONTACT, contacts["Bo Lund"].pk)
    assert gone is not None
    connection.links.filter(pk=gone.pk).update(xero_id="no-such-contact")
    again = reconnect()
    assert told(again)["Contacts that are gone in Xero"] == ["Bo Lund"]
    assert review.go_on(again, by=alice)
    gone.refresh_from_db()
    assert gone.status == LinkStatus.FORMER
    sweep.catch_up(again.pk)
    moved = links.link_for(again, Kind.CONTACT, contacts["Kit Vane"].pk)
    assert moved is not None
    assert moved.xero_id == xero.contact("Kit Vane of Noosa")["ContactID"]


def test_a_paid_invoice_is_told_with_both_figures(
    xero: Xero,
    connection: Connection,
    invoice: Invoice,
    alice: User,
    reconnect: Reconnect,
    as_alice: Browser,
) -> None:
    disconnecting.disconnect(connection, by=alice)
    xero.act("pay_invoice", invoice=invoice.number, amount="50.00")
    assert told(reconnect()) == {"Invoices that were changed or paid in Xero": [invoice.number]}
    page = as_alice.get(PAGE).content.decode()
    assert "paid 50.00 there" in page


def test_edits_and_money_of_meanwhile_come_here_once_somebody_has_looked(
    xero: Xero,
    connection: Connection,
    contacts: dict[str, Contact],
    invoice: Invoice,
    alice: User,
    reconnect: Reconnect,
) -> None:
    disconnecting.disconnect(connection, by=alice)
    xero.act("edit_contact", contact="Lea Holm", fields={"FirstName": "Lea"})
    xero.act("pay_invoice", invoice=invoice.number, amount="50.00")
    again = reconnect()
    lea = contacts["Lea Holm"]
    lea.refresh_from_db()
    invoice.refresh_from_db()
    assert (lea.first_name, invoice.amount_paid) == ("", 0)
    assert review.go_on(again, by=alice)
    sweep.catch_up(again.pk)
    lea.refresh_from_db()
    invoice.refresh_from_db()
    assert (lea.first_name, invoice.amount_paid) == ("Lea", Decimal(50))


def test_two_links_that_became_one_in_xero_are_asked_about(
    xero: Xero,
    connection: Connection,
    contacts: dict[str, Contact],
    alice: User,
    reconnect: Reconnect,
) -> None:
    disconnecting.disconnect(connection, by=alice)
    xero.act("merge_contacts", **{"from": "Kit Vane", "into": "Rosa Reyes"})
    again = reconnect()
    assert review.go_on(again, by=alice)
    sweep.catch_up(again.pk)
    assert Question.objects.open().get().matter == "merged"


def test_nobody_goes_on_before_xero_was_read(
    xero: Xero,
    connection: Connection,
    contacts: Any,
    blue: Business,
    alice: User,
    as_alice: Browser,
) -> None:
    disconnecting.disconnect(connection, by=alice)
    again = making.connected(xero, blue, alice)
    assert not review.go_on(again, by=alice)
    as_alice.post(PAGE)
    again.refresh_from_db()
    assert again.is_under_review
    assert b"Read again" in as_alice.get(PAGE).content


def test_a_loss_during_the_review_does_not_skip_it(
    xero: Xero, connection: Connection, contacts: Any, blue: Business, alice: User
) -> None:
    disconnecting.disconnect(connection, by=alice)
    making.connected(xero, blue, alice)
    xero.act("disconnect")
    again = Connection.objects.get()
    jobs.run(jobs.start(again, JobKind.READ, by=alice).pk)
    again.refresh_from_db()
    assert again.status == ConnectionStatus.NEEDS_RECONNECT
    assert making.connected(xero, blue, alice).is_under_review


def test_another_organisation_is_refused_until_the_person_starts_afresh(
    xero: Xero, connection: Connection, contacts: Any, blue: Business, alice: User
) -> None:
    disconnecting.disconnect(connection, by=alice)
    other = xero.organisations[1]["id"]
    with pytest.raises(ConnectError) as caught:
        making.connected(xero, blue, alice, organisation=other)
    assert caught.value.code == "other_organisation"
    # Xero counts and bills connections: the refused one is given back.
    assert xero.state("identity")["identity"]["connections"] == []
    url = connect.authorise_url(blue, user=alice, afresh=True)
    afresh = connect.complete(xero.consent(url, organisation=other), user=alice)
    assert afresh.pk != connection.pk
    assert afresh.is_active
    assert afresh.contacts_open_at is None


def test_both_ways_back_stand_on_the_page(
    connection: Connection, contacts: Any, alice: User, as_alice: Browser
) -> None:
    disconnecting.disconnect(connection, by=alice)
    page = as_alice.get("/b/blue/xero/").content.decode()
    assert f"Reconnect {connection.organisation_name}" in page
    assert "Start afresh" in page
    # One way at a time: the set-up was finished long ago.
    assert "Set-up: step" not in page


def test_amounts_of_an_unchanged_invoice_are_no_change(
    xero: Xero, connection: Connection, invoice: Invoice, alice: User, reconnect: Reconnect
) -> None:
    assert invoice.total > Decimal(0)
    disconnecting.disconnect(connection, by=alice)
    assert told(reconnect()) == {}
