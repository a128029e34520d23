"""What is large, long or oddly spelt: within Xero's limits it goes, beyond them a person hears."""

import json

import pytest

from businesses.models import Business
from xero_integration import sweep
from xero_integration.linking import names
from xero_integration.models import Connection, OutboxStatus, SyncEntry
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero


@pytest.mark.parametrize(
    "name",
    ["José Ñandú 🏊", "O'Brien & Söhne", "Rosa\u00a0\u00a0Reyes", " Rosa  Reyes\t", "x" * 255],
)
def test_a_name_of_any_spelling_arrives_once_and_tidy(
    xero: Xero, connection: Connection, blue: Business, name: str
) -> None:
    contact = making.contact(blue, name)
    making.drain(connection)
    assert [one["Name"] for one in xero.contacts()] == [" ".join(name.split())]
    assert making.row(contact).status == OutboxStatus.DONE


def test_a_proposed_name_minds_no_case_and_no_accents(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    """As Xero's own comparison: else the proposal would be refused as well."""
    xero.act("add_contact", fields={"Name": "jose diaz"})
    making.contact(blue, "JOSÉ DÍAZ (noosa)")
    contact = making.contact(blue, "Jose Diaz", street_city="Noosa")
    making.drain(connection)
    assert making.row(contact).proposed_name == "Jose Diaz (Noosa 2)"


def test_a_proposal_that_was_refused_too_is_followed_by_the_next_not_by_a_longer_one(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    for name in ("Jose Diaz", "Jose Diaz (Noosa)", "Jose Diaz (Noosa 2)"):
        xero.act("add_contact", fields={"Name": name})
    contact = making.contact(blue, "Jose Diaz", street_city="Noosa")
    for _ in range(3):
        making.drain(connection)
        names.accept([making.row(contact)])
    making.drain(connection)
    assert xero.contact("Jose Diaz (Noosa 3)")["ContactNumber"] == f"PT-{contact.pk}"


def test_long_texts_within_our_own_columns_are_taken_by_xero(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue)
    for field in contact._meta.concrete_fields:
        prefix, _, part = field.name.partition("_")
        if prefix in {"postal", "street"} and part != "country":
            setattr(contact, field.name, "é" * field.max_length)
    contact.save()
    making.drain(connection)
    assert making.row(contact).status == OutboxStatus.DONE


@pytest.mark.parametrize("email", ["josé@example.com", "rosa@münchen.example"])
def test_an_address_that_xero_refuses_is_told_before_it_is_sent(
    xero: Xero, connection: Connection, blue: Business, email: str
) -> None:
    contact = making.contact(blue, email=email)
    making.drain(connection)
    row = making.row(contact)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "email_invalid")
    assert xero.writes("Contacts") == []


def test_a_batch_stays_below_the_size_xero_asks_for(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue)
    making.drain(connection)
    lines = [making.line(blue, "1", description="é" * 4000) for _ in range(60)]
    invoices = [making.invoice(contact, *lines) for _ in range(5)]
    making.drain(connection)
    assert {making.row(one).status for one in invoices} == {OutboxStatus.DONE}
    sizes = [len(json.dumps(one["body"])) for one in xero.writes("Invoices")]
    assert max(sizes) < 3_600_000
    assert not connection.batches.filter(status="split").exists()


def test_a_record_larger_than_any_call_goes_to_a_person_alone(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue)
    making.drain(connection)
    lines = [making.line(blue, "1", description="é" * 4000) for _ in range(500)]
    large, small = making.invoice(contact, *lines), making.invoice(contact)
    making.drain(connection)
    assert making.row(small).status == OutboxStatus.DONE
    assert (making.row(large).status, making.row(large).error_code) == ("parked", "too_large")


def test_the_sweep_leaves_alone_what_was_refused_since_its_last_change(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue)
    making.drain(connection)
    contact.email = "no-at-sign"
    contact.save()
    making.drain(connection)
    assert making.row(contact).status == OutboxStatus.PARKED
    sweep.sweep()
    sweep.sweep(thorough=True)
    making.drain(connection)
    assert making.row(contact).status == OutboxStatus.PARKED
    assert SyncEntry.objects.filter(object_id=contact.pk, outcome="failed").count() == 1
