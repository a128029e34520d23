"""The crash points of reading: a real worker is killed there, and nothing is lost or doubled.

As in test_crash_points.py, this process takes over when the leases have ended.
"""

import csv
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from businesses.models import Business, User
from invoices.models import Invoice
from pooltrackr.supervisor import Stack
from xero_integration import dispatch, jobs
from xero_integration.linking import links
from xero_integration.models import (
    OPEN_EVENTS,
    READ_KINDS,
    Action,
    JobKind,
    JobStatus,
    Kind,
    OutboxStatus,
    PullState,
    SyncEntry,
    XeroEvent,
)
from xero_integration.reading import events, polling, readers
from xero_integration.tests import making
from xero_integration.tests.chaos.scene import Scene

pytestmark = pytest.mark.process

POLL_POINTS = {
    "before_the_call": "call xero_integration.client.api._perform",
    "after_the_page_was_read": "return xero_integration.reading.arrivals.read",
    "after_what_follows_a_change": "call xero_integration.reading.arrivals._save",
    "before_what_is_being_sent_is_noted": "return xero_integration.reading.polling._event",
    "after_storing_before_the_cursor": "return xero_integration.reading.polling._take_in",
    "as_the_cursor_moves": "return xero_integration.reading.readers.keep",
}
# One page and a half, of Xero's largest.
MANY = 1500


@pytest.fixture
def scene(start_stack: Callable[..., Stack], blue: Business, alice: User) -> Scene:
    return Scene(start_stack(), blue, alice)


@pytest.fixture
def long_list(
    start_stack: Callable[..., Stack], blue: Business, alice: User, tmp_path: Path
) -> Scene:
    """Return a scene whose organisation has more contacts than a page holds."""
    path = tmp_path / "many.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name"])
        writer.writerows([f"X{number}", f"Customer {number:04d}"] for number in range(MANY))
    arguments = ("--seed", "empty", "--contacts", str(path))
    return Scene(start_stack(xero_arguments=arguments), blue, alice)


class Story:
    """What happened in Xero since the last poll: edits, a merge, and two of our own under way."""

    def __init__(self, scene: Scene, blue: Business) -> None:
        self.scene, self.connection = scene, scene.connection
        self.rosa = making.contact(blue, "Rosa Reyes")
        sam = making.contact(blue, "Sam Reed")
        paid, moving = making.invoice(sam), making.invoice(sam)
        making.drain(self.connection)
        self._let_time_pass_in_xero(paid, moving)
        # Just now a worker sends these: their echo is nobody's edit.
        hour = timezone.now() + dt.timedelta(hours=1)
        ours = self.connection.outbox.filter(object_id__in=[sam.pk, moving.pk])
        assert ours.update(status=OutboxStatus.IN_FLIGHT, lease_until=hour) == 2
        readers.begin([self.connection])

    def _let_time_pass_in_xero(self, paid: Invoice, moving: Invoice) -> None:
        act = self.scene.xero.act
        self.survivor = act("add_contact", fields={"Name": "Reyes Family"})["ContactID"]
        act("merge_contacts", **{"from": "Rosa Reyes", "into": "Reyes Family"})
        act("edit_contact", contact="Sam Reed", fields={"EmailAddress": "sam@x.example"})
        numbers = {one["InvoiceNumber"]: one["InvoiceID"] for one in self.scene.xero.invoices()}
        act("pay_invoice", invoice=numbers[paid.number])
        act("void_invoice", invoice=numbers[moving.number])

    def state(self, kind: Kind) -> PullState:
        return self.connection.pull_states.get(kind=kind)

    def go_on(self) -> None:
        """Do what is left of both polls, and what had to wait for our own sending."""
        self.scene.let_leases_end()
        for kind in READ_KINDS:
            polling.poll(self.state(kind).pk)
        self.connection.outbox.update(status=OutboxStatus.DONE)
        XeroEvent.objects.update(not_before=timezone.now())
        events.take(self.connection.pk)

    def check(self) -> None:
        """Compare the mirror with Xero, and look for what was done twice or not at all."""
        mirror, xero = self.connection, self.scene.xero
        contacts = {(one["ContactID"], one["ContactStatus"]) for one in xero.contacts()}
        assert set(mirror.xero_contacts.values_list("xero_id", "status")) == contacts
        assert mirror.xero_contacts.get(name="Sam Reed").email == "sam@x.example"
        invoices = {(one["InvoiceID"], one["Status"]) for one in xero.invoices()}
        assert set(mirror.xero_invoices.values_list("xero_id", "status")) == invoices
        link = links.link_for(self.connection, Kind.CONTACT, self.rosa.pk)
        assert link is not None
        assert link.xero_id == self.survivor
        followed = SyncEntry.objects.filter(action=Action.LINK, xero_id=self.survivor)
        assert followed.count() == 1
        noted = XeroEvent.objects.values_list("category", flat=True)
        assert sorted(noted) == ["CONTACT", "INVOICE"]
        assert not XeroEvent.objects.filter(status__in=OPEN_EVENTS).exists()
        kept = {Kind.CONTACT: mirror.xero_contacts, Kind.INVOICE: mirror.xero_invoices}
        for kind, rows in kept.items():
            newest = rows.order_by("-updated_at").values_list("updated_at", flat=True).first()
            assert self.state(kind).since == newest


@pytest.mark.parametrize(
    "kind", [Kind.CONTACT, pytest.param(Kind.INVOICE, marks=pytest.mark.long)], ids=str
)
@pytest.mark.parametrize("name", POLL_POINTS)
def test_a_worker_killed_inside_a_poll(scene: Scene, blue: Business, name: str, kind: Kind) -> None:
    story = Story(scene, blue)
    before = story.state(kind).since
    dispatch.poll(story.state(kind).pk, countdown=0)
    scene.kill_at(POLL_POINTS[name])
    has_moved = story.state(kind).since != before
    assert has_moved == (name == "as_the_cursor_moves")
    story.go_on()
    story.check()


@pytest.mark.parametrize("after", [0, 1], ids=["first_page", "second_page"])
def test_a_worker_killed_between_storing_a_page_and_moving_the_cursor(
    long_list: Scene, after: int
) -> None:
    connection = long_list.connection
    readers.begin([connection])
    long_ago = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    connection.pull_states.update(since=long_ago)
    state = connection.pull_states.get(kind=Kind.CONTACT)
    dispatch.poll(state.pk, countdown=0)
    long_list.kill_at(POLL_POINTS["after_storing_before_the_cursor"], after=after)
    assert connection.xero_contacts.count() == min((after + 1) * polling.PAGE_SIZE, MANY)
    state.refresh_from_db()
    assert (state.since > long_ago) == bool(after)
    long_list.let_leases_end()
    polling.poll(state.pk)
    assert names(long_list) == {one["Name"] for one in long_list.xero.contacts()}
    state.refresh_from_db()
    assert state.polled_at is not None


@pytest.mark.parametrize(
    ("place", "after", "page"),
    [
        ("return xero_integration.pull.store_contacts", 0, 1),
        ("call xero_integration.pull.store_contacts", 1, 2),
        ("call xero_integration.pull._drop_unseen", 0, 2),
    ],
    ids=["before_the_first_page_counts", "with_the_second_in_hand", "before_the_end"],
)
def test_a_worker_killed_inside_the_first_reading(
    long_list: Scene, alice: User, place: str, after: int, page: int
) -> None:
    job = jobs.start(long_list.connection, JobKind.READ, by=alice)
    long_list.kill_at(place, after=after)
    job.refresh_from_db()
    assert (job.status, job.cursor.get("page", 1)) == (JobStatus.RUNNING, page)
    before = pages_read(long_list)
    long_list.let_leases_end()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.done, job.total) == (JobStatus.DONE, MANY, MANY)
    # From its page on, and no page more.
    assert pages_read(long_list) - before == 3 - page
    assert names(long_list) == {one["Name"] for one in long_list.xero.contacts()}


def names(scene: Scene) -> set[str]:
    found = list(scene.connection.xero_contacts.values_list("name", flat=True))
    assert len(found) == MANY
    return set(found)


def pages_read(scene: Scene) -> int:
    found: int = scene.xero.state("calls")["calls"]["byResource"].get("GET Contacts", 0)
    return found
