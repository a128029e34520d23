"""The controller: the first step that is not done, never ahead of it, back at any time."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from businesses.models import Business
from xero_integration.models import (
    Connection,
    ConnectionStatus,
    Job,
    JobKind,
    JobStatus,
    LinkAction,
    OutboxRow,
    OutboxStatus,
    Step,
    WizardRun,
)
from xero_integration.tests.factories import (
    ConnectionFactory,
    ContactFactory,
    LinkChoiceFactory,
    XeroContactFactory,
)
from xero_integration.wizard.steps import Wizard, begin_linking


def job(connection: Connection, kind: JobKind, status: JobStatus = JobStatus.DONE) -> Job:
    return Job.objects.create(
        business=connection.business, connection=connection, kind=kind, status=status
    )


def at(business: Business, step: Step) -> WizardRun:
    return WizardRun.objects.update_or_create(business=business, defaults={"step": step})[0]


@pytest.fixture
def connection(blue: Business) -> Connection:
    return ConnectionFactory(business=blue)


def url(step: Step) -> str:
    return reverse(f"xero:{step.value}", args=["blue"])


def test_the_wizard_begins_with_the_clean_up(blue: Business) -> None:
    assert Wizard(blue).current == Step.DEDUPE


def test_skipping_leads_to_the_connect_step(blue: Business, as_bob: Client) -> None:
    assert as_bob.post(reverse("xero:dedupe_skip", args=["blue"])).url == url(Step.CONNECT)
    assert Wizard(blue).current == Step.CONNECT


def test_pools_are_cleaned_up_inside_the_wizard_too(blue: Business, as_bob: Client) -> None:
    for name in ("Lap pool", "LAP POOL"):
        blue.pools.create(name=name, line1="4 Pelican Court")
    ContactFactory(business=blue, name="Rosa Reyes")
    ContactFactory(business=blue, name="ROSA REYES")
    page = as_bob.get(url(Step.DEDUPE), {"of": "pool"})
    (group,) = page.context["tool"]["groups"]
    assert sorted(pool.name for pool in group.contacts) == ["LAP POOL", "Lap pool"]
    assert page.context["same_name"] == 1
    data = {"of": "pool", "c": [pool.pk for pool in group.contacts], "next": url(Step.DEDUPE)}
    merged = as_bob.post(
        reverse("contacts:duplicates_merge", args=["blue"]), data | {"primary": group.primary.pk}
    )
    assert merged["Location"].startswith(url(Step.DEDUPE))
    assert blue.pools.active().count() == 1


def test_connecting_is_done_when_the_contacts_have_been_read(
    blue: Business, connection: Connection
) -> None:
    at(blue, Step.LINK)
    reading = job(connection, JobKind.READ, JobStatus.RUNNING)
    assert Wizard(blue).current == Step.CONNECT
    Job.objects.filter(pk=reading.pk).update(status=JobStatus.DONE)
    assert Wizard(blue).current == Step.LINK


def test_reading_again_does_not_throw_a_person_back(blue: Business, connection: Connection) -> None:
    at(blue, Step.LINK)
    job(connection, JobKind.READ)
    job(connection, JobKind.READ, JobStatus.RUNNING)
    assert Wizard(blue).current == Step.LINK


def test_a_conflict_made_by_going_back_leads_back(blue: Business, connection: Connection) -> None:
    at(blue, Step.SYNC)
    job(connection, JobKind.READ)
    assert Wizard(blue).current == Step.SYNC
    target = XeroContactFactory(connection=connection)
    for _ in range(2):
        LinkChoiceFactory(connection=connection, action=LinkAction.LINK, xero_contact=target)
    assert Wizard(blue).current == Step.LINK


def test_the_sync_is_done_when_nothing_is_on_its_way(
    blue: Business, connection: Connection
) -> None:
    at(blue, Step.SYNC)
    job(connection, JobKind.READ)
    job(connection, JobKind.SYNC)
    row = OutboxRow.objects.create(
        business=blue,
        connection=connection,
        kind="contact",
        object_id=ContactFactory(business=blue).pk,
        queued_at=timezone.now(),
        not_before=timezone.now(),
    )
    Connection.objects.update(contacts_open_at=timezone.now())
    assert Wizard(blue).current == Step.SYNC
    OutboxRow.objects.filter(pk=row.pk).update(status=OutboxStatus.PARKED)
    assert Wizard(blue).current == Step.ACCOUNTS


def test_all_is_done_once_the_accounts_are_linked(blue: Business, connection: Connection) -> None:
    at(blue, Step.DONE)
    job(connection, JobKind.READ)
    job(connection, JobKind.SYNC)
    Connection.objects.update(contacts_open_at=timezone.now(), invoices_open_at=timezone.now())
    wizard = Wizard(blue)
    assert wizard.current == Step.DONE
    assert wizard.url() == reverse("xero:home", args=["blue"])


def test_a_broken_connection_leads_back_to_connect(blue: Business, connection: Connection) -> None:
    at(blue, Step.LINK)
    job(connection, JobKind.READ)
    Connection.objects.update(status=ConnectionStatus.NEEDS_RECONNECT)
    assert Wizard(blue).current == Step.CONNECT


@pytest.mark.parametrize("step", [Step.LINK, Step.CREATE, Step.SYNC, Step.ACCOUNTS])
def test_nobody_gets_ahead_of_the_first_step_not_done(
    blue: Business, as_bob: Client, step: Step
) -> None:
    at(blue, Step.CONNECT)
    assert as_bob.get(url(step)).url == url(Step.CONNECT)


@pytest.mark.parametrize("step", [Step.DEDUPE, Step.CONNECT, Step.LINK])
def test_going_back_is_possible(
    blue: Business, connection: Connection, as_bob: Client, step: Step
) -> None:
    at(blue, Step.CREATE)
    job(connection, JobKind.READ)
    assert as_bob.get(url(step)).status_code == 200


def test_going_back_and_skipping_again_forgets_nothing(
    blue: Business, connection: Connection, as_bob: Client
) -> None:
    at(blue, Step.CREATE)
    job(connection, JobKind.READ)
    answer = as_bob.post(reverse("xero:dedupe_skip", args=["blue"]))
    assert answer.url == url(Step.CREATE)


def test_a_new_organisation_begins_at_the_link_step(blue: Business, connection: Connection) -> None:
    at(blue, Step.DONE)
    begin_linking(connection)
    assert WizardRun.objects.get().step == Step.LINK


def test_a_reconnect_goes_on_where_it_was(blue: Business, connection: Connection) -> None:
    at(blue, Step.DONE)
    Connection.objects.update(contacts_open_at=timezone.now())
    begin_linking(Connection.objects.get())
    assert WizardRun.objects.get().step == Step.DONE


# --- the create step


@pytest.fixture
def listing(blue: Business, connection: Connection) -> Connection:
    at(blue, Step.CREATE)
    job(connection, JobKind.READ)
    return connection


def test_only_unlinked_contacts_in_use_are_offered(listing: Connection, as_bob: Client) -> None:
    taken = XeroContactFactory(connection=listing, name="Taken")
    LinkChoiceFactory(connection=listing, action=LinkAction.LINK, xero_contact=taken)
    XeroContactFactory(connection=listing, name="Archived", status="ARCHIVED")
    XeroContactFactory(connection=listing, name="Free")
    page = as_bob.get(url(Step.CREATE)).content.decode()
    assert "Free" in page
    assert "Archived" not in page
    assert ">Taken<" not in page


def test_the_ticks_of_a_page_are_stored(listing: Connection, as_bob: Client) -> None:
    kept, dropped = XeroContactFactory.create_batch(2, connection=listing)
    elsewhere = XeroContactFactory(connection=listing)
    as_bob.post(
        reverse("xero:create_rows", args=["blue"]),
        {"shown": [kept.pk, dropped.pk], "create": [kept.pk]},
    )
    for contact in (kept, dropped, elsewhere):
        contact.refresh_from_db()
    assert [kept.create_here, dropped.create_here, elsewhere.create_here] == [True, False, True]


def test_none_reaches_only_what_the_search_found(listing: Connection, as_bob: Client) -> None:
    hit = XeroContactFactory(connection=listing, name="Palm Court")
    miss = XeroContactFactory(connection=listing, name="Reef House")
    as_bob.post(reverse("xero:create_bulk", args=["blue"]), {"act": "none", "q": "palm"})
    hit.refresh_from_db()
    miss.refresh_from_db()
    assert [hit.create_here, miss.create_here] == [False, True]


def test_the_create_list_makes_the_same_queries_however_long_it_is(
    listing: Connection, as_bob: Client, django_assert_num_queries: Any
) -> None:
    XeroContactFactory.create_batch(60, connection=listing)
    with django_assert_num_queries(QUERIES):
        as_bob.get(url(Step.CREATE))


# Session, user, membership, notice, run, connection, the link step's gate, counts, page, rows.
QUERIES = 13


@pytest.mark.parametrize("name", ["create", "create_rows", "create_bulk", "create_next"])
def test_a_stranger_finds_nothing(listing: Connection, as_charlie: Client, name: str) -> None:
    address = reverse(f"xero:{name}", args=["blue"])
    answer = as_charlie.get(address) if name == "create" else as_charlie.post(address)
    assert answer.status_code == 404


# --- the clean-up step


def test_the_clean_up_says_how_many_names_stand_twice(blue: Business, as_bob: Client) -> None:
    for name in ("Sam Reed", "Sam Reed", "Kim Palm"):
        ContactFactory(business=blue, name=name, email=f"{name.split()[0].lower()}@example.com")
    page = as_bob.get(url(Step.DEDUPE)).content.decode()
    assert "1 group of contacts with the same name is left" in page
    assert "Skip deduplication" in page
    other = as_bob.get(url(Step.DEDUPE), {"mode": "strict", "by": "abn"}).content.decode()
    assert "1 group of contacts with the same name is left" in other
