"""Invoices that were changed, voided or deleted in Xero after they were sent."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from businesses.models import Business
from invoices import services
from invoices.models import Invoice
from invoices.services import InvoiceData
from xero_integration import pull, sweep
from xero_integration.both_sides import invoice_edits
from xero_integration.client.api import Client as Api
from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    InvoiceMatter,
    InvoiceQuestion,
    Kind,
    Lane,
    OutboxStatus,
    QuestionStatus,
)
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/b/blue/xero/questions/invoices/"


@pytest.fixture
def sent(xero: Xero, connection: Connection, blue: Business) -> Invoice:
    """An invoice of two lines that Xero has."""
    contact = making.contact(blue, "Rosa Reyes")
    lines = (making.line(blue, "99.1234"), making.line(blue, "20", description="Chlorine"))
    made = making.invoice(contact, *lines, reference="Back yard")
    making.drain(connection)
    assert making.row(made).status == OutboxStatus.DONE
    return made


def edit(xero: Xero, invoice: Invoice, **fields: Any) -> None:
    xero.act("edit_invoice", invoice=invoice.number, fields=fields)


def lines_there(xero: Xero) -> list[dict[str, Any]]:
    return list(xero.invoices()[0]["LineItems"])


def read(connection: Connection) -> None:
    making.poll(connection, Kind.INVOICE)


def asked() -> list[InvoiceQuestion]:
    return list(InvoiceQuestion.objects.filter(status=QuestionStatus.OPEN))


def writes(xero: Xero) -> int:
    return len(xero.writes())


# --- gone there -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["AUTHORISED", "DRAFT"])
def test_what_is_voided_or_deleted_there_is_void_here_and_nothing_goes_back(
    xero: Xero, connection: Connection, blue: Business, status: str
) -> None:
    Connection.objects.update(invoice_status=status)
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    gone = {"AUTHORISED": "VOIDED", "DRAFT": "DELETED"}[status]
    edit(xero, invoice, Status=gone)
    before = writes(xero)
    read(connection)
    invoice.refresh_from_db()
    assert invoice.is_void
    making.sweep_and_drain(connection)
    read(connection)
    assert writes(xero) == before
    told = connection.entries.get(object_id=invoice.pk, action="void")
    assert (told.direction, told.outcome) == ("from_xero", "done")
    assert making.row(invoice).status == OutboxStatus.DONE


def test_one_with_a_payment_here_is_asked_about(
    xero: Xero, connection: Connection, sent: Invoice, as_bob: Client
) -> None:
    connection.payment_accounts.all().delete()
    services.record_payment(sent, date=sent.date, amount=Decimal(5))
    making.drain(connection)
    edit(xero, sent, Status="VOIDED")
    read(connection)
    sent.refresh_from_db()
    assert sent.is_issued
    (question,) = asked()
    assert question.matter == InvoiceMatter.GONE
    choose(as_bob, question, "void")
    sent.refresh_from_db()
    assert sent.is_void
    assert sent.amount_paid == 0
    before = writes(xero)
    making.sweep_and_drain(connection)
    assert writes(xero) == before


def test_money_taken_back_there_before_it_was_voided_keeps_nothing(
    xero: Xero, connection: Connection, sent: Invoice
) -> None:
    services.record_payment(sent, date=sent.date, amount=Decimal(5))
    making.drain(connection)
    xero.act("remove_payments", invoice=sent.number)
    read(connection)
    edit(xero, sent, Status="VOIDED")
    read(connection)
    sent.refresh_from_db()
    assert sent.is_void


def test_one_that_was_changed_here_meanwhile_is_asked_about(
    xero: Xero, connection: Connection, sent: Invoice
) -> None:
    change(sent, reference="Front yard")
    edit(xero, sent, Status="VOIDED")
    before = writes(xero)
    making.drain(connection)
    sent.refresh_from_db()
    assert sent.is_issued
    assert [one.matter for one in asked()] == [InvoiceMatter.GONE]
    assert making.row(sent).error_code == "gone_in_xero"
    assert writes(xero) == before


# --- changed there --------------------------------------------------------------------------------


def change(invoice: Invoice, **fields: Any) -> None:
    """Change an issued invoice as its page does."""
    invoice.refresh_from_db()
    data: dict[str, Any] = {
        "contact": invoice.contact,
        "date": invoice.date,
        "due_date": invoice.due_date,
        "reference": invoice.reference,
        "lines": [
            services.LineData(
                id=one.pk,
                description=one.description,
                quantity=one.quantity,
                unit_price=one.unit_price,
                tax_rate=one.tax_rate,
            )
            for one in invoice.lines.select_related("tax_rate")
        ],
    }
    services.update(invoice, data=InvoiceData(**{**data, **fields}))


def page_of(question: InvoiceQuestion) -> str:
    return reverse("xero:invoice_question", args=["blue", question.pk])


def choose(browser: Client, question: InvoiceQuestion, act: str, version: str = "") -> Any:
    url = page_of(question)
    version = version or browser.get(url).context["form"].present
    return browser.post(url, {"act": act, "version": version})


def dearer(xero: Xero, sent: Invoice) -> None:
    """Somebody in Xero raises the price of the second line."""
    first, second = lines_there(xero)
    sums = {"UnitAmount": 30, "LineAmount": 30, "TaxAmount": 3}
    edit(xero, sent, LineItems=[first, {**second, **sums}])


def test_our_own_writes_and_the_money_of_others_are_no_news(
    xero: Xero, connection: Connection, sent: Invoice
) -> None:
    xero.act("pay_invoice", invoice=sent.number, amount="10.00")
    read(connection)
    change(making.invoice(sent.contact), reference="x")
    making.drain(connection)
    read(connection)
    assert asked() == []


def test_what_was_read_before_our_own_push_is_no_edit(
    xero: Xero, connection: Connection, sent: Invoice
) -> None:
    """A slow reader comes after the answer to a push that was made meanwhile."""
    with Api(connection, lane=Lane.BULK) as client:
        before = client.call("get_invoices", page=1, page_size=100, unitdp=4)
    change(sent, reference="Front yard")
    making.drain(connection)
    rows = pull.invoice_rows(connection, before.elements("Invoices"))
    assert rows[0].reference == "Back yard"
    invoice_edits.bring(connection, rows)
    assert asked() == []


def test_an_edit_there_is_asked_about_once_and_moves_nothing(
    xero: Xero, connection: Connection, sent: Invoice, as_bob: Client
) -> None:
    dearer(xero, sent)
    before, total = writes(xero), sent.total
    for _ in range(2):
        read(connection)
    making.sweep_and_drain(connection)
    sent.refresh_from_db()
    assert (sent.total, writes(xero)) == (total, before)
    (question,) = asked()
    for url in (LIST, sent.get_absolute_url()):
        assert page_of(question) in as_bob.get(url).content.decode()
    shown = as_bob.get(page_of(question)).content.decode()
    assert "1 at 20.00" in shown
    assert "1 at 30.00" in shown


def test_taking_theirs_brings_ours_to_it_and_sends_nothing(
    xero: Xero, connection: Connection, sent: Invoice, as_bob: Client
) -> None:
    dearer(xero, sent)
    edit(xero, sent, Reference="PO 7", DueDate="2027-03-04")
    read(connection)
    (question,) = asked()
    before = writes(xero)
    choose(as_bob, question, "theirs")
    sent.refresh_from_db()
    assert [one.unit_price for one in sent.lines.all()] == [Decimal("99.1234"), Decimal(30)]
    assert (sent.reference, str(sent.due_date)) == ("PO 7", "2027-03-04")
    assert float(sent.total) == xero.invoices()[0]["Total"]
    making.sweep_and_drain(connection)
    read(connection)
    assert writes(xero) == before
    assert asked() == []


def test_keeping_ours_sends_it_again(
    xero: Xero, connection: Connection, sent: Invoice, as_bob: Client
) -> None:
    dearer(xero, sent)
    read(connection)
    (question,) = asked()
    choose(as_bob, question, "ours")
    making.drain(connection)
    assert xero.invoices()[0]["Total"] == float(sent.total)
    read(connection)
    assert asked() == []


def test_leaving_both_stands_until_a_side_changes(
    xero: Xero, connection: Connection, sent: Invoice, as_bob: Client
) -> None:
    dearer(xero, sent)
    read(connection)
    choose(as_bob, asked()[0], "leave")
    before = writes(xero)
    edit(xero, sent, SentToContact=True)
    read(connection)
    making.sweep_and_drain(connection)
    assert asked() == []
    assert writes(xero) == before
    change(sent, reference="Front yard")
    making.drain(connection)
    assert writes(xero) == before
    assert len(asked()) == 1


def test_an_edit_that_was_not_read_yet_is_not_overwritten(
    xero: Xero, connection: Connection, sent: Invoice, as_bob: Client
) -> None:
    dearer(xero, sent)
    change(sent, reference="Front yard")
    before = writes(xero)
    making.drain(connection)
    assert writes(xero) == before
    assert making.row(sent).error_code == "changed_in_xero"
    choose(as_bob, asked()[0], "ours")
    making.drain(connection)
    there = xero.invoices()[0]
    assert (there["Reference"], there["Total"]) == ("Front yard", float(sent.total))
    assert making.row(sent).status == OutboxStatus.DONE


def test_changed_back_there_nothing_is_asked_and_ours_goes(
    xero: Xero, connection: Connection, sent: Invoice
) -> None:
    edit(xero, sent, Reference="Other")
    change(sent, due_date=sent.due_date.replace(year=sent.due_date.year + 1))
    making.drain(connection)
    assert len(asked()) == 1
    edit(xero, sent, Reference="Back yard")
    read(connection)
    assert asked() == []
    making.drain(connection)
    sent.refresh_from_db()
    assert xero.invoices()[0]["DueDateString"].startswith(str(sent.due_date))


@pytest.mark.parametrize("case", ["added", "removed", "rate"])
def test_what_cannot_be_held_here_is_not_offered_and_says_why(
    xero: Xero, connection: Connection, sent: Invoice, as_bob: Client, case: str
) -> None:
    first, second = lines_there(xero)
    new = {"Description": "Extra", "Quantity": 1, "UnitAmount": 5, "AccountCode": "200"}
    edited = {
        "added": [first, second, new],
        "removed": [first],
        "rate": [first, {**second, "TaxType": "EXEMPTOUTPUT", "TaxAmount": 0}],
    }
    edit(xero, sent, LineItems=edited[case])
    read(connection)
    (question,) = asked()
    page = as_bob.get(page_of(question))
    assert ("rate" if case == "rate" else "Lines were added") in page.content.decode()
    assert choose(as_bob, question, "theirs").status_code == 200
    sent.refresh_from_db()
    assert sent.lines.count() == 2
    choose(as_bob, question, "ours")
    making.drain(connection)
    assert xero.invoices()[0]["Total"] == float(sent.total)
    assert len(lines_there(xero)) == 2


def test_with_money_on_it_xero_takes_no_other_sums(
    xero: Xero, connection: Connection, sent: Invoice, as_bob: Client
) -> None:
    dearer(xero, sent)
    xero.act("pay_invoice", invoice=sent.number, amount="10.00")
    read(connection)
    (question,) = asked()
    shown = as_bob.get(page_of(question)).content.decode()
    assert "credit note" in shown
    assert "Reverse them first" in shown
    choose(as_bob, question, "leave")
    assert asked() == []


def test_nothing_is_chosen_of_what_was_not_seen(
    xero: Xero, connection: Connection, sent: Invoice, as_bob: Client
) -> None:
    dearer(xero, sent)
    read(connection)
    (question,) = asked()
    version = as_bob.get(page_of(question)).context["form"].present
    edit(xero, sent, Reference="Later")
    read(connection)
    answer = choose(as_bob, question, "theirs", version)
    assert "has changed since" in answer.content.decode()
    assert asked() == [question]


def test_readers_look_and_choose_nothing(
    xero: Xero, connection: Connection, sent: Invoice, as_rita: Client
) -> None:
    dearer(xero, sent)
    read(connection)
    page = as_rita.get(page_of(asked()[0]))
    assert b"Keep ours and send it again</button>" not in page.content
    assert as_rita.post(page_of(asked()[0]), {"act": "ours"}).status_code == 403


def test_what_a_reconciliation_read_first_is_found_by_the_thorough_sweep(
    xero: Xero, connection: Connection, sent: Invoice
) -> None:
    """The mirror knows of the edit already, so no poll finds it new."""
    dearer(xero, sent)
    with Api(connection, lane=Lane.BULK) as client:
        answer = client.call("get_invoices", page=1, page_size=100, unitdp=4)
    pull.store_invoices(connection, answer.elements("Invoices"))
    read(connection)
    assert asked() == []
    sweep.sweep(thorough=True)
    assert len(asked()) == 1


def test_a_link_of_before_is_compared_with_ours(
    xero: Xero, connection: Connection, sent: Invoice
) -> None:
    connection.links.update(agreed={})
    edit(xero, sent, SentToContact=True)
    read(connection)
    assert asked() == []
    link = links.link_for(connection, Kind.INVOICE, sent.pk)
    assert link is not None
    assert link.agreed["total"] == f"{sent.total:.2f}"
    connection.links.update(agreed={})
    edit(xero, sent, Reference="Other")
    read(connection)
    assert len(asked()) == 1
