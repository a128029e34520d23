"""Credit notes made here: in Xero once, set against their invoice once, and known as ours."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from businesses.models import Business
from invoices import services
from invoices.models import CreditNote, Invoice, Payment
from xero_integration.linking import links
from xero_integration.models import Connection, Kind, OutboxRow, OutboxStatus
from xero_integration.payments import receipts
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

pytestmark = pytest.mark.django_db(transaction=True)

PATHS = ["CreditNotes$|CreditNotes\\?", "Allocations"]


@pytest.fixture
def invoice(xero: Xero, connection: Connection, blue: Business) -> Invoice:
    lines = (making.line(blue, "25.06"), making.line(blue, "20", percent=0))
    made = making.invoice(making.contact(blue, "Rosa Reyes"), *lines)
    making.drain(connection)
    return made


def credit(invoice: Invoice, *amounts: str) -> CreditNote:
    lines = list(invoice.lines.all())
    chosen = {one.pk: Decimal(amount) for one, amount in zip(lines, amounts, strict=False)}
    day = timezone.localdate()
    return services.credit(invoice, amounts=chosen, date=day, reason="Not done")


def there(xero: Xero) -> list[dict[str, Any]]:
    return list(xero.state("creditNotes")["organisations"][0]["creditNotes"])


def statuses(connection: Connection) -> dict[str, str]:
    rows = connection.outbox.filter(kind__in=(Kind.CREDIT_NOTE, Kind.ALLOCATION))
    return dict(rows.values_list("kind", "status"))


DONE = {"credit_note": OutboxStatus.DONE, "allocation": OutboxStatus.DONE}


def is_there_once(xero: Xero, connection: Connection, note: CreditNote) -> None:
    (one,) = there(xero)
    assert one["CreditNoteNumber"] == note.number
    assert one["Total"] == float(note.total)
    assert one["RemainingCredit"] == 0
    assert len(one["Allocations"]) == 1
    invoice = next(x for x in xero.invoices() if x["InvoiceNumber"] == note.invoice.number)
    assert invoice["AmountCredited"] == float(note.total)
    assert statuses(connection) == DONE
    assert links.link_for(connection, Kind.CREDIT_NOTE, note.pk) is not None


def test_a_note_is_made_and_set_against_its_invoice(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    note = credit(invoice, "5.06", "20.00")
    making.drain(connection)
    is_there_once(xero, connection, note)
    assert there(xero)[0]["Reference"].startswith("Not done PT-")
    assert xero.invoices()[0]["AmountDue"] == float(invoice.total - note.total)


def test_its_echo_and_the_sweep_change_nothing(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    note = credit(invoice, "5.06")
    making.drain(connection)
    writes = len(xero.writes())
    making.poll(connection, Kind.INVOICE)
    making.sweep_and_drain(connection)
    assert list(Payment.objects.all()) == [note.payment]
    invoice.refresh_from_db()
    assert invoice.amount_due == invoice.total - note.total
    assert len(xero.writes()) == writes


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "500", "truncate", "not_json"])
@pytest.mark.parametrize("path", PATHS)
def test_a_lost_answer_makes_none_twice(
    xero: Xero, connection: Connection, invoice: Invoice, kind: str, path: str
) -> None:
    note = credit(invoice, "5.06")
    xero.fault(kind, method="PUT", path=path)
    making.drain(connection)
    making.make_due(connection)
    making.drain(connection)
    is_there_once(xero, connection, note)


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
@pytest.mark.parametrize("path", PATHS)
def test_once_its_key_has_died_xero_is_looked_at_first(
    xero: Xero, connection: Connection, invoice: Invoice, path: str, kind: str
) -> None:
    note = credit(invoice, "5.06")
    xero.fault(kind, method="PUT", path=path)
    making.drain(connection)
    # Its effect is read before it is settled: it must not come here as somebody's else.
    making.poll(connection, Kind.INVOICE)
    long_ago = timezone.now() - dt.timedelta(seconds=600)
    connection.batches.filter(settled_at=None).update(first_sent_at=long_ago, not_before=None)
    making.drain(connection)
    making.make_due(connection)
    making.drain(connection)
    is_there_once(xero, connection, note)
    making.poll(connection, Kind.INVOICE)
    assert list(Payment.objects.all()) == [note.payment]


def test_a_signal_that_was_missed_the_sweep_makes_good(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    note = credit(invoice, "5.06")
    OutboxRow.objects.filter(kind=Kind.CREDIT_NOTE).delete()
    making.sweep_and_drain(connection)
    # Setting it against the invoice is what a person waits for, in the other lane.
    making.drain(connection)
    is_there_once(xero, connection, note)


def test_a_note_waits_for_its_invoice(xero: Xero, connection: Connection, blue: Business) -> None:
    invoice = making.invoice(making.contact(blue))
    note = credit(invoice, "50.00")
    making.drain(connection)
    making.make_due(connection)
    making.drain(connection)
    is_there_once(xero, connection, note)


def test_a_note_of_an_invoice_that_stays_out_stays_out_too(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    invoice = making.invoice(making.contact(blue), date=dt.date(2020, 1, 1))
    credit(invoice, "50.00")
    making.sweep_and_drain(connection)
    assert there(xero) == []


def test_a_draft_takes_its_credit_once_it_is_approved(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    Connection.objects.update(invoice_status="DRAFT")
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    note = credit(invoice, "50.00")
    making.drain(connection)
    row = OutboxRow.objects.get(kind=Kind.ALLOCATION)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "payment_not_approved")
    xero.act("edit_invoice", invoice=invoice.number, fields={"Status": "AUTHORISED"})
    making.poll(connection, Kind.INVOICE)
    making.drain(connection)
    is_there_once(xero, connection, note)


def test_another_note_of_that_number_is_never_adopted(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    first = credit(invoice, "5.06")
    making.drain(connection)
    OutboxRow.objects.filter(kind__in=(Kind.CREDIT_NOTE, Kind.ALLOCATION)).delete()
    connection.links.exclude(kind__in=(Kind.CONTACT, Kind.INVOICE)).delete()
    CreditNote.objects.filter(pk=first.pk).delete()
    Payment.objects.all().delete()
    invoice.refresh_from_db()
    Invoice.objects.filter(pk=invoice.pk).update(amount_paid=0)
    xero.fault("drop_before", method="PUT", path="CreditNotes")
    second = credit(invoice, "5.06")
    assert second.number == first.number
    making.drain(connection)
    long_ago = timezone.now() - dt.timedelta(seconds=600)
    connection.batches.filter(settled_at=None).update(first_sent_at=long_ago, not_before=None)
    making.drain(connection)
    row = OutboxRow.objects.get(kind=Kind.CREDIT_NOTE)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "credit_note_number_taken")
    assert len(there(xero)) == 1


def test_taken_back_in_xero_it_is_taken_back_here(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    note = credit(invoice, "5.06")
    making.drain(connection)
    made = links.link_for(connection, Kind.INVOICE, invoice.pk)
    assert made is not None
    element = {"InvoiceID": made.xero_id, "Status": "AUTHORISED", "Payments": []}
    later = timezone.now() + dt.timedelta(seconds=1)
    receipts.take_in(connection, [element], as_of=later)
    note.payment.refresh_from_db()
    assert note.payment.is_reversed
    writes = len(xero.writes())
    making.sweep_and_drain(connection)
    assert len(xero.writes()) == writes


def test_a_note_made_in_xero_shows_its_number_here(
    xero: Xero, connection: Connection, invoice: Invoice
) -> None:
    made = links.link_for(connection, Kind.INVOICE, invoice.pk)
    assert made is not None
    note = {"CreditNoteID": "0f6c5dbd-3f6f-4a5e-9f3c-1d1f7c3f4a11", "CreditNoteNumber": "CN-9"}
    element = {
        "InvoiceID": made.xero_id,
        "Status": "AUTHORISED",
        "CreditNotes": [{**note, "AppliedAmount": 4.0, "Date": "/Date(1795737600000+0000)/"}],
    }
    receipts.take_in(connection, [element], as_of=timezone.now())
    payment = Payment.objects.get()
    assert (payment.get_method_display(), payment.reference) == ("Credit", "CN-9")
