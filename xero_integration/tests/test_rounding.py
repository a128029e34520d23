"""The rounding line: cents of Xero's own arithmetic, mended where the business allows it."""

from decimal import Decimal

import pytest

from businesses.models import Business
from contacts.models import Contact
from invoices import services
from invoices.models import Invoice
from xero_integration import outbox, pull
from xero_integration.client.api import Client
from xero_integration.models import (
    Connection,
    Kind,
    Lane,
    Link,
    OutboxStatus,
    Outcome,
    SyncEntry,
)
from xero_integration.sending import batches, prepare
from xero_integration.tests import making
from xero_integration.tests.simulator import Json, Xero
from xero_integration.tests.test_unclear import let_key_die, send_and_forget

D = Decimal


@pytest.fixture
def allowed(connection: Connection) -> Connection:
    connection.rounding_line = True
    connection.save()
    return connection


def a_cent_off(xero: Xero, business: Business, *, of: Contact | None = None) -> Invoice:
    """Return an invoice of 1,908.40 that Xero, as once seen, makes 1,908.39 of."""
    xero.control("switches", discount_rounding="truncate")
    line = making.line(business, "2120.44", discount_percent=D(10), percent=0)
    return making.invoice(of or making.contact(business), line)


def held(xero: Xero) -> Json:
    (found,) = xero.invoices()
    return found


def line_amounts(xero: Xero) -> list[float]:
    return [one["LineAmount"] for one in held(xero)["LineItems"]]


def edit(invoice: Invoice, *lines: services.LineData) -> None:
    data = services.InvoiceData(contact=invoice.contact, date=invoice.date, lines=lines)
    services.update(invoice, data=data)


def test_the_line_makes_xeros_total_ours(xero: Xero, allowed: Connection, blue: Business) -> None:
    invoice = a_cent_off(xero, blue)
    making.drain(allowed)
    assert D(str(held(xero)["Total"])) == invoice.total == D("1908.40")
    assert line_amounts(xero) == [1908.39, 0.01]
    rounding = held(xero)["LineItems"][1]
    account = allowed.accounts.get(system_account="ROUNDING")
    assert (rounding["AccountID"], rounding["TaxAmount"]) == (account.xero_id, 0)
    assert making.row(invoice).status == OutboxStatus.DONE


@pytest.mark.parametrize("tax_type", ["OUTPUT", "", "EXEMPTOUTPUT"])
@pytest.mark.parametrize("tax_mode", ["Exclusive", "Inclusive", "NoTax"])
def test_the_line_is_not_taxed_whatever_its_account_would_do(
    xero: Xero, allowed: Connection, blue: Business, tax_type: str, tax_mode: str
) -> None:
    xero.act("edit_account", account="860", tax_type=tax_type)
    pull.read_settings(allowed)
    xero.control("switches", discount_rounding="truncate")
    # Five cents: a tenth of it would be one more.
    lines = [making.line(blue, "2120.44", discount_percent=D(10), percent=0) for _ in range(5)]
    invoice = making.invoice(making.contact(blue), *lines, tax_mode=tax_mode)
    making.drain(allowed)
    line = held(xero)["LineItems"][-1]
    assert (line["Description"], line["LineAmount"], line["TaxAmount"]) == ("Rounding", 0.05, 0)
    assert D(str(held(xero)["Total"])) == invoice.total
    assert making.row(invoice).status == OutboxStatus.DONE


def test_where_it_would_be_taxed_there_is_no_line_and_a_person_sees_both_figures(
    xero: Xero, allowed: Connection, blue: Business
) -> None:
    xero.act("edit_account", account="860", tax_type="OUTPUT")
    pull.read_settings(allowed)
    allowed.xero_tax_rates.filter(tax_type="BASEXCLUDED").update(status="DELETED")
    invoice = a_cent_off(xero, blue)
    making.drain(allowed)
    assert line_amounts(xero) == [1908.39]
    assert making.row(invoice).error_code == "total_differs"


def test_the_log_says_what_was_done(xero: Xero, allowed: Connection, blue: Business) -> None:
    invoice = a_cent_off(xero, blue)
    making.drain(allowed)
    entries = SyncEntry.objects.filter(object_id=invoice.pk).order_by("pk")
    assert [one.outcome for one in entries] == [Outcome.DONE, Outcome.DONE]
    first, second = (one.message for one in entries)
    assert "Total here 1908.40" in first
    assert "in Xero 1908.39" in first
    assert "A rounding line of 0.01 follows" in first
    assert "a rounding line of 0.01" in second


def test_without_leave_a_person_is_asked(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    invoice = a_cent_off(xero, blue)
    making.drain(connection)
    row = making.row(invoice)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "total_differs")
    assert line_amounts(xero) == [1908.39]


def test_leave_given_later_sends_what_waited(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    invoice = a_cent_off(xero, blue)
    making.drain(connection)
    connection.rounding_line = True
    connection.save()
    outbox.retry([making.row(invoice)], by=None)
    making.drain(connection)
    assert making.row(invoice).status == OutboxStatus.DONE
    assert D(str(held(xero)["Total"])) == invoice.total


def test_more_than_five_cents_is_no_rounding(
    xero: Xero, allowed: Connection, blue: Business
) -> None:
    xero.control("switches", discount_rounding="truncate")
    lines = [making.line(blue, "2120.44", discount_percent=D(10), percent=0) for _ in range(6)]
    invoice = making.invoice(making.contact(blue), *lines)
    making.drain(allowed)
    assert making.row(invoice).error_code == "total_differs"
    assert len(held(xero)["LineItems"]) == 6


def test_the_line_stays_when_the_invoice_is_sent_again(
    xero: Xero, allowed: Connection, blue: Business
) -> None:
    invoice = a_cent_off(xero, blue)
    making.drain(allowed)
    line_id = held(xero)["LineItems"][1]["LineItemID"]
    kept = invoice.lines.get()
    more = making.line(blue, "50", percent=0)
    first = making.line(blue, "2120.44", discount_percent=D(10), percent=0, id=kept.pk)
    edit(invoice, first, more)
    making.drain(allowed)
    assert line_amounts(xero) == [1908.39, 50.0, 0.01]
    assert held(xero)["LineItems"][2]["LineItemID"] == line_id
    assert making.row(invoice).status == OutboxStatus.DONE


def test_the_line_goes_when_nothing_differs_any_more(
    xero: Xero, allowed: Connection, blue: Business
) -> None:
    invoice = a_cent_off(xero, blue)
    making.drain(allowed)
    edit(invoice, making.line(blue, "1900", percent=0))
    making.drain(allowed)
    assert line_amounts(xero) == [1900.0]
    assert making.row(invoice).status == OutboxStatus.DONE
    words = SyncEntry.objects.filter(object_id=invoice.pk).order_by("pk")[2].message
    assert "The rounding line is not needed any more and is taken out." in words


def test_a_difference_of_tax_is_made_up_for_in_the_total(
    xero: Xero, allowed: Connection, blue: Business
) -> None:
    xero.control("switches", rounding="half_even")
    invoice = making.invoice(making.contact(blue), making.line(blue, "0.45"))
    making.drain(allowed)
    assert (held(xero)["TotalTax"], D(str(held(xero)["Total"]))) == (0.04, invoice.total)
    assert making.row(invoice).status == OutboxStatus.DONE


def test_a_difference_of_tax_alone_goes_to_a_person(
    xero: Xero, allowed: Connection, blue: Business
) -> None:
    # Prices with tax: 0.03 at 20 % holds half a cent; the total is the same, no line mends that.
    xero.control("switches", rounding="half_even")
    making.give_rate(xero, allowed, D(20))
    line = making.line(blue, "0.03", percent=20)
    invoice = making.invoice(making.contact(blue), line, tax_mode="Inclusive")
    making.drain(allowed)
    assert D(str(held(xero)["Total"])) == invoice.total
    assert making.row(invoice).error_code == "total_differs"


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
def test_a_lost_answer_makes_no_second_line(
    xero: Xero, allowed: Connection, blue: Business, fault: str
) -> None:
    invoice = a_cent_off(xero, blue)
    xero.fault(fault, method="POST", path="Invoices")
    making.drain(allowed)
    making.make_due(allowed)
    making.drain(allowed)
    assert line_amounts(xero) == [1908.39, 0.01]
    assert making.row(invoice).status == OutboxStatus.DONE
    assert Link.objects.get(object_id=invoice.pk).remote["rounding"]["amount"] == "0.01"


@pytest.mark.parametrize("key_died", [False, True], ids=["key_alive", "key_dead"])
def test_a_worker_killed_after_xero_took_the_first_sending_leads_to_one_line(
    xero: Xero, allowed: Connection, blue: Business, key_died: bool
) -> None:
    contact = making.contact(blue)
    making.drain(allowed)
    invoice = a_cent_off(xero, blue, of=contact)
    with Client(allowed, lane=Lane.INTERACTIVE) as client:
        _, (batch,) = prepare.prepare(allowed, kind=Kind.INVOICE, lane=Lane.INTERACTIVE)
        batches.about_to_send(batch)
        send_and_forget(client, batch)
    making.let_leases_end(allowed)
    if key_died:
        let_key_die(xero, allowed)
    making.drain(allowed)
    assert line_amounts(xero) == [1908.39, 0.01]
    assert D(str(held(xero)["Total"])) == invoice.total
    assert making.row(invoice).status == OutboxStatus.DONE


@pytest.mark.parametrize("is_sent", [False, True], ids=["before_call", "after_remote_commit"])
@pytest.mark.parametrize("key_died", [False, True], ids=["key_alive", "key_dead"])
def test_a_worker_killed_with_the_line_in_hand_leads_to_one_line(
    xero: Xero, allowed: Connection, blue: Business, is_sent: bool, key_died: bool
) -> None:
    invoice = a_cent_off(xero, blue)
    xero.fault("500", method="POST", path="Invoices")
    making.drain(allowed)
    (batch,) = allowed.batches.filter(status="unclear")
    assert line_amounts(xero) == [1908.39]
    if is_sent:
        with Client(allowed, lane=Lane.INTERACTIVE) as client:
            send_and_forget(client, batch)
    if key_died:
        let_key_die(xero, allowed)
    making.make_due(allowed)
    making.drain(allowed)
    assert line_amounts(xero) == [1908.39, 0.01]
    assert making.row(invoice).status == OutboxStatus.DONE
