"""Reads, jobs and the sweep."""

import datetime as dt
from typing import Any

import pytest
import redis
from django.utils import timezone

from businesses.models import Business, User
from contacts.models import Contact
from xero_integration import jobs, missed, pull, sweep
from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    Job,
    JobKind,
    JobStatus,
    Kind,
    Link,
    LinkStatus,
    OutboxStatus,
)
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero


def read(connection: Connection, user: User) -> Job:
    job = jobs.start(connection, JobKind.READ, by=user)
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def fill(xero: Xero, number: int) -> None:
    for place in range(number):
        xero.act("add_contact", fields={"Name": f"In Xero {place}", "EmailAddress": "a@b.example"})


# --- reading -----------------------------------------------------------------------------------


# Pages are read by threads, which see what is committed.
@pytest.mark.django_db(transaction=True)
def test_everything_is_read_by_pages(
    xero: Xero, just_connected: Connection, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull, "PAGE_SIZE", 3)
    fill(xero, 7)
    xero.act("archive_contact", contact="In Xero 2")
    job = read(just_connected, alice)
    assert (job.status, job.done, job.total) == (JobStatus.DONE, 7, 7)
    mirror = just_connected.xero_contacts
    assert mirror.count() == 7
    assert mirror.get(name="In Xero 2").status == "ARCHIVED"
    assert mirror.get(name="In Xero 1").email == "a@b.example"
    assert just_connected.accounts.for_sales().exists()
    assert just_connected.xero_tax_rates.filter(tax_type="OUTPUT").exists()


def test_a_merge_that_a_whole_read_meets_first_takes_the_link_along(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    """It writes the mirror too, so a poll or an event would find nothing new."""
    rosa = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    winner = xero.act("add_contact", fields={"Name": "Reyes Family"})
    xero.act("merge_contacts", **{"from": "Rosa Reyes", "into": "Reyes Family"})
    assert read(connection, alice).status == JobStatus.DONE
    link = links.link_for(connection, Kind.CONTACT, rosa.pk)
    assert link and link.xero_id == winner["ContactID"]


def test_a_merge_that_cannot_be_followed_is_told_once_however_often_all_is_read(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    for name in ("Rosa Reyes", "Reyes Family"):
        making.contact(blue, name)
    making.drain(connection)
    xero.act("merge_contacts", **{"from": "Rosa Reyes", "into": "Reyes Family"})
    for _ in range(2):
        assert read(connection, alice).status == JobStatus.DONE
    entry = connection.entries.get(error_code="contact_merged")
    assert "linked to another contact here" in entry.message


@pytest.mark.django_db(transaction=True)
def test_a_read_goes_on_at_the_page_where_it_was_cut(
    xero: Xero, just_connected: Connection, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull, "PAGE_SIZE", 3)
    fill(xero, 7)
    xero.fault("drop_before", path="Contacts", after=2)
    job = read(just_connected, alice)
    # Pages come in any order, and are stored in theirs.
    assert (job.status, job.cursor["page"]) == (JobStatus.QUEUED, job.done / 3 + 1)
    assert 3 <= job.done <= 6
    Job.objects.update(lease_until=None)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.done) == (JobStatus.DONE, 7)
    assert just_connected.xero_contacts.count() == 7


@pytest.mark.django_db(transaction=True)
def test_pages_are_read_ahead_while_one_is_stored(
    xero: Xero,
    just_connected: Connection,
    alice: User,
    shared_limits: redis.Redis,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pull, "PAGE_SIZE", 2)
    fill(xero, 16)
    xero.control("limits", latency_ms=100)
    try:
        job = read(just_connected, alice)
    finally:
        xero.control("limits", latency_ms=0)
    assert (job.status, job.done) == (JobStatus.DONE, 16)
    calls = xero.state("calls")["calls"]["byResource"]
    assert calls["GET Contacts"] == 8
    limits = xero.state("limits")["limits"]["tenants"][just_connected.tenant_id]
    # One place of the five stays for people.
    assert limits["mostInFlight"] == 4
    assert not limits["refused"]


@pytest.mark.django_db(transaction=True)
def test_a_read_whose_time_is_up_wastes_no_page_that_it_asked_for(
    xero: Xero,
    just_connected: Connection,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    monkeypatch.setattr(pull, "PAGE_SIZE", 2)
    fill(xero, 16)
    settings.XERO_TASK_BUDGET = 0.15
    xero.control("limits", latency_ms=100)
    job = jobs.start(just_connected, JobKind.READ, by=alice)
    rounds = 0
    try:
        while job.status != JobStatus.DONE:
            Job.objects.update(lease_until=None)
            jobs.run(job.pk)
            job.refresh_from_db()
            rounds += 1
    finally:
        xero.control("limits", latency_ms=0)
    assert rounds > 1
    assert just_connected.xero_contacts.count() == 16
    assert xero.state("calls")["calls"]["byResource"]["GET Contacts"] == 8


def test_reading_again_follows_xero_and_keeps_what_people_chose(
    xero: Xero, just_connected: Connection, alice: User
) -> None:
    fill(xero, 2)
    read(just_connected, alice)
    just_connected.xero_contacts.filter(name="In Xero 0").update(create_here=False)
    xero.act("rename_contact", contact="In Xero 0", name="Renamed")
    read(just_connected, alice)
    assert just_connected.xero_contacts.get(name="Renamed").create_here is False
    xero.control("reset", seed="empty")


def test_a_read_that_xero_refuses_stops_with_its_words(
    xero: Xero, just_connected: Connection, alice: User
) -> None:
    xero.act("disconnect")
    job = read(just_connected, alice)
    assert job.status == JobStatus.FAILED
    assert job.error_message


@pytest.mark.parametrize("path", ["Accounts", "Contacts"], ids=["settings", "contacts"])
def test_a_read_in_an_outage_is_tried_later_and_later(
    xero: Xero, just_connected: Connection, alice: User, path: str
) -> None:
    """Each try is a call: every five seconds for an hour, they would be most of a day's."""
    xero.fault("503", method="GET", path=path, count=None)
    job = read(just_connected, alice)
    assert wait_of(job) < 6
    for minutes, most in ((10, 6), (100, 16)):
        long_ago = timezone.now() - dt.timedelta(minutes=minutes)
        Job.objects.update(updated_at=long_ago, lease_until=None)
        jobs.run(job.pk)
        assert (most - 2) * 60 < wait_of(job) < most * 60


def wait_of(job: Job) -> float:
    job.refresh_from_db()
    assert job.status == JobStatus.QUEUED
    assert job.lease_until is not None
    return (job.lease_until - timezone.now()).total_seconds()


# --- jobs --------------------------------------------------------------------------------------


def test_one_job_of_a_kind_at_a_time(just_connected: Connection, alice: User) -> None:
    first = jobs.start(just_connected, JobKind.READ, by=alice)
    assert jobs.start(just_connected, JobKind.READ, by=alice).pk == first.pk


def test_a_job_held_by_another_worker_is_left_alone(
    just_connected: Connection, alice: User
) -> None:
    job = jobs.start(just_connected, JobKind.READ, by=alice)
    later = timezone.now() + dt.timedelta(minutes=1)
    Job.objects.update(status=JobStatus.RUNNING, lease_owner="other", lease_until=later)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.lease_owner) == (JobStatus.RUNNING, "other")


def test_a_job_whose_worker_died_is_found_and_done(
    xero: Xero, just_connected: Connection, alice: User
) -> None:
    job = jobs.start(just_connected, JobKind.READ, by=alice)
    past = timezone.now() - dt.timedelta(seconds=1)
    Job.objects.update(status=JobStatus.RUNNING, lease_owner="dead", lease_until=past)
    assert sweep.wake_jobs() == 1
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.status == JobStatus.DONE


def test_a_job_hands_over_when_its_time_is_up(
    xero: Xero, just_connected: Connection, alice: User, settings: Any
) -> None:
    settings.XERO_TASK_BUDGET = 0
    seen: list[int] = []

    def count(run: jobs.Run) -> None:
        for number in range(run.job.cursor.get("at", 0), 3):
            seen.append(number)
            run.progress(done=number + 1, cursor={"at": number + 1})

    kept = jobs._functions.get(str(JobKind.MERGE))
    jobs.register(JobKind.MERGE, count)
    job = jobs.start(just_connected, JobKind.MERGE, by=alice)
    for _ in range(4):
        jobs.run(job.pk)
    if kept is not None:
        jobs.register(JobKind.MERGE, kept)
    job.refresh_from_db()
    assert seen == [0, 1, 2]
    assert (job.status, job.done) == (JobStatus.DONE, 3)


def test_a_job_that_fails_unforeseen_stops_for_a_person(
    just_connected: Connection, alice: User
) -> None:
    def fail(run: jobs.Run) -> None:
        raise ZeroDivisionError

    kept = jobs._functions.get(str(JobKind.MERGE))
    jobs.register(JobKind.MERGE, fail)
    job = jobs.start(just_connected, JobKind.MERGE, by=alice)
    jobs.run(job.pk)
    if kept is not None:
        jobs.register(JobKind.MERGE, kept)
    job.refresh_from_db()
    assert (job.status, job.error_message) == (JobStatus.FAILED, jobs.UNEXPECTED)


# --- the sweep ---------------------------------------------------------------------------------


def test_the_sweep_finds_changes_that_no_signal_told(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    known = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    Contact.objects.filter(pk=known.pk).update(first_name="Rosa", updated_at=timezone.now())
    Contact.objects.bulk_create([Contact(business=blue, name="Never told")])
    making.sweep_and_drain(connection)
    assert xero.contact("Rosa Reyes")["FirstName"] == "Rosa"
    assert xero.contact("Never told")


def test_the_sweep_looks_at_an_unseen_change_once(connection: Connection, blue: Business) -> None:
    contact = making.contact(blue)
    making.drain(connection)
    contact.notes = "Beware of the dog"
    contact.save()
    assert missed.find(connection) == 1
    assert missed.find(connection) == 0
    assert making.row(contact).status == OutboxStatus.DONE


def test_the_sweep_frees_rows_that_no_batch_holds(connection: Connection, blue: Business) -> None:
    contact = making.contact(blue)
    past = timezone.now() - dt.timedelta(seconds=1)
    connection.outbox.update(status=OutboxStatus.IN_FLIGHT, lease_until=past)
    assert sweep.free_rows() == 1
    assert making.row(contact).status == OutboxStatus.WAITING


def test_the_sweep_queues_a_drain_where_something_is_due(
    connection: Connection, blue: Business
) -> None:
    assert sweep.wake_drains() == 0
    making.contact(blue)
    assert sweep.wake_drains() == 1
    Connection.objects.update(paused_until=timezone.now() + dt.timedelta(minutes=1))
    assert sweep.wake_drains() == 0


def test_held_rows_wake_nobody(just_connected: Connection, blue: Business) -> None:
    making.contact(blue)
    assert sweep.wake_drains() == 0


def test_a_link_to_nothing_becomes_history(connection: Connection, blue: Business) -> None:
    gone = Link.objects.create(
        business=blue,
        connection=connection,
        kind=Kind.CONTACT,
        object_id="00000000-0000-4000-8000-000000000000",
        xero_id="x",
    )
    assert sweep.drop_links_to_nothing() == 1
    gone.refresh_from_db()
    assert gone.status == LinkStatus.FORMER


def test_a_quiet_sweep_makes_few_queries(
    connection: Connection, blue: Business, django_assert_max_num_queries: Any
) -> None:
    making.invoice(making.contact(blue))
    making.drain(connection)
    sweep.sweep()
    with django_assert_max_num_queries(26):
        sweep.sweep()


def test_an_old_change_is_found_by_the_thorough_sweep(
    connection: Connection, blue: Business
) -> None:
    contact = making.contact(blue)
    making.drain(connection)
    long_ago = timezone.now() - dt.timedelta(hours=5)
    Contact.objects.filter(pk=contact.pk).update(first_name="Rosa", updated_at=long_ago)
    earlier = long_ago - dt.timedelta(hours=1)
    Link.objects.update(checked_at=earlier)
    connection.outbox.update(queued_at=earlier)
    sweep.sweep()
    assert making.row(contact).status == OutboxStatus.DONE
    sweep.sweep(thorough=True)
    assert making.row(contact).status == OutboxStatus.WAITING
