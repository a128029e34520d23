"""What Xero adds to an invoice's page and e-mail: limits, links, and how its money stands."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from businesses.models import Business
from invoices import services
from invoices.models import Invoice
from invoices.services import emailing
from xero_integration import online, pull
from xero_integration.linking import links
from xero_integration.models import Connection, Kind
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def invoice(xero: Xero, connection: Connection, blue: Business) -> Invoice:
    made = making.invoice(making.contact(blue, "Rosa Reyes", email="rosa@reyes.example"))
    making.drain(connection)
    return made


def page(browser: Client, invoice: Invoice) -> str:
    return browser.get(invoice.get_absolute_url()).content.decode()


def test_money_there_is_said_before_anybody_tries(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client
) -> None:
    assert "The lawful ways" not in page(as_bob, invoice)
    xero.act("pay_invoice", invoice=invoice.number, amount="10.00")
    making.poll(connection, Kind.INVOICE)
    shown = page(as_bob, invoice)
    assert "money or credit on it in Xero" in shown
    assert reverse("invoices:credit", args=["blue", invoice.pk]) in shown
    assert "New invoice like it" in shown


def test_a_closed_period_is_said_before_anybody_tries(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client
) -> None:
    xero.act("set_lock_dates", period=str(invoice.date))
    pull.read_settings(connection)
    assert "closed in Xero" in page(as_bob, invoice)


def test_payments_and_credits_say_how_they_stand_in_xero(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client
) -> None:
    day = timezone.localdate()
    services.record_payment(invoice, date=day, amount=Decimal(10))
    first = invoice.lines.get()
    services.credit(invoice, amounts={first.pk: Decimal(20)}, date=day)
    assert page(as_bob, invoice).count("Waiting") >= 2
    making.drain(connection)
    shown = page(as_bob, invoice)
    note = invoice.credit_notes.get()
    link = links.link_for(connection, Kind.CREDIT_NOTE, note.pk)
    assert link is not None
    assert link.xero_id in shown
    assert shown.count("In Xero") >= 3


def test_what_is_parked_of_a_payment_is_said_on_the_invoice(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client
) -> None:
    connection.payment_accounts.all().delete()
    services.record_payment(invoice, date=timezone.localdate(), amount=Decimal(10))
    making.drain(connection)
    assert "No Xero account is chosen for payments by" in page(as_bob, invoice)


def test_the_online_link_is_asked_for_once_shown_and_offered_in_e_mails(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client
) -> None:
    url = reverse("xero:online_invoice", args=["blue", invoice.pk])
    assert url in page(as_bob, invoice)
    for _ in range(2):
        as_bob.post(url)
    link = links.link_for(connection, Kind.INVOICE, invoice.pk)
    assert link is not None
    online = link.remote["online_url"]
    assert online in page(as_bob, invoice)
    form = as_bob.get(reverse("invoices:email", args=["blue", invoice.pk])).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    as_bob.post(reverse("invoices:email", args=["blue", invoice.pk]), {**sent, "with_link": "on"})
    emailing.deliver(invoice.emails.get().pk)
    assert online in mail.outbox[0].body


def test_later_pushes_keep_the_online_link(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client
) -> None:
    as_bob.post(reverse("xero:online_invoice", args=["blue", invoice.pk]))
    invoice.reference = "Front yard"
    invoice.save(update_fields=["reference"])
    making.drain(connection)
    assert xero.invoices()[0]["Reference"] == "Front yard"
    link = links.link_for(connection, Kind.INVOICE, invoice.pk)
    assert link is not None
    assert link.remote["online_url"].startswith("https://")


def test_a_draft_in_xero_has_no_online_link(
    xero: Xero, connection: Connection, blue: Business, as_bob: Client
) -> None:
    Connection.objects.update(invoice_status="DRAFT")
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    assert "online invoice" not in page(as_bob, invoice)
    url = reverse("xero:online_invoice", args=["blue", invoice.pk])
    assert "Xero did not give it" in as_bob.post(url, follow=True).content.decode()


def test_xero_sends_the_e_mail_once_for_one_page(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client
) -> None:
    ours = reverse("invoices:email", args=["blue", invoice.pk])
    shown = as_bob.get(ours).content.decode()
    key = shown.split('name="key" value="')[1].split('"')[0]
    url = reverse("xero:email_by_xero", args=["blue", invoice.pk])
    for _ in range(2):
        assert "Xero sends" in as_bob.post(url, {"key": key}, follow=True).content.decode()
    made = [one for one in xero.writes("/Email") if not one.get("replayed")]
    assert len(made) == 1
    assert xero.invoices()[0]["SentToContact"]
    assert connection.entries.filter(object_id=invoice.pk, action="email").exists()


def test_what_xero_refuses_to_send_is_said_in_its_words(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client
) -> None:
    shown = as_bob.get(reverse("invoices:email", args=["blue", invoice.pk])).content.decode()
    key = shown.split('name="key" value="')[1].split('"')[0]
    xero.act("void_invoice", invoice=invoice.number)
    url = reverse("xero:email_by_xero", args=["blue", invoice.pk])
    assert "Xero did not send it" in as_bob.post(url, {"key": key}, follow=True).content.decode()


def test_an_e_mail_without_an_answer_is_told_as_that_and_the_page_sends_no_second(
    xero: Xero, connection: Connection, invoice: Invoice, as_bob: Client
) -> None:
    xero.fault("drop_after", method="POST", path="/Email")
    url, key = reverse("xero:email_by_xero", args=["blue", invoice.pk]), str(uuid4())
    assert "It may have been sent" in as_bob.post(url, {"key": key}, follow=True).content.decode()
    entry = connection.entries.get(object_id=invoice.pk, action="email")
    assert (entry.outcome, entry.error_code) == ("failed", "no_answer")
    assert "Xero sends" in as_bob.post(url, {"key": key}, follow=True).content.decode()
    assert len([one for one in xero.writes("/Email") if not one.get("replayed")]) == 1


def test_a_process_that_dies_before_the_answer_is_noted_leaves_word_of_it(
    xero: Xero, connection: Connection, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(online, "_answered", die)
    with pytest.raises(KeyboardInterrupt):
        online.email(connection, invoice, key=uuid4())
    entry = connection.entries.get(object_id=invoice.pk, action="email")
    assert "It may have been sent" in entry.message


def test_readers_ask_xero_for_nothing(
    xero: Xero, connection: Connection, invoice: Invoice, as_rita: Client
) -> None:
    for name in ("online_invoice", "email_by_xero"):
        url = reverse(f"xero:{name}", args=["blue", invoice.pk])
        assert as_rita.post(url).status_code == 403
