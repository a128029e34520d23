"""Invoices, pushed to the simulator: sent to the cent, changed, voided, or kept here."""

from decimal import Decimal

import pytest

from businesses.models import Business, User
from invoices import services
from invoices.models import Invoice
from xero_integration import outbox
from xero_integration.models import (
    Connection,
    Kind,
    Link,
    OutboxStatus,
)
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero


def test_an_invoice_reaches_xero_after_its_contact(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue, "Rosa Reyes")
    invoice = making.invoice(
        contact,
        making.line(blue, "25.0625", quantity=Decimal(3)),
        making.line(blue, "10", percent=0, discount_percent=Decimal(10)),
        reference="Gate 4",
    )
    making.drain(connection)

    (found,) = xero.invoices()
    assert found["InvoiceNumber"] == invoice.number
    assert found["Contact"]["ContactID"] == xero.contact("Rosa Reyes")["ContactID"]
    assert found["Status"] == "AUTHORISED"
    assert Decimal(str(found["Total"])) == invoice.total
    assert found["LineItems"][0]["UnitAmount"] == 25.0625
    assert str(invoice.pk) in found["Url"]
    assert making.row(invoice).status == OutboxStatus.DONE
    assert len(Link.objects.get(object_id=invoice.pk).remote["lines"]) == 2


def test_inclusive_and_untaxed_invoices_come_to_the_same_total(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue)
    invoices = [
        making.invoice(contact, *(making.line(blue, "33.33") for _ in range(3)), tax_mode=mode)
        for mode in ("Inclusive", "NoTax", "Exclusive")
    ]
    making.drain(connection)
    in_xero = {one["InvoiceNumber"]: Decimal(str(one["Total"])) for one in xero.invoices()}
    assert in_xero == {invoice.number: invoice.total for invoice in invoices}
    assert {making.row(invoice).status for invoice in invoices} == {OutboxStatus.DONE}


@pytest.mark.parametrize(
    ("name", "reading", "price", "discount"),
    [
        ("discount_rounding", "truncate", "2120.44", 10),
        ("discount_rounding", "subtract", "0.01", 50),
        ("rounding", "half_even", "0.45", 0),
    ],
)
def test_a_total_that_differs_by_a_cent_is_never_accepted(
    xero: Xero,
    connection: Connection,
    blue: Business,
    name: str,
    reading: str,
    price: str,
    discount: int,
) -> None:
    before = xero.state("switches")["switches"][name]
    xero.control("switches", **{name: reading})
    invoice = making.invoice(
        making.contact(blue), making.line(blue, price, discount_percent=Decimal(discount))
    )
    making.drain(connection)
    row = making.row(invoice)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "total_differs")
    assert f"{invoice.total:.2f}" in row.error_message
    assert f"{xero.invoices()[0]['Total']:.2f}" in row.error_message
    # It is linked, so a retry updates it and never makes a second.
    xero.control("switches", **{name: before})
    outbox.retry([row], by=None)
    making.drain(connection)
    assert len(xero.invoices()) == 1
    assert making.row(invoice).status == OutboxStatus.DONE


def test_an_issued_invoice_that_changes_replaces_its_lines(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    invoice = making.invoice(making.contact(blue), making.line(blue, "100"), making.line(blue, "7"))
    making.drain(connection)
    kept = invoice.lines.order_by("position")[0]
    ids_before = {one["LineItemID"] for one in xero.invoices()[0]["LineItems"]}
    lines = (making.line(blue, "120", id=kept.pk), making.line(blue, "5"))
    services.update(
        invoice,
        data=services.InvoiceData(contact=invoice.contact, date=invoice.date, lines=lines),
    )
    making.drain(connection)
    (found,) = xero.invoices()
    assert [one["UnitAmount"] for one in found["LineItems"]] == [120, 5]
    assert len(ids_before & {one["LineItemID"] for one in found["LineItems"]}) == 1
    assert Decimal(str(found["Total"])) == Invoice.objects.get(pk=invoice.pk).total


def test_a_voided_invoice_is_voided_in_xero(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    services.void(invoice, by=alice)
    making.drain(connection)
    assert [one["Status"] for one in xero.invoices()] == ["VOIDED"]
    assert making.row(invoice).status == OutboxStatus.DONE


def test_a_sent_draft_is_deleted_in_xero(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    connection.invoice_status = "DRAFT"
    connection.save()
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    services.void(invoice, by=alice)
    making.drain(connection)
    assert [one["Status"] for one in xero.invoices()] == ["DELETED"]


def test_a_sent_draft_that_was_approved_in_xero_is_voided_there(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    connection.invoice_status = "DRAFT"
    connection.save()
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    xero.act("edit_invoice", invoice=invoice.number, fields={"Status": "AUTHORISED"})
    services.void(invoice, by=alice)
    making.drain(connection)
    assert [one["Status"] for one in xero.invoices()] == ["VOIDED"]
    assert making.row(invoice).status == OutboxStatus.DONE


def test_an_invoice_voided_before_it_was_sent_stays_out(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    invoice = making.invoice(making.contact(blue))
    services.void(invoice, by=alice)
    making.drain(connection)
    assert xero.invoices() == []
    assert making.row(invoice).status == OutboxStatus.DONE


def test_drafts_stay_here(xero: Xero, connection: Connection, blue: Business) -> None:
    making.draft(making.contact(blue))
    making.drain(connection)
    assert xero.invoices() == []
    assert not connection.outbox.filter(kind=Kind.INVOICE).exists()


def test_an_account_archived_in_xero_parks_the_invoice_with_xeros_words(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    code = connection.category_accounts.get().account.code
    xero.act("archive_account", account=code)
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    row = making.row(invoice)
    assert row.status == OutboxStatus.PARKED
    assert "account" in row.error_code
    assert row.error_message


def test_a_number_taken_by_somebody_elses_invoice_goes_to_a_person(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue)
    first = making.invoice(contact)
    making.drain(connection)
    # The same number as if another app had used it: our link and our Url are not on it.
    Link.objects.filter(object_id=first.pk).delete()
    Invoice.objects.filter(pk=first.pk).update(number="OTHER-1")
    outbox.exclude([making.row(first)], by=None)
    second = making.invoice(contact)
    Invoice.objects.filter(pk=second.pk).update(number=xero.invoices()[0]["InvoiceNumber"])
    making.drain(connection)
    row = making.row(second)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "number_taken")
    assert len(xero.invoices()) == 1


def test_an_invoice_in_another_currency_is_not_sent(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    invoice = making.draft(making.contact(blue))
    Invoice.objects.filter(pk=invoice.pk).update(currency="NZD")
    invoice.refresh_from_db()
    services.issue(invoice, by=None)
    making.drain(connection)
    assert making.row(invoice).error_code == "currency_differs"
    assert xero.invoices() == []
