"""The reconciliation: finds what was planted, nothing else, and mends it or says why not."""

import csv
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from businesses.models import Business, User
from contacts.models import Contact
from invoices import services
from invoices.models import Invoice
from xero_integration import jobs, outbox, tasks
from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    Difference,
    DifferenceKind,
    DifferenceState,
    Job,
    JobKind,
    JobStatus,
    Kind,
    Link,
    Reconciliation,
)
from xero_integration.reconciliation import repair, run
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

PAGE = "/b/blue/xero/reconciliation/"


def compare(connection: Connection, **period: dt.date) -> Reconciliation:
    """Compare as a worker does, however often the job hands over."""
    today = timezone.localdate()
    period = {
        "first_day": today - dt.timedelta(days=30),
        "last_day": today + dt.timedelta(days=30),
        **period,
    }
    job = run.start(connection, by=None, **period)
    while job.status != JobStatus.DONE:
        Job.objects.update(lease_until=None)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.status != JobStatus.FAILED, job.error_message
    return connection.reconciliations.get(pk=job.cursor["reconciliation"])


def found(reconciliation: Reconciliation) -> dict[str, str]:
    """Return the open differences: kind by number."""
    rows = reconciliation.differences.filter(state=DifferenceState.OPEN)
    return dict(rows.values_list("number", "kind"))


def the_one(reconciliation: Reconciliation) -> Difference:
    return reconciliation.differences.select_related("reconciliation__connection__business").get()


def pay(invoice: Invoice, amount: str) -> None:
    services.record_payment(invoice, date=timezone.localdate(), amount=Decimal(amount))


def settle(connection: Connection) -> None:
    for _ in range(2):
        making.make_due(connection)
        making.drain(connection)


@pytest.fixture
def customer(connection: Connection, blue: Business) -> Contact:
    contact = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    return contact


@pytest.fixture
def send(connection: Connection, customer: Contact) -> Callable[..., Invoice]:
    """Return a function that issues an invoice and sends it."""

    def issue(**fields: Any) -> Invoice:
        invoice = making.invoice(customer, **fields)
        making.drain(connection)
        return invoice

    return issue


Send = Callable[..., Invoice]


def test_where_both_sides_agree_nothing_is_found(
    xero: Xero, connection: Connection, send: Send
) -> None:
    invoices = [send() for _ in range(3)]
    whole = compare(connection)
    assert found(whole) == {}
    total = sum(invoice.total for invoice in invoices)
    assert (whole.invoices_here, whole.invoices_there) == (3, 3)
    assert (whole.total_here, whole.total_there) == (total, total)


def test_a_voided_draft_of_either_side_and_what_was_left_out_are_no_differences(
    xero: Xero, connection: Connection, send: Send, customer: Contact, alice: User
) -> None:
    services.void(send(), by=alice)
    settle(connection)
    making.draft(customer)
    left_out = making.invoice(customer)
    outbox.exclude(connection.outbox.filter(object_id=left_out.pk), by=alice)
    early = making.invoice(customer, date=connection.send_from - dt.timedelta(days=1))
    whole = compare(connection, first_day=early.date)
    assert found(whole) == {}
    assert (whole.invoices_here, whole.total_difference) == (0, 0)


# --- each kind, and its repair ------------------------------------------------------------------


def test_one_that_never_arrived_is_sent(
    xero: Xero, connection: Connection, customer: Contact, alice: User
) -> None:
    invoice = making.invoice(customer)
    connection.outbox.filter(object_id=invoice.pk).delete()
    one = the_one(compare(connection))
    assert (one.kind, one.amount) == (DifferenceKind.MISSING, invoice.total)
    repair.repair(one, way="send", by=alice)
    settle(connection)
    assert found(compare(connection)) == {}


def test_one_that_is_there_and_not_linked_is_linked(
    xero: Xero, connection: Connection, send: Send, alice: User
) -> None:
    invoice = send()
    Link.objects.filter(object_id=invoice.pk).delete()
    one = the_one(compare(connection))
    assert one.kind == DifferenceKind.UNLINKED
    repair.repair(one, way="link", by=alice)
    settle(connection)
    assert found(compare(connection)) == {}
    assert len(xero.invoices()) == 1


def test_one_that_was_voided_in_xero_is_voided_here_and_never_sent_again(
    xero: Xero, connection: Connection, send: Send, alice: User
) -> None:
    invoice = send()
    xero.act("void_invoice", invoice=invoice.number)
    one = the_one(compare(connection))
    assert one.kind == DifferenceKind.GONE
    assert "brings a voided" in repair.forbids(one)
    with pytest.raises(repair.NotRepaired):
        repair.repair(one, way="send", by=alice)
    repair.repair(one, way="void_here", by=alice)
    invoice.refresh_from_db()
    assert invoice.is_void
    settle(connection)
    assert found(compare(connection)) == {}


def test_one_that_is_void_here_is_voided_there(
    xero: Xero, connection: Connection, send: Send, alice: User
) -> None:
    invoice = send()
    Invoice.objects.filter(pk=invoice.pk).update(status="void")
    one = the_one(compare(connection))
    assert one.kind == DifferenceKind.STANDS
    repair.repair(one, way="send", by=alice)
    settle(connection)
    assert found(compare(connection)) == {}


def test_a_paid_one_that_is_void_here_names_the_lawful_way(
    xero: Xero, connection: Connection, send: Send
) -> None:
    invoice = send()
    Invoice.objects.filter(pk=invoice.pk).update(status="void")
    xero.act("pay_invoice", invoice=invoice.number, amount="10.00")
    one = the_one(compare(connection))
    assert one.kind == DifferenceKind.STANDS
    assert repair.ways(one) == []
    assert "credit note" in repair.forbids(one)


def test_a_total_that_was_changed_in_xero_is_sent_again(
    xero: Xero, connection: Connection, send: Send, alice: User
) -> None:
    invoice = send()
    line = {"Description": "Dearer", "Quantity": 1, "UnitAmount": 500, "AccountCode": "200"}
    xero.act("edit_invoice", invoice=invoice.number, fields={"LineItems": [line]})
    one = the_one(compare(connection))
    assert one.kind == DifferenceKind.TOTAL
    assert one.amount == invoice.total - Decimal(one.there["total"])
    repair.repair(one, way="send", by=alice)
    settle(connection)
    assert found(compare(connection)) == {}


def test_a_total_of_a_paid_or_locked_invoice_names_the_lawful_way(
    xero: Xero, connection: Connection, send: Send
) -> None:
    invoice = send()
    Invoice.objects.filter(pk=invoice.pk).update(total=invoice.total + 1)
    one = the_one(compare(connection))
    assert [way.name for way in repair.ways(one)] == ["send"]
    xero.act("set_lock_dates", period=str(invoice.date))
    one = the_one(compare(connection))
    assert repair.ways(one) == []
    assert "closed" in repair.forbids(one)
    xero.act("set_lock_dates", period=None)
    xero.act("pay_invoice", invoice=invoice.number, amount="10.00")
    one = compare(connection).differences.get(kind=DifferenceKind.TOTAL)
    assert "once money is applied" in repair.forbids(one)


def test_money_that_xero_has_comes_here_by_itself(
    xero: Xero, connection: Connection, send: Send
) -> None:
    invoice = send()
    xero.act("pay_invoice", invoice=invoice.number, amount="60.00")
    assert found(compare(connection)) == {}
    invoice.refresh_from_db()
    assert invoice.amount_paid == Decimal("60.00")


def test_money_that_never_reached_xero_is_sent(
    xero: Xero, connection: Connection, send: Send, alice: User
) -> None:
    invoice = send()
    pay(invoice, "60.00")
    connection.outbox.filter(kind=Kind.PAYMENT).delete()
    one = the_one(compare(connection))
    assert (one.kind, one.amount) == (DifferenceKind.PAID, Decimal("60.00"))
    repair.repair(one, way="send_payments", by=alice)
    settle(connection)
    assert found(compare(connection)) == {}


def test_money_on_both_sides_names_the_way_out(
    xero: Xero, connection: Connection, send: Send
) -> None:
    invoice = send()
    pay(invoice, "100.00")
    connection.outbox.filter(kind=Kind.PAYMENT).delete()
    xero.act("pay_invoice", invoice=invoice.number)
    one = the_one(compare(connection))
    assert repair.ways(one) == []
    assert "reverse it on one" in repair.forbids(one)


def test_dates_go_either_way(xero: Xero, connection: Connection, send: Send, alice: User) -> None:
    ours, theirs = send(), send()
    later = ours.due_date + dt.timedelta(days=9)
    for invoice in (ours, theirs):
        xero.act("edit_invoice", invoice=invoice.number, fields={"DueDate": str(later)})
    whole = compare(connection)
    assert found(whole) == {ours.number: "dates", theirs.number: "dates"}
    rows = whole.differences.select_related("reconciliation__connection__business")
    repair.repair(rows.get(number=ours.number), way="send", by=alice)
    repair.repair(rows.get(number=theirs.number), way="take", by=alice)
    settle(connection)
    assert found(compare(connection)) == {}
    theirs.refresh_from_db()
    assert theirs.due_date == later
    assert xero.invoices()[0]["DueDateString"].startswith(str(ours.due_date))


def test_an_invoice_on_another_contact_moves_here_or_there(
    xero: Xero, connection: Connection, send: Send, blue: Business, alice: User
) -> None:
    invoice, other = send(), making.contact(blue, "Bo Lund")
    making.drain(connection)
    there = links.link_for(connection, Kind.CONTACT, other.pk)
    assert there is not None
    fields = {"Contact": {"ContactID": there.xero_id}}
    xero.act("edit_invoice", invoice=invoice.number, fields=fields)
    one = the_one(compare(connection))
    assert one.kind == DifferenceKind.CONTACT
    assert (one.here["contact"], one.there["contact"]) == ("Rosa Reyes", "Bo Lund")
    repair.repair(one, way="take", by=alice)
    invoice.refresh_from_db()
    assert invoice.contact == other
    settle(connection)
    assert found(compare(connection)) == {}


def test_a_number_that_was_changed_in_xero_goes_back(
    xero: Xero, connection: Connection, send: Send, alice: User
) -> None:
    invoice = send()
    xero.act("edit_invoice", invoice=invoice.number, fields={"InvoiceNumber": "X-1"})
    one = the_one(compare(connection))
    assert (one.kind, one.there["number"]) == (DifferenceKind.NUMBER, "X-1")
    repair.repair(one, way="send", by=alice)
    settle(connection)
    assert found(compare(connection)) == {}


def test_a_draft_in_xero_is_approved_by_sending(
    xero: Xero, connection: Connection, send: Send, alice: User
) -> None:
    Connection.objects.update(invoice_status="DRAFT")
    connection.refresh_from_db()
    invoice = send()
    assert found(compare(connection)) == {}
    Connection.objects.update(invoice_status="AUTHORISED")
    connection.refresh_from_db()
    one = the_one(compare(connection))
    assert (one.number, one.kind) == (invoice.number, DifferenceKind.STATUS)
    repair.repair(one, way="send", by=alice)
    settle(connection)
    assert found(compare(connection)) == {}


def test_one_that_only_xero_has_is_told_if_its_number_is_like_ours(
    xero: Xero, connection: Connection, send: Send
) -> None:
    invoice = send()
    Link.objects.filter(object_id=invoice.pk).delete()
    Invoice.objects.filter(pk=invoice.pk).update(number="INV-9999")
    assert found(compare(connection)) == {
        "INV-9999": DifferenceKind.MISSING,
        invoice.number: DifferenceKind.EXTRA,
    }


def test_one_that_xero_has_under_a_date_of_another_period_is_found_by_its_id(
    xero: Xero, connection: Connection, send: Send
) -> None:
    invoice = send()
    long_ago = invoice.date - dt.timedelta(days=200)
    xero.act("edit_invoice", invoice=invoice.number, fields={"Date": str(long_ago)})
    assert found(compare(connection)) == {invoice.number: DifferenceKind.DATES}


# --- many, and by night -------------------------------------------------------------------------


def test_what_was_accepted_stays_so_until_a_figure_changes(
    xero: Xero, connection: Connection, send: Send, alice: User
) -> None:
    invoice = send()
    for days in (5, 6):
        later = str(invoice.due_date + dt.timedelta(days=days))
        xero.act("edit_invoice", invoice=invoice.number, fields={"DueDate": later})
        assert found(compare(connection)) == {invoice.number: DifferenceKind.DATES}
        whole = connection.reconciliations.all()[0]
        repair.dismiss(the_one(whole), by=alice)
        assert found(compare(connection)) == {}


@pytest.mark.django_db(transaction=True)
def test_it_goes_on_at_its_page(
    xero: Xero, connection: Connection, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        send()
    monkeypatch.setattr("xero_integration.pull.PAGE_SIZE", 2)
    xero.fault("drop_before", path="Invoices", after=1)
    whole = compare(connection)
    assert (whole.invoices_there, found(whole)) == (5, {})
    assert connection.reconciliations.count() == 1


def test_each_night_and_kept_for_two_months(
    xero: Xero, connection: Connection, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "KEPT", 2)
    send()
    for _ in range(3):
        tasks.reconcile_nightly()
        jobs.run(connection.jobs.get(kind=JobKind.RECONCILE, status=JobStatus.QUEUED).pk)
    assert connection.reconciliations.exclude(finished_at=None).count() == 2


# --- the page -----------------------------------------------------------------------------------


def test_a_person_compares_looks_and_mends(
    xero: Xero, connection: Connection, send: Send, as_bob: Browser
) -> None:
    invoice = send()
    later = invoice.due_date + dt.timedelta(days=5)
    xero.act("edit_invoice", invoice=invoice.number, fields={"DueDate": str(later)})
    first, last = invoice.date - dt.timedelta(days=9), invoice.date
    as_bob.post(PAGE + "start/", {"first_day": str(first), "last_day": str(last)})
    assert b"Comparing invoices" in as_bob.get(PAGE).content
    jobs.run(connection.jobs.get(kind=JobKind.RECONCILE).pk)
    page = as_bob.get(PAGE).content.decode()
    assert "Dates differ" in page
    one = Difference.objects.get()
    as_bob.post(f"{PAGE}act/{one.pk}/", {"act": "take"})
    invoice.refresh_from_db()
    assert invoice.due_date == later
    assert b"dates were taken over" in as_bob.get(PAGE).content


def test_the_differences_are_a_file(
    xero: Xero, connection: Connection, send: Send, as_rita: Browser
) -> None:
    invoice = send()
    xero.act("void_invoice", invoice=invoice.number)
    whole = compare(connection)
    answer = as_rita.get(f"{PAGE}{whole.pk}/export/")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    (row,) = csv.DictReader(StringIO(text))
    assert (row["number"], row["difference"]) == (invoice.number, "Voided or deleted in Xero")
    assert (row["status here"], row["status in Xero"]) == ("Issued", "Voided")


def test_readers_look_and_change_nothing(
    xero: Xero, connection: Connection, send: Send, as_rita: Browser
) -> None:
    invoice = send()
    xero.act("void_invoice", invoice=invoice.number)
    whole = compare(connection)
    page = as_rita.get(PAGE).content.decode()
    assert invoice.number in page
    assert 'value="void_here"' not in page
    one = the_one(whole)
    assert as_rita.post(f"{PAGE}act/{one.pk}/", {"act": "void_here"}).status_code == 403


def test_a_stranger_finds_no_difference_of_another_business(
    xero: Xero, connection: Connection, send: Send, as_charlie: Browser
) -> None:
    invoice = send()
    xero.act("void_invoice", invoice=invoice.number)
    one = the_one(compare(connection))
    for slug in ("blue", "dry"):
        url = f"/b/{slug}/xero/reconciliation/act/{one.pk}/"
        assert as_charlie.post(url, {"act": "dismiss"}).status_code == 404
