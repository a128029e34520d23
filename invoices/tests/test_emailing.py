"""E-mailing an invoice, against a real mail server: what arrives, what is refused, what waits."""

import base64
import datetime as dt
import json
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.test import Client, RequestFactory
from django.utils import timezone

from businesses.models import Business, User
from invoices import tasks
from invoices.errors import InvoiceRefused
from invoices.models import EmailStatus, Invoice, InvoiceEmail
from invoices.services import emailing
from invoices.tests import making
from pooltrackr.supervisor.ports import free_port


class Inbox:
    """A mail server that keeps what it took, and refuses what it is told to."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses: dict[str, str] = {}

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if answer := self.refuses.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def inbox(settings: Any) -> Iterator[Inbox]:
    handler = Inbox()
    # The controller asks its own port whether it is up, so it must know which.
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    yield handler
    controller.stop()


@pytest.fixture
def invoice(blue: Business) -> Invoice:
    contact = making.make_contact(blue, first_name="Mira", email="mira@example.com")
    return making.make_issued(blue, contact=contact)


def write(invoice: Invoice, alice: User, *to: str) -> InvoiceEmail:
    said = emailing.proposal(invoice)
    return emailing.send(
        invoice,
        to=to or ("mira@example.com",),
        subject=said["subject"],
        message=said["message"],
        by=alice,
    )


def sent(email: InvoiceEmail) -> InvoiceEmail:
    emailing.deliver(email.pk)
    email.refresh_from_db()
    return email


def test_the_invoice_arrives_as_a_pdf_with_the_usual_words(
    invoice: Invoice, alice: User, inbox: Inbox, blue: Business
) -> None:
    Business.objects.update(email="office@blue.example")
    assert sent(write(invoice, alice)).status == EmailStatus.SENT
    (mail,) = inbox.mails
    assert mail["subject"] == f"Invoice {invoice.number} from {blue.name}"
    assert mail["reply-to"] == "office@blue.example"
    assert mail["from"].addresses[0].display_name == blue.name
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Hello Mira," in body.get_content()
    assert "110.00 AUD" in body.get_content()
    (pdf,) = mail.iter_attachments()
    assert pdf.get_filename() == f"{invoice.number.lower()}.pdf"
    assert pdf.get_content().startswith(b"%PDF")


def test_one_that_was_sent_is_not_sent_again(invoice: Invoice, alice: User, inbox: Inbox) -> None:
    email = write(invoice, alice)
    for _ in range(2):
        tasks.deliver_email(str(email.pk))
    assert len(inbox.mails) == 1
    assert emailing.wake() == 0


def test_what_the_server_refuses_for_good_is_told_in_its_words(
    invoice: Invoice, alice: User, inbox: Inbox
) -> None:
    inbox.refuses["gone@example.com"] = "550 No such mailbox"
    email = sent(write(invoice, alice, "gone@example.com"))
    assert email.status == EmailStatus.REFUSED
    assert "No such mailbox" in email.error


def test_try_later_is_tried_later(invoice: Invoice, alice: User, inbox: Inbox) -> None:
    inbox.refuses["mira@example.com"] = "450 Greylisted"
    email = sent(write(invoice, alice))
    assert (email.status, emailing.wake()) == (EmailStatus.WAITING, 0)
    assert email.not_before is not None
    inbox.refuses.clear()
    InvoiceEmail.objects.update(not_before=timezone.now())
    assert sent(email).status == EmailStatus.SENT


def test_a_server_that_is_down_costs_nothing_but_time(
    invoice: Invoice, alice: User, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    email = sent(write(invoice, alice))
    assert (email.status, email.error) == (
        EmailStatus.WAITING,
        "The mail server could not be reached.",
    )
    InvoiceEmail.objects.update(attempts=emailing.MOST_TRIES, not_before=None)
    assert sent(email).status == EmailStatus.REFUSED


def test_what_a_killed_worker_held_is_sent_once_its_lease_ends(
    invoice: Invoice, alice: User, inbox: Inbox
) -> None:
    email = write(invoice, alice)
    InvoiceEmail.objects.update(lease_until=timezone.now() + dt.timedelta(minutes=1))
    assert sent(email).status == EmailStatus.WAITING
    InvoiceEmail.objects.update(lease_until=timezone.now() - dt.timedelta(minutes=1))
    assert emailing.wake() == 1
    assert sent(email).status == EmailStatus.SENT


def test_a_subject_is_one_line_and_brackets_of_others_stay(
    invoice: Invoice, alice: User, blue: Business, inbox: Inbox
) -> None:
    emailing.EmailText.objects.create(
        business=blue, subject="Your {number} {odd}", message="{due} of {total}"
    )
    said = emailing.proposal(invoice)
    assert said["subject"] == f"Your {invoice.number} {{odd}}"
    email = emailing.send(
        invoice, to=["mira@example.com"], subject="One\r\nBcc: x@y.example", message="m", by=alice
    )
    assert sent(email).status == EmailStatus.SENT
    assert "bcc" not in inbox.mails[0]


def test_a_draft_is_not_sent(blue: Business, alice: User) -> None:
    with pytest.raises(InvoiceRefused):
        write(making.make_draft(blue), alice)


# --- the pages ----------------------------------------------------------------------------------


def test_a_person_looks_it_over_and_sends_it(
    invoice: Invoice, as_bob: Client, inbox: Inbox
) -> None:
    url = f"/b/blue/invoices/{invoice.pk}/email/"
    page = as_bob.get(url).content.decode()
    assert "mira@example.com" in page
    said = emailing.proposal(invoice)
    answer = as_bob.post(url, {**said, "to": "mira@example.com; second@example.com"})
    assert answer.status_code == 302
    sent(InvoiceEmail.objects.get())
    assert inbox.mails[0]["to"] == "mira@example.com, second@example.com"
    page = as_bob.get(f"/b/blue/invoices/{invoice.pk}/").content.decode()
    assert "second@example.com" in page
    assert "Sent" in page


@pytest.mark.parametrize(
    "to", ["", "nobody", "a@b.example, c", ",".join(["x@y.example"] * 3 + ["z"])]
)
def test_addresses_that_are_none_stay_on_the_page(
    invoice: Invoice, as_bob: Client, to: str
) -> None:
    said = {**emailing.proposal(invoice), "to": to}
    answer = as_bob.post(f"/b/blue/invoices/{invoice.pk}/email/", said)
    assert answer.status_code == 422
    assert not InvoiceEmail.objects.exists()


def test_the_usual_text_is_the_businesss_own(
    invoice: Invoice, as_bob: Client, as_rita: Client
) -> None:
    url = "/b/blue/invoices/email-text/"
    assert (
        as_bob.post(url, {"subject": "Bill {number}", "message": "Hi {contact}"}).status_code == 302
    )
    assert emailing.proposal(invoice)["subject"] == f"Bill {invoice.number}"
    assert as_rita.post(url, {"subject": "x", "message": "y"}).status_code == 403
    assert as_rita.get(f"/b/blue/invoices/{invoice.pk}/email/").status_code == 403


def test_strangers_send_nothing(invoice: Invoice, as_charlie: Client) -> None:
    assert as_charlie.get(f"/b/dry/invoices/{invoice.pk}/email/").status_code == 404


# --- by a mail service --------------------------------------------------------------------------


@pytest.fixture
def service(settings: Any) -> str:
    """Have e-mails go by the API of a service (anymail's own stand-in), and its webhooks signed."""
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    settings.ANYMAIL = {"WEBHOOK_SECRET": "mail:secret"}
    return "Basic " + base64.b64encode(b"mail:secret").decode()


def told(invoice: Invoice, record: str, signed: str) -> int:
    """Tell of the e-mail as Postmark does. Source: postmarkapp.com, bounce webhook."""
    (email,) = invoice.emails.all()
    body = {
        "RecordType": "Bounce",
        "Type": record,
        "MessageID": email.message_id,
        "Email": email.to[0],
        "Details": "smtp; 550 5.1.1 The email account does not exist",
        "BouncedAt": "2026-11-27T10:00:00Z",
    }
    view = PostmarkTrackingWebhookView.as_view()
    request = RequestFactory().post(
        "/anymail/postmark/tracking/",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": signed},
    )
    return int(view(request).status_code)


def test_one_that_comes_back_is_seen_on_the_invoice(
    invoice: Invoice, alice: User, service: str, as_bob: Client
) -> None:
    email = emailing.send(invoice, to=["a@b.example"], subject="S", message="M", by=alice)
    emailing.deliver(email.pk)
    email.refresh_from_db()
    assert (email.status, bool(email.message_id)) == (EmailStatus.SENT, True)
    assert told(invoice, "HardBounce", service) == 200
    email.refresh_from_db()
    assert email.status == EmailStatus.BOUNCED
    page = as_bob.get(invoice.get_absolute_url()).content.decode()
    assert "Came back" in page
    assert "The email account does not exist" in page
    assert "Check the address" in page


def test_what_nobody_signed_is_refused_and_what_is_no_loss_changes_nothing(
    invoice: Invoice, alice: User, service: str
) -> None:
    email = emailing.send(invoice, to=["a@b.example"], subject="S", message="M", by=alice)
    emailing.deliver(email.pk)
    email.refresh_from_db()
    with pytest.raises(AnymailWebhookValidationFailure):
        told(invoice, "HardBounce", "Basic bm86bm8=")
    assert told(invoice, "AutoResponder", service) == 200
    assert emailing.came_back("", reason="x") == 0
    email.refresh_from_db()
    assert email.status == EmailStatus.SENT
