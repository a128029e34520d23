"""Where Xero's behaviour is not proven the engine ends with the same contents under each reading.

The switches are the simulator's (docs/simulators.md); those of webhooks, tokens, rounding and
phones are met in the tests of their subjects.
"""

import json
from decimal import Decimal
from typing import Any

import pytest

from businesses.models import Business
from contacts.models import Contact
from invoices.models import Invoice
from xero_integration.linking import names
from xero_integration.models import Batch, Connection, Kind, Link, OutboxStatus
from xero_integration.reading import chart, events
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero
from xero_integration.tests.soak.postbox import Postbox
from xero_integration.tests.webhooks import KEY, deliver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rosa(connection: Connection, blue: Business) -> Contact:
    contact = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    return contact


@pytest.fixture
def invoice(connection: Connection, rosa: Contact) -> Invoice:
    made = making.invoice(rosa)
    making.drain(connection)
    return made


def links(kind: Kind) -> int:
    return Link.objects.current().filter(kind=kind).count()


@pytest.mark.parametrize("value", ["text", "json"])
def test_key_refusal_leads_to_a_look_and_nothing_is_made_twice(
    xero: Xero, connection: Connection, blue: Business, value: str
) -> None:
    """The key is known to Xero with another body: as after a restore of an older state here."""
    xero.control("switches", key_refusal=value)
    contact = making.contact(blue, "Rosa Reyes")
    xero.fault("drop_after", method="PUT", path="Contacts")
    making.drain(connection)
    batch = Batch.objects.get()
    body = json.loads(batch.body)
    body["Contacts"][0]["FirstName"] = "Rosa"
    Batch.objects.update(body=json.dumps(body))
    for _ in range(3):
        making.make_due(connection)
        making.drain(connection)
    assert [one["Name"] for one in xero.contacts()] == ["Rosa Reyes"]
    assert making.row(contact).status == OutboxStatus.DONE
    assert links(Kind.CONTACT) == 1
    refused = [one for one in xero.writes("Contacts") if one["status"] == 400]
    assert len(refused) == 1


@pytest.mark.parametrize("value", [True, False])
def test_money_is_found_whether_or_not_xero_tells_of_its_invoice(
    xero: Xero, connection: Connection, invoice: Invoice, settings: Any, value: bool
) -> None:
    settings.XERO_WEBHOOK_KEY = KEY
    xero.control("switches", money_tells_invoice=value)
    with Postbox() as postbox:
        xero.control("webhooks", url=postbox.url, key=KEY)
        xero.control("clock", advance=1)
        xero.act("pay_invoice", invoice=invoice.number, amount="60.00")
        told = postbox.empty(xero)
        xero.control("webhooks", url="")
    assert bool(told) is value
    if told:
        deliver(connection, *told)
        invoice.refresh_from_db()
        assert invoice.amount_paid == Decimal("60.00")
    making.poll(connection)
    events.take(connection.pk)
    assert [one.amount for one in invoice.payments.all()] == [Decimal("60.00")]
    assert links(Kind.PAYMENT) == 1
    writes = len(xero.writes())
    making.sweep_and_drain(connection)
    assert len(xero.writes()) == writes


@pytest.mark.parametrize("value", [True, False])
def test_the_apps_own_minute_is_waited_for_with_or_without_a_time(
    xero: Xero, connection: Connection, blue: Business, value: bool
) -> None:
    xero.control("switches", app_minute_waits=value)
    xero.control("limits", app_minute=1, minute_seconds=1)
    contacts = [making.contact(blue, f"Person {number}") for number in range(3)]
    invoices = [making.invoice(contact) for contact in contacts]
    met = 0
    for _ in range(40):
        making.make_due(connection)
        making.drain(Connection.objects.get())
        paused = Connection.objects.get().paused_until is not None
        met += paused or connection.outbox.exclude(status=OutboxStatus.DONE).exists()
        if links(Kind.INVOICE) == 3:
            break
        xero.control("clock", advance=1)
    assert met
    assert sorted(one["Name"] for one in xero.contacts()) == [one.name for one in contacts]
    numbers = sorted(one["InvoiceNumber"] for one in xero.invoices())
    assert numbers == [one.number for one in invoices]
    assert not connection.outbox.filter(status=OutboxStatus.PARKED).exists()


@pytest.mark.parametrize("value", ["ignore", "exact"])
def test_a_name_in_other_letters_changes_and_a_second_one_goes_either_way(
    xero: Xero, connection: Connection, blue: Business, rosa: Contact, value: str
) -> None:
    xero.control("switches", name_case=value)
    rosa.name = "ROSA REYES"
    rosa.save()
    making.drain(connection)
    assert [one["Name"] for one in xero.contacts()] == ["ROSA REYES"]
    other = making.contact(blue, "Rosa Reyes", street_city="Noosa")
    making.drain(connection)
    if making.row(other).status == OutboxStatus.PARKED:
        assert making.row(other).error_code == "name_taken"
        names.accept([making.row(other)])
        making.drain(connection)
    assert (value == "exact") is (Contact.objects.get(pk=other.pk).name == "Rosa Reyes")
    there = {one["Name"] for one in xero.contacts()}
    assert there == set(blue.contacts.values_list("name", flat=True))
    assert links(Kind.CONTACT) == len(xero.contacts()) == 2


@pytest.mark.parametrize("value", ["document", "line"])
def test_what_is_wrong_with_a_line_is_understood_wherever_xero_says_it(
    xero: Xero, connection: Connection, rosa: Contact, value: str
) -> None:
    xero.control("switches", line_errors=value)
    account = connection.category_accounts.get().account
    good, bad = making.invoice(rosa), making.invoice(rosa)
    making.drain(connection)
    xero.act("archive_account", account=account.xero_id)
    late = making.invoice(rosa)
    making.drain(connection)
    row = making.row(late)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "account_archived")
    assert account.code in row.error_message
    xero.act("restore_account", account=account.xero_id)
    assert chart.read(connection) == 1
    making.drain(connection)
    numbers = sorted(one["InvoiceNumber"] for one in xero.invoices())
    assert numbers == [one.number for one in (good, bad, late)]
    assert links(Kind.INVOICE) == 3
