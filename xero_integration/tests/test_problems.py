"""What needs a person: by cause, as a file, by e-mail; and the alarm when nothing arrives."""

import csv
import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from businesses.models import Business, User
from invoices import services
from invoices.models import Invoice
from xero_integration import tasks
from xero_integration.health import notices, silence
from xero_integration.models import (
    Connection,
    ConnectionStatus,
    Digest,
    ErrorClass,
    Kind,
    OutboxRow,
    OutboxStatus,
)
from xero_integration.tests import making
from xero_integration.tests.factories import ConnectionFactory, ContactFactory
from xero_integration.tests.test_resend import RETRY, press

QUEUE = "/b/blue/xero/queue/"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def connection(blue: Business, alice: User) -> Connection:
    long_ago = timezone.now() - dt.timedelta(days=30)
    return ConnectionFactory(business=blue, contacts_open_at=long_ago, invoices_open_at=long_ago)


def park(connection: Connection, code: str, label: str = "Sam Reed") -> OutboxRow:
    now = timezone.now()
    contact = ContactFactory(business=connection.business, name=label)
    return OutboxRow.objects.create(
        business=connection.business,
        connection=connection,
        kind=Kind.CONTACT,
        object_id=contact.pk,
        label=label,
        queued_at=now,
        not_before=now,
        status=OutboxStatus.PARKED,
        error_class=ErrorClass.REJECTED,
        error_code=code,
        error_message="As Xero said it",
    )


def text_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


# --- by cause -----------------------------------------------------------------------------------


def test_causes_are_counted_and_one_is_shown_by_itself(
    connection: Connection, as_bob: Client
) -> None:
    for number in range(3):
        park(connection, "name_taken", f"Namesake {number}")
    park(connection, "email_invalid", "Odd address")
    page = as_bob.get(QUEUE).content.decode()
    assert "cause=name_taken" in page
    assert "cause=email_invalid" in page
    page = as_bob.get(QUEUE, {"cause": "email_invalid"}).content.decode()
    assert "Odd address" in page
    assert "Namesake" not in page


def test_all_of_one_cause_go_again_and_the_others_stay(
    connection: Connection, as_bob: Client
) -> None:
    again = park(connection, "email_invalid")
    stays = park(connection, "name_taken", "Another")
    press(as_bob, RETRY, {"cause": "email_invalid"})
    again.refresh_from_db()
    stays.refresh_from_db()
    assert (again.status, stays.status) == (OutboxStatus.WAITING, OutboxStatus.PARKED)


def test_what_needs_a_person_is_a_file_too(connection: Connection, as_rita: Client) -> None:
    park(connection, "name_taken", "=Sam")
    park(connection, "email_invalid", "Other")
    answer = as_rita.get(QUEUE + "export/", {"cause": "name_taken"})
    (row,) = csv.DictReader(StringIO(text_of(answer)))
    assert row["name"] == "'=Sam"
    assert row["status"] == "Needs you"
    assert row["message"] == "As Xero said it"
    assert "Xero allows a name once" in row["meaning"]


# --- by e-mail ----------------------------------------------------------------------------------


def post_round() -> None:
    """Do what beat and a worker do in one round."""
    for name in ("silence", "digest"):
        for pk in list(notices.untold(name).values_list("pk", flat=True)):
            notices.tell_owners(pk, name)


def at_once(connection: Connection) -> Connection:
    Connection.objects.filter(pk=connection.pk).update(digest=Digest.AT_ONCE)
    return connection


def test_the_owners_hear_of_new_problems_once(
    connection: Connection, mailoutbox: list[EmailMessage]
) -> None:
    at_once(connection)
    post_round()
    assert mailoutbox == []
    for number in range(7):
        park(connection, "name_taken", f"Namesake {number}")
    post_round()
    post_round()
    (mail,) = mailoutbox
    assert mail.to == ["alice@blue.example"]
    assert "7 x Another contact in Xero has this name." in mail.body
    assert "and 2 more" in mail.body
    assert "http://localhost:8000/b/blue/xero/queue/" in mail.body


def test_what_comes_soon_after_a_letter_waits_for_the_next(
    connection: Connection, mailoutbox: list[EmailMessage]
) -> None:
    park(at_once(connection), "name_taken")
    post_round()
    park(connection, "email_invalid", "Later")
    post_round()
    assert len(mailoutbox) == 1
    Connection.objects.update(digest_sent_at=timezone.now() - HOUR)
    post_round()
    assert len(mailoutbox) == 2


def test_a_daily_letter_comes_in_the_morning_of_the_business(
    connection: Connection, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    park(connection, "name_taken")
    # 7 am in Brisbane is 9 pm in UTC, the day before.
    early = dt.datetime(2026, 11, 26, 20, 30, tzinfo=dt.UTC)
    for moment, letters in ((early, 0), (early + HOUR, 1), (early + 2 * HOUR, 1)):
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        OutboxRow.objects.update(updated_at=moment)
        Connection.objects.filter(digest_sent_at=None).update(digest_sent_at=early - 24 * HOUR)
        post_round()
        assert len(mailoutbox) == letters


def test_never_means_never(connection: Connection, mailoutbox: list[EmailMessage]) -> None:
    Connection.objects.update(digest=Digest.NEVER)
    park(connection, "name_taken")
    post_round()
    assert mailoutbox == []


def test_how_often_is_set_on_the_xero_page(
    connection: Connection, as_bob: Client, as_rita: Client
) -> None:
    assert "Once a day" in as_bob.get("/b/blue/xero/").content.decode()
    as_bob.post("/b/blue/xero/digest/", {"digest": "never"})
    assert Connection.objects.get().digest == Digest.NEVER
    assert as_rita.post("/b/blue/xero/digest/", {"digest": "daily"}).status_code == 403


# --- the alarm on silence -----------------------------------------------------------------------


def issue(connection: Connection, alice: User, *, ago: dt.timedelta) -> Invoice:
    contact = ContactFactory(business=connection.business)
    invoice = services.issue(making.draft(contact), by=alice)
    Invoice.objects.filter(pk=invoice.pk).update(issued_at=timezone.now() - ago)
    return invoice


def test_invoices_of_which_none_arrives_are_told_of_on_every_page_and_by_mail(
    connection: Connection, alice: User, as_rita: Client, mailoutbox: list[EmailMessage]
) -> None:
    for _ in range(3):
        issue(connection, alice, ago=dt.timedelta(days=2))
    assert silence.watch() == 1
    page = as_rita.get("/b/blue/contacts/").content.decode()
    assert "3 invoices were issued since" in page
    for _ in range(2):
        post_round()
    assert [mail.subject for mail in mailoutbox] == [
        f"{connection.business.name}: invoices do not reach Xero"
    ]
    assert "3 invoices were issued since" in mailoutbox[0].body


def test_the_alarm_ends_when_one_arrives_and_sounds_again_later(
    connection: Connection, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    first = issue(connection, alice, ago=dt.timedelta(days=2))
    silence.watch()
    post_round()
    connection.links.create(
        business=connection.business,
        kind=Kind.INVOICE,
        object_id=first.pk,
        xero_id="i-1",
        pushed_at=timezone.now() - 5 * HOUR,
    )
    assert silence.watch() == 0
    assert silence.words(Connection.objects.get()) == ""
    issue(connection, alice, ago=3 * HOUR)
    assert silence.watch() == 1
    post_round()
    assert len(mailoutbox) == 2


def test_there_is_no_alarm_for_what_may_not_or_need_not_go(
    connection: Connection, alice: User
) -> None:
    issue(connection, alice, ago=HOUR / 2)
    assert silence.watch() == 0
    left_out = issue(connection, alice, ago=5 * HOUR)
    connection.outbox.filter(object_id=left_out.pk).update(status=OutboxStatus.EXCLUDED)
    assert silence.watch() == 0
    issue(connection, alice, ago=5 * HOUR)
    assert silence.watch() == 1
    Connection.objects.update(status=ConnectionStatus.NEEDS_RECONNECT)
    assert silence.watch() == 0


def test_without_a_worker_the_pages_themselves_notice(
    connection: Connection, alice: User, as_rita: Client
) -> None:
    issue(connection, alice, ago=5 * HOUR)
    assert b"stand still" not in as_rita.get("/b/blue/contacts/").content
    OutboxRow.objects.update(not_before=timezone.now() - 5 * HOUR)
    assert b"stand still" in as_rita.get("/b/blue/contacts/").content


def test_a_round_queues_what_is_due(connection: Connection, alice: User) -> None:
    issue(connection, alice, ago=5 * HOUR)
    tasks.watch()
    assert list(notices.untold("silence")) == [connection]
