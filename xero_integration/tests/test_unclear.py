"""Trouble between us and Xero: nothing is lost, nothing is there twice, whatever was unclear."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from businesses.models import Business
from contacts.models import Contact
from invoices import services
from invoices.models import Invoice, Product, TaxRate
from xero_integration import push
from xero_integration.client.api import Client
from xero_integration.linking import links
from xero_integration.mapping import product_links
from xero_integration.models import (
    BatchStatus,
    Connection,
    ConnectionStatus,
    Kind,
    Lane,
    OutboxStatus,
    Outcome,
    SyncEntry,
)
from xero_integration.sending import batches, prepare, settle
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

# Trouble after which the request may or may not have been carried out.
UNCLEAR = ["drop_before", "drop_after", "500", "503", "500_after", "truncate", "not_json"]
SLOW = ["timeout_before", "timeout_after"]


def everything_is_done(connection: Connection) -> bool:
    return set(connection.outbox.values_list("status", flat=True)) == {"done"}


@pytest.mark.parametrize("kind", UNCLEAR + SLOW)
@pytest.mark.parametrize("path", ["Contacts", "Invoices"])
def test_an_unclear_call_goes_again_with_the_same_key_and_body(
    xero: Xero, connection: Connection, blue: Business, kind: str, path: str
) -> None:
    xero.fault(kind, method="PUT", path=path)
    making.invoice(making.contact(blue))
    making.drain(connection)
    making.make_due(connection)
    making.drain(connection)
    assert (len(xero.contacts()), len(xero.invoices())) == (1, 1)
    assert everything_is_done(connection)
    keys = {one["idempotencyKey"] for one in xero.writes(path)}
    assert len(keys) == 1


@pytest.mark.parametrize("kind", ["drop_after", "500"])
def test_an_unclear_outcome_keeps_its_key_until_it_dies(
    xero: Xero, connection: Connection, blue: Business, settings: Any, kind: str
) -> None:
    # Due when the test says so, however slow the machine is.
    settings.XERO_BACKOFF_BASE = 60
    xero.fault(kind, method="PUT", path="Contacts", count=3)
    making.contact(blue)
    for _ in range(3):
        making.drain(connection)
        batch = connection.batches.get()
        assert batch.status == BatchStatus.UNCLEAR
        making.make_due(connection)
    assert batch.attempts == 3
    assert SyncEntry.objects.filter(outcome=Outcome.FAILED).count() == 0
    making.drain(connection)
    assert len(xero.contacts()) == 1
    assert connection.batches.get().attempts == 4


def test_after_the_key_died_what_arrived_is_adopted(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    xero.fault("drop_after", method="PUT", path="Contacts|Invoices", count=2)
    contacts = [making.contact(blue) for _ in range(3)]
    making.drain(connection)
    let_key_die(xero, connection)
    making.drain(connection)
    assert len(xero.contacts()) == 3
    assert {making.row(one).status for one in contacts} == {OutboxStatus.DONE}
    assert all(links.link_for(connection, Kind.CONTACT, one.pk) for one in contacts)
    assert connection.batches.get().status == BatchStatus.LOOKED_UP
    assert len(xero.writes("Contacts")) == 1

    invoices = [making.invoice(one) for one in contacts]
    making.drain(connection)
    let_key_die(xero, connection)
    making.drain(connection)
    assert len(xero.invoices()) == 3
    assert {making.row(one).status for one in invoices} == {OutboxStatus.DONE}
    assert len(xero.writes("Invoices")) == 1


def test_after_the_key_died_what_never_arrived_goes_with_a_new_key(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    xero.fault("drop_before", method="PUT", path="Contacts|Invoices", count=2)
    contact = making.contact(blue)
    making.drain(connection)
    let_key_die(xero, connection)
    making.drain(connection)
    invoice = making.invoice(contact)
    making.drain(connection)
    let_key_die(xero, connection)
    making.drain(connection)
    assert (len(xero.contacts()), len(xero.invoices())) == (1, 1)
    assert making.row(invoice).status == OutboxStatus.DONE


def test_an_unclear_update_is_made_again(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    xero.fault("drop_after", method="POST", path="Contacts")
    contact.first_name = "Rosa"
    contact.save()
    making.drain(connection)
    let_key_die(xero, connection)
    making.drain(connection)
    assert xero.contact("Rosa Reyes")["FirstName"] == "Rosa"
    assert everything_is_done(connection)


def test_a_look_up_that_fails_goes_on_where_it_was(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    xero.fault("drop_after", method="PUT", path="Contacts")
    for _ in range(4):
        making.contact(blue)
    making.drain(connection)
    let_key_die(xero, connection)
    xero.fault("503", method="GET", path="Contacts/PT-", after=2)
    making.drain(connection)
    settled = connection.batches.get().members.exclude(settled_at=None).count()
    assert settled == 2
    making.make_due(connection)
    making.drain(connection)
    assert (len(xero.contacts()), everything_is_done(connection)) == (4, True)


def test_an_error_kept_under_the_key_ends_in_a_look_up_and_a_new_key(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    xero.fault("500", method="PUT", path="Contacts", cached=True)
    making.contact(blue)
    for _ in range(2):
        making.drain(connection)
        making.make_due(connection)
    assert xero.contacts() == []
    let_key_die(xero, connection)
    making.drain(connection)
    assert len(xero.contacts()) == 1


def test_one_batch_that_xero_chokes_on_does_not_hold_up_the_others(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    xero.fault("500", method="PUT", path="Contacts", body="Choker", count=None)
    making.contact(blue, "Choker")
    making.drain(connection)
    making.make_due(connection)
    making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    assert [one["Name"] for one in xero.contacts()] == ["Rosa Reyes"]


def test_an_outage_leaves_everything_waiting(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    xero.fault("drop_before", path="api.xro", count=None)
    for _ in range(120):
        making.contact(blue)
    making.drain(connection)
    assert connection.outbox.filter(status=OutboxStatus.IN_FLIGHT).count() == 50
    assert connection.outbox.filter(status=OutboxStatus.WAITING).count() == 70
    xero.control("faults", replace=True)
    making.make_due(connection)
    making.drain(connection)
    assert (len(xero.contacts()), everything_is_done(connection)) == (120, True)


def test_xero_that_cannot_be_reached_costs_nothing_but_time(
    xero: Xero, connection: Connection, blue: Business, settings: pytest.FixtureRequest
) -> None:
    contact = making.contact(blue)
    api_url, settings.XERO_API_URL = settings.XERO_API_URL, "http://localhost:9"
    making.drain(connection)
    row = making.row(contact)
    assert (row.status, row.attempts) == (OutboxStatus.WAITING, 1)
    assert connection.batches.get().status == BatchStatus.RELEASED
    settings.XERO_API_URL = api_url
    making.make_due(connection)
    making.drain(connection)
    assert len(xero.contacts()) == 1


@pytest.mark.parametrize(("kind", "least"), [("429_minute", 1), ("429_day", 3600)])
def test_a_limit_pauses_the_organisation_as_long_as_xero_asks(
    xero: Xero, connection: Connection, blue: Business, kind: str, least: int
) -> None:
    xero.fault(kind, method="PUT", path="Contacts")
    contact = making.contact(blue)
    making.drain(connection)
    connection.refresh_from_db()
    assert connection.paused_until >= timezone.now() + dt.timedelta(seconds=least - 1)
    assert "limit" in connection.paused_reason
    row = making.row(contact)
    assert (row.status, row.attempts, xero.contacts()) == (OutboxStatus.WAITING, 0, [])

    calls = xero.state("calls")["calls"]["total"]
    making.drain(connection)
    assert xero.state("calls")["calls"]["total"] == calls
    making.make_due(connection)
    making.drain(connection)
    assert len(xero.contacts()) == 1


def test_too_many_at_once_waits_a_moment(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    xero.fault("429_concurrent", method="PUT", path="Contacts")
    making.contact(blue)
    making.drain(connection)
    connection.refresh_from_db()
    assert connection.paused_until < timezone.now() + dt.timedelta(seconds=5)


def test_a_limit_met_while_the_outcome_is_unclear_keeps_the_key(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    xero.fault("drop_after", method="PUT", path="Contacts")
    xero.fault("429_minute", method="PUT", path="Contacts")
    making.contact(blue)
    for _ in range(3):
        making.drain(connection)
        making.make_due(connection)
    assert len(xero.contacts()) == 1
    assert connection.batches.count() == 1
    assert everything_is_done(connection)


def test_an_expired_token_is_refreshed_once_and_the_call_repeated(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    calls = xero.counts()["token calls"]
    xero.fault("401_expired", method="PUT", path="Contacts")
    making.contact(blue)
    making.drain(connection)
    assert len(xero.contacts()) == 1
    assert xero.counts()["token calls"] == calls + 1


def test_a_disconnect_made_in_xero_stops_the_push_and_loses_nothing(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    xero.act("disconnect")
    contact = making.contact(blue)
    making.drain(connection)
    connection.refresh_from_db()
    assert connection.status == ConnectionStatus.NEEDS_RECONNECT
    row = making.row(contact)
    assert (row.status, row.attempts) == (OutboxStatus.WAITING, 0)


def test_a_body_xero_cannot_read_is_split_until_the_bad_row_stands_alone(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    for number in range(8):
        making.contact(blue, f"Customer {number}")
    _, (batch,) = prepare.prepare(connection, kind=Kind.CONTACT, lane=Lane.INTERACTIVE)
    # What no check of ours lets through: an element that is not even an object.
    elements = batches.elements_of(batch)
    broken = batch.body.replace(f'"{elements[3]["Name"]}"', '{"a": ["b"]}')
    connection.batches.update(body=broken)
    making.let_leases_end(connection)
    making.drain(connection)
    assert len(xero.contacts()) == 7
    assert connection.outbox.filter(status=OutboxStatus.PARKED).count() == 1
    assert connection.outbox.filter(status=OutboxStatus.DONE).count() == 7


# --- every crash point by name ------------------------------------------------------------------


@pytest.mark.parametrize("is_sent", [False, True], ids=["before_call", "after_remote_commit"])
@pytest.mark.parametrize("key_died", [False, True], ids=["key_alive", "key_dead"])
@pytest.mark.parametrize(
    "what",
    [
        *("contact", "item", "invoice", "contact_update", "void", "payment", "payment_reversal"),
        *("credit_note", "allocation"),
    ],
)
def test_a_worker_killed(
    xero: Xero, connection: Connection, blue: Business, what: str, is_sent: bool, key_died: bool
) -> None:
    """Killed before the call, or after Xero carried it out and before it was settled."""
    kind = set_up(connection, blue, what)
    with Client(connection, lane=Lane.INTERACTIVE) as client:
        _, (batch,) = prepare.prepare(connection, kind=kind, lane=Lane.INTERACTIVE)
        if is_sent:
            batches.about_to_send(batch)
            send_and_forget(client, batch)
    making.let_leases_end(connection)
    if key_died and is_sent:
        let_key_die(xero, connection)
    making.drain(connection)
    check(xero, what)
    assert everything_is_done(connection)


def set_up(connection: Connection, blue: Business, what: str) -> Kind:
    contact = making.contact(blue, "Rosa Reyes")
    if what == "contact":
        return Kind.CONTACT
    making.drain(connection)
    if what == "contact_update":
        Contact.objects.get(pk=contact.pk).save()
        contact.first_name = "Rosa"
        contact.save()
        return Kind.CONTACT
    if what == "item":
        product_links.send(connection, [_hose(blue).pk], by=None)
        return Kind.ITEM
    invoice = making.invoice(contact)
    if what == "void":
        making.drain(connection)
        making.void(invoice)
    if what.startswith("payment"):
        making.drain(connection)
        pay(connection, invoice, reverse=what == "payment_reversal")
        return Kind.PAYMENT
    if what in ("credit_note", "allocation"):
        making.drain(connection)
        return credit(connection, invoice, sent=what == "allocation")
    return Kind.INVOICE


def _hose(blue: Business) -> Product:
    rate = TaxRate.objects.get(business=blue, percent=10)
    return Product.objects.create(
        business=blue, code="HOSE", name="Hose", price="9.95", tax_rate=rate
    )


def credit(connection: Connection, invoice: Invoice, *, sent: bool) -> Kind:
    """Make a credit note; with `sent` it is in Xero, and not set against its invoice yet."""
    amounts = {line.pk: Decimal("50.00") for line in invoice.lines.all()}
    services.credit(invoice, amounts=amounts, date=timezone.localdate())
    if not sent:
        return Kind.CREDIT_NOTE
    with Client(connection, lane=Lane.INTERACTIVE) as client:
        _, (batch,) = prepare.prepare(connection, kind=Kind.CREDIT_NOTE, lane=Lane.INTERACTIVE)
        batches.about_to_send(batch)
        method, args, more = push.call_of(batch)
        answer = client.call(method, *args, idempotency_key=batch.idempotency_key, **more)
        settle.settle(batch, answer.data, status=answer.status, ms=answer.ms)
    return Kind.ALLOCATION


def pay(connection: Connection, invoice: Invoice, *, reverse: bool) -> None:
    day, amount = timezone.localdate(), Decimal("50.00")
    payment = services.record_payment(invoice, date=day, amount=amount)
    if reverse:
        making.drain(connection)
        services.reverse_payment(payment, by=None)


def send_and_forget(client: Client, batch: batches.Batch) -> None:
    method, args, more = push.call_of(batch)
    client.call(method, *args, idempotency_key=batch.idempotency_key, **more)


def check(xero: Xero, what: str) -> None:
    (contact,) = xero.contacts()
    invoices = xero.invoices()
    assert len(invoices) == (not what.startswith("contact") and what != "item")
    items = xero.state("items")["organisations"][0]["items"]
    assert sum(one["Code"] == "HOSE" for one in items) == (what == "item")
    if what.startswith("payment"):
        assert invoices[0]["AmountPaid"] == (50 if what == "payment" else 0)
    if what in ("credit_note", "allocation"):
        (note,) = xero.state("creditNotes")["organisations"][0]["creditNotes"]
        assert len(note["Allocations"]) == 1
        assert invoices[0]["AmountCredited"] == note["Total"] == 55
    if what == "contact_update":
        assert contact["FirstName"] == "Rosa"
    if what == "void":
        assert invoices[0]["Status"] == "VOIDED"


def let_key_die(xero: Xero, connection: Connection) -> None:
    """Let six minutes pass, here and there, and every wait be over."""
    xero.control("clock", advance=400)
    earlier = timezone.now() - dt.timedelta(seconds=400)
    connection.batches.exclude(first_sent_at=None).update(first_sent_at=earlier)
    making.make_due(connection)


def test_what_an_outage_kept_from_being_sent_is_free_at_once(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    """One claim may end in several calls; the first that fails ends the drain."""
    known = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    known.first_name = "Rosa"
    known.save()
    making.contact(blue, "Bo Lund")
    xero.fault("drop_before", method="PUT", path="Contacts")
    making.drain(connection)
    making.drain(connection)
    assert xero.contact("Rosa Reyes")["FirstName"] == "Rosa"
