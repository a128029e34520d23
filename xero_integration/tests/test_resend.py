"""The dry run of a bulk resend: what it shows is what Xero then gets, and nothing goes unseen."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from businesses.models import Business
from contacts.models import Contact
from invoices.models import PaymentMethod
from xero_integration.models import Connection, OutboxStatus, PaymentAccount
from xero_integration.resend import asked
from xero_integration.resend.plan import Act, Plan, plan
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero
from xero_integration.tests.test_payments import pay, row

pytestmark = pytest.mark.django_db(transaction=True)

AGAIN, RETRY = "/b/blue/xero/send-again/", "/b/blue/xero/queue/retry/"
TODAY = {"first_day": str(timezone.localdate()), "last_day": "2030-01-01"}


def acts(found: Plan) -> dict[str, str]:
    return {line.row.label: line.act.value for line in found.lines}


def press(browser: Client, url: str, query: dict[str, Any], **data: Any) -> Any:
    """Look at a dry run and press its button."""
    page = browser.get(url, query).content.decode()
    (seen,) = re.findall(r'name="seen" value="(\w+)"', page)
    address = f"{url}?{'&'.join(f'{name}={value}' for name, value in query.items())}"
    return browser.post(address, {"seen": seen, **data}, follow=True)


@pytest.fixture
def rosa(connection: Connection, blue: Business) -> Contact:
    contact = making.contact(blue, "Rosa Reyes", abn="51824753556", mobile="0491 570 156")
    making.drain(connection)
    return contact


def hold_otherwise(xero: Xero, connection: Connection, rosa: Contact, number: str) -> None:
    """Let Xero have what our field cannot hold: the two agree to differ."""
    xero.control("clock", advance=1)
    xero.act("edit_contact", contact=rosa.name, fields={"TaxNumber": number})
    making.poll(connection)


def test_a_contact_that_xero_holds_otherwise_is_shown_before_and_after_and_then_sent(
    xero: Xero, connection: Connection, rosa: Contact, as_bob: Client
) -> None:
    hold_otherwise(xero, connection, rosa, "123")
    making.sweep_and_drain(connection)
    writes = len(xero.writes())
    page = as_bob.get(AGAIN, TODAY).content.decode()
    assert "<del>123</del> <ins>51824753556</ins>" in page
    assert "0491 570 156" not in page
    assert len(xero.writes()) == writes
    press(as_bob, AGAIN, TODAY)
    making.drain(connection)
    assert xero.contact("Rosa Reyes")["TaxNumber"] == "51824753556"
    making.poll(connection)
    making.sweep_and_drain(connection)
    assert len(xero.writes()) == writes + 1
    assert "Skipped" in as_bob.get(AGAIN, TODAY).content.decode()


def test_what_is_the_same_on_both_sides_is_skipped(
    xero: Xero, connection: Connection, rosa: Contact, as_bob: Client
) -> None:
    writes = len(xero.writes())
    assert "Skipped" in as_bob.get(AGAIN, TODAY).content.decode()
    press(as_bob, AGAIN, TODAY)
    making.drain(connection)
    assert len(xero.writes()) == writes


def test_an_invoice_of_the_period_is_sent_again_and_a_paid_one_is_not(
    xero: Xero, connection: Connection, rosa: Contact, as_bob: Client
) -> None:
    open_one, paid = making.invoice(rosa), making.invoice(rosa)
    making.drain(connection)
    xero.act("pay_invoice", invoice=paid.number)
    making.poll(connection)
    days = dt.timedelta(days=2)
    found = plan(
        asked.of_period(
            connection,
            kinds=["invoice"],
            first=timezone.localdate(),
            last=timezone.localdate() + days,
        )
    )
    assert acts(found) == {open_one.number: "update", paid.number: "skip"}
    writes = len(xero.writes("Invoices"))
    press(as_bob, AGAIN, {**TODAY, "what": "invoice"})
    making.drain(connection)
    assert len(xero.writes("Invoices")) == writes + 1


def test_a_paid_invoice_with_another_total_stops_the_run_until_it_is_left_out(
    xero: Xero, connection: Connection, rosa: Contact, as_bob: Client
) -> None:
    invoice, other = making.invoice(rosa), making.invoice(rosa)
    making.drain(connection)
    connection.xero_invoices.filter(number=invoice.number).update(total=90, amount_paid=90)
    query = {**TODAY, "what": "invoice"}
    writes = len(xero.writes())
    answer = press(as_bob, AGAIN, query)
    assert "1 record cannot go" in answer.content.decode()
    making.drain(connection)
    assert len(xero.writes()) == writes
    press(as_bob, AGAIN, query, leave=f"invoice:{invoice.pk}")
    making.drain(connection)
    (sent,) = xero.writes()[writes:]
    assert [one["InvoiceNumber"] for one in sent["body"]["Invoices"]] == [other.number]


def test_a_retry_shows_whose_name_is_taken_and_sends_the_rest_with_what_hangs_on_it(
    xero: Xero, connection: Connection, blue: Business, as_bob: Client
) -> None:
    xero.act("add_contact", fields={"Name": "Sam Reed"})
    xero.act("add_contact", fields={"Name": "Ada Lake"})
    sam, ada = making.contact(blue, "Sam Reed"), making.contact(blue, "Ada Lake")
    making.drain(connection)
    invoice = making.invoice(ada)
    making.drain(connection)
    making.poll(connection)
    rows = [making.row(one) for one in (sam, ada, invoice)]
    assert {row.status for row in rows} == {OutboxStatus.PARKED}
    Contact.objects.filter(pk=ada.pk).update(name="Ada Lake of Noosa")
    found = plan(asked.held(connection))
    assert [line.act for line in found.lines] == [Act.STOP, Act.CREATE, Act.CREATE]
    assert found.stops[0].row.label == "Sam Reed"
    press(as_bob, RETRY, {"cause": ""}, leave=f"contact:{sam.pk}")
    for _ in range(2):
        making.make_due(connection)
        making.drain(connection)
    assert xero.contact("Ada Lake of Noosa")
    assert [one["InvoiceNumber"] for one in xero.invoices()] == [invoice.number]
    assert making.row(sam).status == OutboxStatus.PARKED


def test_what_changed_since_it_was_looked_at_is_looked_at_again(
    xero: Xero, connection: Connection, rosa: Contact, as_bob: Client
) -> None:
    hold_otherwise(xero, connection, rosa, "123")
    page = as_bob.get(AGAIN, TODAY).content.decode()
    (seen,) = re.findall(r'name="seen" value="(\w+)"', page)
    hold_otherwise(xero, connection, rosa, "456")
    writes = len(xero.writes())
    address = f"{AGAIN}?first_day={TODAY['first_day']}&last_day={TODAY['last_day']}"
    answer = as_bob.post(address, {"seen": seen}).content.decode()
    assert "Something changed since you looked" in answer
    assert "<del>456</del>" in answer
    making.drain(connection)
    assert len(xero.writes()) == writes


def test_a_payment_without_an_account_stops_and_goes_once_it_has_one(
    xero: Xero, connection: Connection, rosa: Contact, as_bob: Client
) -> None:
    invoice = making.invoice(rosa)
    PaymentAccount.objects.filter(method=PaymentMethod.CASH).delete()
    payment = pay(invoice, method=PaymentMethod.CASH)
    making.drain(connection)
    found = plan(asked.held(connection))
    assert [line.code for line in found.stops] == ["payment_account_not_mapped"]
    bank = connection.accounts.filter(type="BANK").first()
    assert bank is not None
    PaymentAccount.objects.create(
        business=connection.business, connection=connection, method="cash", account=bank
    )
    press(as_bob, RETRY, {"cause": "payment_account_not_mapped"})
    making.drain(connection)
    assert row(payment).status == OutboxStatus.DONE


def test_what_may_be_paid_twice_is_never_sent_with_all_the_rest(
    xero: Xero, connection: Connection, rosa: Contact, as_bob: Client
) -> None:
    invoice = making.invoice(rosa)
    making.drain(connection)
    payment = pay(invoice, "50.00", reference="Counter")
    xero.act("pay_invoice", invoice=invoice.number, amount="50.00", reference="Bank feed")
    making.poll(connection)
    making.drain(connection)
    assert [line.code for line in plan(asked.held(connection)).stops] == ["maybe_paid_twice"]
    page = as_bob.get(RETRY).content.decode()
    assert "Nothing would be sent to Xero." in page
    press(as_bob, RETRY, {})
    making.drain(connection)
    assert row(payment).status == OutboxStatus.PARKED
    assert len(xero.state("payments")["organisations"][0]["payments"]) == 1


def test_a_dry_run_makes_the_same_queries_however_much_it_shows(
    connection: Connection, blue: Business, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        making.contact(blue)
    making.drain(connection)
    days = {"first": timezone.localdate() - dt.timedelta(days=1), "last": timezone.localdate()}
    with django_assert_max_num_queries(12):
        found = plan(asked.of_period(connection, kinds=["contact"], **days))
    assert len(found.lines) == 30


def test_a_reader_sees_it_and_sends_nothing(
    connection: Connection, rosa: Contact, as_rita: Client, as_charlie: Client
) -> None:
    assert "Send to Xero" not in as_rita.get(AGAIN, TODAY).content.decode()
    assert as_rita.post(AGAIN, {"seen": "x"}).status_code == 403
    assert as_charlie.get(reverse("xero:send_again", args=["blue"])).status_code == 404
