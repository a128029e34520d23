"""The sync log and the queue, the panels on other pages, and the admin."""

import csv
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from businesses.models import Business, User
from contacts.models import Contact
from xero_integration.models import (
    Action,
    Connection,
    Direction,
    ErrorClass,
    Kind,
    Link,
    OutboxRow,
    OutboxStatus,
    Outcome,
    SyncEntry,
    XeroToken,
)
from xero_integration.tests.factories import ConnectionFactory, ContactFactory

LOG, QUEUE = "/b/blue/xero/log/", "/b/blue/xero/queue/"
WORDS = "The contact name Sam Reed is already assigned to another contact."


@pytest.fixture
def connection(blue: Business) -> Connection:
    return ConnectionFactory(
        business=blue, contacts_open_at=timezone.now(), invoices_open_at=timezone.now()
    )


def row(connection: Connection, contact: Contact | None = None, **fields: Any) -> OutboxRow:
    contact = contact or ContactFactory(business=connection.business)
    now = timezone.now()
    return OutboxRow.objects.create(
        business=connection.business,
        connection=connection,
        kind=Kind.CONTACT,
        object_id=contact.pk,
        label=contact.name,
        queued_at=now,
        not_before=now,
        **fields,
    )


def parked(connection: Connection, **fields: Any) -> OutboxRow:
    return row(
        connection,
        status=OutboxStatus.PARKED,
        error_class=ErrorClass.REJECTED,
        error_code="name_taken",
        error_message=WORDS,
        **fields,
    )


def entry(connection: Connection, **fields: Any) -> SyncEntry:
    defaults = {
        "direction": Direction.TO_XERO,
        "kind": Kind.CONTACT,
        "action": Action.CREATE,
        "outcome": Outcome.DONE,
        "label": "Sam Reed",
        "object_id": uuid4(),
    }
    return SyncEntry.objects.create(
        business=connection.business, connection=connection, **{**defaults, **fields}
    )


def failed(connection: Connection, of: OutboxRow) -> SyncEntry:
    return entry(
        connection,
        outcome=Outcome.FAILED,
        object_id=of.object_id,
        label=of.label,
        message=WORDS,
        error_code="name_taken",
    )


# --- the log


def test_an_entry_shows_both_sides_and_xeros_own_words(
    connection: Connection, as_rita: Client
) -> None:
    contact = ContactFactory(business=connection.business, name="Sam Reed")
    entry(connection, object_id=contact.pk, xero_id="abc-1", message="As Xero said it")
    page = as_rita.get(LOG).content.decode()
    assert reverse("contacts:detail", args=["blue", contact.pk]) in page
    assert "%2FContacts%2FView%2Fabc-1" in page
    assert "As Xero said it" in page


def test_a_refusal_says_what_it_means_and_offers_a_retry(
    connection: Connection, as_bob: Client
) -> None:
    waiting = parked(connection, proposed_name="Sam Reed (Noosa)")
    failed(connection, waiting)
    page = as_bob.get(LOG).content.decode()
    assert "Xero allows a name once" in page
    # Nobody accepts a name unseen.
    assert "<strong>Sam Reed (Noosa)</strong>" in page
    assert f'name="row" value="{waiting.pk}"' in page


def test_only_the_newest_refusal_offers_a_retry(connection: Connection, as_bob: Client) -> None:
    waiting = parked(connection)
    failed(connection, waiting)
    failed(connection, waiting)
    assert as_bob.get(LOG).content.decode().count(f'name="row" value="{waiting.pk}"') == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Palm Court", "Reef House"}),
        ("?outcome=failed", {"Reef House"}),
        ("?direction=from_xero", {"Palm Court"}),
        ("?kind=invoice", set()),
        ("?q=palm", {"Palm Court"}),
        ("?q=assigned", {"Reef House"}),
        ("?outcome=nonsense&since=nonsense", {"Palm Court", "Reef House"}),
    ],
)
def test_the_log_is_filtered(
    connection: Connection, as_rita: Client, query: str, found: set[str]
) -> None:
    entry(connection, label="Palm Court", direction=Direction.FROM_XERO)
    entry(connection, label="Reef House", outcome=Outcome.FAILED, message=WORDS)
    page = as_rita.get(LOG + query).content.decode()
    assert {name for name in ("Palm Court", "Reef House") if name in page} == found


def test_the_export_follows_the_filters_and_is_safe_in_a_spreadsheet(
    connection: Connection, as_rita: Client
) -> None:
    entry(connection, label="=1+1", outcome=Outcome.FAILED)
    entry(connection, label="Palm Court")
    answer = as_rita.get(LOG + "export/?outcome=failed")
    text = b"".join(answer.streaming_content).decode()
    lines = list(csv.DictReader(StringIO(text)))
    assert [line["name"] for line in lines] == ["'=1+1"]


def test_the_log_makes_the_same_queries_however_long_it_is(
    connection: Connection, as_bob: Client, django_assert_num_queries: Any
) -> None:
    for _ in range(60):
        failed(connection, parked(connection))
    with django_assert_num_queries(LOG_QUERIES):
        as_bob.get(LOG)


# Session, user, membership, notice, connection, counts, page, rows, what needs a person.
LOG_QUERIES = 9


# --- the queue


def act(browser: Client, **data: Any) -> None:
    browser.post(reverse("xero:queue_act", args=["blue"]), data)


def test_one_row_is_sent_again(connection: Connection, as_bob: Client) -> None:
    first, second = parked(connection), parked(connection)
    act(as_bob, act="retry", row=first.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (OutboxStatus.WAITING, OutboxStatus.PARKED)


def test_many_are_shown_before_they_are_sent_again(connection: Connection, as_bob: Client) -> None:
    first, second = parked(connection), parked(connection)
    url = reverse("xero:queue_act", args=["blue"])
    answer = as_bob.post(url, {"act": "retry", "every": "on", "cause": "name_taken"})
    assert answer.url == "/b/blue/xero/queue/retry/?cause=name_taken"
    answer = as_bob.post(url, {"act": "retry", "row": [first.pk, second.pk]})
    assert answer.url == f"/b/blue/xero/queue/retry/?row={first.pk}&row={second.pk}"
    assert not OutboxRow.objects.filter(status=OutboxStatus.WAITING).exists()


def test_nothing_ticked_changes_nothing(connection: Connection, as_bob: Client) -> None:
    parked(connection)
    act(as_bob, act="retry")
    assert OutboxRow.objects.get().status == OutboxStatus.PARKED


def test_a_row_is_left_out_and_brought_back(connection: Connection, as_bob: Client) -> None:
    one = parked(connection)
    act(as_bob, act="exclude", row=one.pk)
    assert OutboxRow.objects.get().status == OutboxStatus.EXCLUDED
    assert one.label in as_bob.get(QUEUE + "?show=excluded").content.decode()
    act(as_bob, act="retry", row=one.pk)
    assert OutboxRow.objects.get().status == OutboxStatus.WAITING


def test_rows_of_another_business_are_out_of_reach(
    connection: Connection, dry: Business, as_bob: Client, as_charlie: Client
) -> None:
    foreign = parked(ConnectionFactory(business=dry))
    act(as_bob, act="retry", row=foreign.pk)
    foreign.refresh_from_db()
    assert foreign.status == OutboxStatus.PARKED
    assert as_charlie.post(reverse("xero:queue_act", args=["blue"])).status_code == 404


def test_a_reader_changes_nothing(connection: Connection, as_rita: Client) -> None:
    one = parked(connection)
    answer = as_rita.post(reverse("xero:queue_act", args=["blue"]), {"act": "retry", "row": one.pk})
    assert answer.status_code == 403


def test_a_contact_is_renamed_with_the_proposal_standing_ready(
    connection: Connection, as_bob: Client
) -> None:
    one = parked(connection, proposed_name="Sam Reed (Noosa)")
    address = reverse("xero:rename", args=["blue", one.pk])
    assert 'value="Sam Reed (Noosa)"' in as_bob.get(address).content.decode()
    as_bob.post(address, {"name": "Sam Reed junior"})
    assert Contact.objects.get(pk=one.object_id).name == "Sam Reed junior"
    one.refresh_from_db()
    assert one.status == OutboxStatus.WAITING


def test_only_our_own_addresses_are_gone_back_to(connection: Connection, as_bob: Client) -> None:
    one = parked(connection)
    answer = as_bob.post(
        reverse("xero:queue_act", args=["blue"]),
        {"act": "retry", "row": one.pk, "back": "https://elsewhere.example/"},
    )
    assert answer.url == QUEUE


# --- other pages


def test_a_contacts_page_says_how_it_stands_in_xero(connection: Connection, as_bob: Client) -> None:
    contact = ContactFactory(business=connection.business, name="Sam Reed")
    address = reverse("contacts:detail", args=["blue", contact.pk])
    assert "Not in Xero" in as_bob.get(address).content.decode()
    Link.objects.create(
        business=connection.business,
        connection=connection,
        kind=Kind.CONTACT,
        object_id=contact.pk,
        xero_id="abc-1",
    )
    page = as_bob.get(address).content.decode()
    assert "In Xero" in page
    assert "%2FContacts%2FView%2Fabc-1" in page


def test_the_dashboard_says_what_needs_a_person(connection: Connection, as_rita: Client) -> None:
    parked(connection)
    page = as_rita.get("/b/blue/").content.decode()
    assert "Blue Lagoon Books" in page
    assert "<strong>1</strong>" in page


# --- the admin


@pytest.fixture
def as_staff(db: None, browser_of: Any) -> Client:
    return browser_of(User.objects.create_superuser("staff@platform.example", "secret"))


OURS = [model for model in admin.site._registry if model._meta.app_label == "xero_integration"]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_staff_see_every_list_and_delete_nothing(
    as_staff: Client, connection: Connection, model: Any
) -> None:
    parked(connection)
    entry(connection)
    address = f"/admin/xero_integration/{model._meta.model_name}/"
    assert as_staff.get(address, {"q": "sam"}).status_code == 200
    assert as_staff.get(address + "add/").status_code == 403
    for one in model._base_manager.all()[:1]:
        assert as_staff.get(f"{address}{one.pk}/change/").status_code == 200
        assert as_staff.post(f"{address}{one.pk}/delete/", {"post": "yes"}).status_code == 403


def test_staff_never_see_a_token(as_staff: Client) -> None:
    token = XeroToken(xero_userid="someone", expires_at=timezone.now())
    token.access_token, token.refresh_token = "access-secret", "refresh-secret"
    token.refresh_expires_at = timezone.now()
    token.save()
    page = as_staff.get(f"/admin/xero_integration/xerotoken/{token.pk}/change/").content.decode()
    assert "someone" in page
    assert token.access_token_encrypted not in page
    assert "access-secret" not in page
    assert token.refresh_token_encrypted not in page


def test_staff_send_a_row_once_more(as_staff: Client, connection: Connection) -> None:
    one = parked(connection)
    as_staff.post(
        "/admin/xero_integration/outboxrow/", {"action": "retry", "_selected_action": one.pk}
    )
    one.refresh_from_db()
    assert one.status == OutboxStatus.WAITING
