"""Two people, or a person and a worker, at the same record in the same instant.

Real transactions on connections of their own: on PostgreSQL the second one is stopped by a
constraint when the first commits, on SQLite it waits until then.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.db import connection as database

from businesses.models import Business, User
from contacts import merging
from contacts.models import Contact
from xero_integration import jobs
from xero_integration.client.api import Client
from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    Job,
    JobKind,
    JobStatus,
    Kind,
    Lane,
    Link,
    LinkStatus,
    OutboxStatus,
)
from xero_integration.sending import batches, prepare
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero
from xero_integration.tests.test_unclear import let_key_die, send_and_forget

pytestmark = pytest.mark.django_db(transaction=True)

# Time for the other one to run into what is not committed yet.
OVERLAP = 0.4

Meanwhile = Callable[[Callable[[], Any]], None]


@pytest.fixture
def meanwhile() -> Iterator[Meanwhile]:
    """Return a function that does something on another connection, and commits a little later.

    It returns once that is done and not yet committed.
    """
    threads = []

    def begin(work: Callable[[], Any]) -> None:
        is_done = threading.Event()

        def run() -> None:
            try:
                with transaction.atomic():
                    work()
                    is_done.set()
                    time.sleep(OVERLAP)
            finally:
                is_done.set()
                database.close()

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        assert is_done.wait(10)

    yield begin
    for thread in threads:
        thread.join()


def link(connection: Connection, contact: Contact, xero_id: str) -> UUID:
    return links.link(connection, Kind.CONTACT, contact.pk, xero_id, by=None).object_id


def test_the_same_link_made_twice_is_one(
    just_connected: Connection, blue: Business, meanwhile: Meanwhile
) -> None:
    contact = making.contact(blue)
    just_connected.outbox.all().delete()
    meanwhile(lambda: link(just_connected, contact, "x-1"))
    assert link(just_connected, contact, "x-1") == contact.pk
    assert just_connected.links.current().count() == 1


def test_whoever_links_second_to_one_record_is_told(
    just_connected: Connection, blue: Business, meanwhile: Meanwhile
) -> None:
    one, two = making.contact(blue), making.contact(blue)
    meanwhile(lambda: link(just_connected, one, "x-1"))
    with pytest.raises(links.LinkConflict):
        link(just_connected, two, "x-1")


def test_of_many_links_only_those_that_are_free_are_made(
    just_connected: Connection, blue: Business, meanwhile: Meanwhile
) -> None:
    one, two, three = (making.contact(blue) for _ in range(3))
    meanwhile(lambda: link(just_connected, one, "x-1"))
    pairs = {two.pk: "x-1", three.pk: "x-3"}
    assert links.link_contacts(just_connected, pairs, by=None) == 1
    assert just_connected.links.current().count() == 2


def test_a_contact_linked_while_its_creation_is_settled_keeps_that_link(
    xero: Xero, connection: Connection, blue: Business, meanwhile: Meanwhile
) -> None:
    xero.act("add_contact", fields={"Name": "Somebody else"})
    other = xero.contact("Somebody else")["ContactID"]
    contact = making.contact(blue, "Rosa Reyes")
    _, (batch,) = prepare.prepare(connection, kind=Kind.CONTACT, lane=Lane.INTERACTIVE)
    with Client(connection, lane=Lane.INTERACTIVE) as client:
        batches.about_to_send(batch)
        send_and_forget(client, batch)
    making.let_leases_end(connection)
    meanwhile(lambda: link(connection, contact, other))
    making.drain(connection)
    assert connection.links.current().get().xero_id == other
    assert connection.entries.filter(error_code="second_made").count() == 1
    # Our data went to the one that was linked, whose new name the second one has already.
    assert making.row(contact).error_code == "name_taken"


def test_a_record_linked_elsewhere_while_it_is_adopted_goes_to_a_person_by_its_reason(
    xero: Xero, connection: Connection, blue: Business, meanwhile: Meanwhile
) -> None:
    xero.fault("drop_after", method="PUT", path="Contacts")
    contact = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    created = xero.contact("Rosa Reyes")["ContactID"]
    other = making.contact(blue, "Bo Lund")
    let_key_die(xero, connection)
    meanwhile(lambda: link(connection, other, created))
    making.drain(connection)
    row = making.row(contact)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, "link_taken")


def test_a_primary_linked_while_it_takes_a_linked_duplicate_in_keeps_its_own_link(
    just_connected: Connection, blue: Business, alice: User, meanwhile: Meanwhile
) -> None:
    primary, duplicate = making.contact(blue), making.contact(blue)
    link(just_connected, duplicate, "x-1")
    # Without rows nothing but the constraint stops the second one.
    just_connected.outbox.all().delete()
    meanwhile(lambda: link(just_connected, primary, "x-2"))
    merging.merge(primary, [duplicate], values=None, by=alice)
    assert standing(just_connected) == {(primary.pk, "x-2")}
    assert Link.objects.get(xero_id="x-1").status == LinkStatus.FORMER


def test_a_link_taken_back_while_its_contact_is_merged_stays_taken_back(
    just_connected: Connection, blue: Business, alice: User, meanwhile: Meanwhile
) -> None:
    primary, duplicate = making.contact(blue), making.contact(blue)
    link(just_connected, duplicate, "x-1")
    meanwhile(lambda: links.unlink(Link.objects.get(), by=alice))
    merging.merge(primary, [duplicate], values=None, by=alice)
    assert standing(just_connected) == set()


def test_a_link_taken_back_while_a_merge_moves_it_leaves_the_primary_out(
    just_connected: Connection, blue: Business, alice: User, meanwhile: Meanwhile
) -> None:
    """Else the primary, without a link and not left out, would be created a second time."""
    primary, duplicate = making.contact(blue), making.contact(blue)
    link(just_connected, duplicate, "x-1")
    held = Link.objects.get()
    meanwhile(lambda: merging.merge(primary, [duplicate], values=None, by=alice))
    links.unlink(held, by=alice)
    assert standing(just_connected) == set()
    assert making.row(primary).status == OutboxStatus.EXCLUDED


def test_an_undo_does_not_mind_that_the_link_was_made_anew_in_the_same_instant(
    just_connected: Connection, blue: Business, alice: User, meanwhile: Meanwhile
) -> None:
    primary, duplicate, other = (making.contact(blue) for _ in range(3))
    link(just_connected, primary, "x-2")
    link(just_connected, duplicate, "x-1")
    (merge,) = merging.merge(primary, [duplicate], values=None, by=alice)
    just_connected.outbox.all().delete()
    meanwhile(lambda: link(just_connected, other, "x-1"))
    with suppress(merging.ChangedSince):
        merging.undo(merge, by=alice)
    assert standing(just_connected) == {(primary.pk, "x-2"), (other.pk, "x-1")}


def standing(connection: Connection) -> set[tuple[UUID, str]]:
    return set(connection.links.current().values_list("object_id", "xero_id"))


def test_two_who_start_a_job_at_once_get_the_same_one(
    just_connected: Connection, alice: User, meanwhile: Meanwhile
) -> None:
    meanwhile(lambda: jobs.start(just_connected, JobKind.READ, by=alice))
    jobs.start(just_connected, JobKind.READ, by=alice)
    assert Job.objects.count() == 1


def test_a_job_that_ends_while_it_is_asked_for_fails_nobody(
    just_connected: Connection, alice: User
) -> None:
    """It ends after the insertion was refused, and before anybody looks which one it was."""
    jobs.start(just_connected, JobKind.READ, by=alice)
    was_refused = threading.Event()

    def end_it(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if was_refused.is_set() and sql.startswith("SELECT"):
            was_refused.clear()
            ending = threading.Thread(target=end_all_jobs)
            ending.start()
            ending.join()
        try:
            return execute(sql, params, many, context)
        except IntegrityError:
            was_refused.set()
            raise

    with database.execute_wrapper(end_it):
        assert jobs.start(just_connected, JobKind.READ, by=alice).kind == JobKind.READ


def end_all_jobs() -> None:
    Job.objects.update(status=JobStatus.DONE)
    database.close()
