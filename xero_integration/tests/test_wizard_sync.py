"""The sync step: what was chosen is carried out, on both sides, once."""

from typing import Any

import pytest
from django.db.models.signals import post_init
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from businesses.models import Business, User
from contacts.models import Contact, Pool, PoolContact
from xero_integration import jobs
from xero_integration.models import (
    Connection,
    Job,
    JobKind,
    JobStatus,
    Keep,
    Kind,
    Link,
    LinkAction,
    LinkChoice,
    OutboxRow,
    OutboxStatus,
    Step,
    WizardRun,
    XeroContact,
)
from xero_integration.tests import making
from xero_integration.tests.factories import ContactFactory
from xero_integration.tests.simulator import Xero
from xero_integration.wizard import choices, preview, syncing

SYNC = "/b/blue/xero/setup/sync/"


@pytest.fixture
def connection(just_connected: Connection) -> Connection:
    """Connected to an empty organisation; the wizard is past its create step."""
    WizardRun.objects.create(business=just_connected.business, step=Step.SYNC)
    return just_connected


def in_xero(xero: Xero, name: str, **fields: Any) -> None:
    """Make a contact in Xero by hand."""
    xero.act("add_contact", fields={"Name": name, **fields})


def read(connection: Connection) -> None:
    """Read and compare, as the worker does after connecting."""
    jobs.run(jobs.start(connection, JobKind.READ, by=None).pk)
    jobs.run(jobs.start(connection, JobKind.SUGGEST, by=None).pk)


def sync(connection: Connection) -> Job:
    job = jobs.start(connection, JobKind.SYNC, by=None)
    jobs.run(job.pk)
    connection.refresh_from_db()
    making.drain(connection)
    job.refresh_from_db()
    return job


def choose(connection: Connection, contact: Contact, **fields: Any) -> LinkChoice:
    choice = LinkChoice.objects.get(connection=connection, contact=contact)
    for name, value in fields.items():
        setattr(choice, name, value)
    choice.save()
    return choice


def mirrored(name: str) -> XeroContact:
    return XeroContact.objects.get(name=name)


def link_of(contact: Contact) -> Link:
    return Link.objects.current().get(kind=Kind.CONTACT, object_id=contact.pk)


def names(xero: Xero) -> list[str]:
    return sorted(one["Name"] for one in xero.contacts())


# --- the four ways


def test_contacts_are_linked_created_on_both_sides_and_left_out(
    connection: Connection, xero: Xero, blue: Business, bob: User
) -> None:
    in_xero(xero, "Marigold Vance", EmailAddress="marigold@vance.example")
    in_xero(xero, "Only In Xero", EmailAddress="only@xero.example")
    same = ContactFactory(business=blue, name="Marigold Vance", email="marigold@vance.example")
    new = ContactFactory(business=blue, name="Ottoline Quirke")
    left = ContactFactory(business=blue, name="Cash Sale")
    read(connection)
    choices.choose(choose(connection, left), action=LinkAction.LEAVE, by=bob)
    job = sync(connection)
    assert (job.status, job.done, job.total) == (JobStatus.DONE, 4, 4)
    assert names(xero) == ["Marigold Vance", "Only In Xero", "Ottoline Quirke"]
    assert link_of(same).xero_id == mirrored("Marigold Vance").xero_id
    assert link_of(new).xero_id == xero.contact("Ottoline Quirke")["ContactID"]
    made = Contact.objects.get(name="Only In Xero")
    assert made.email == "only@xero.example"
    assert link_of(made).xero_id == mirrored("Only In Xero").xero_id
    assert not Link.objects.filter(object_id=left.pk).exists()
    assert making.row(left).status == OutboxStatus.EXCLUDED


def test_a_contact_of_xero_that_was_not_ticked_is_not_created(
    connection: Connection, xero: Xero
) -> None:
    in_xero(xero, "Only In Xero")
    read(connection)
    XeroContact.objects.update(create_here=False)
    sync(connection)
    assert not Contact.objects.exists()


def test_running_twice_changes_nothing(connection: Connection, xero: Xero, blue: Business) -> None:
    in_xero(xero, "Only In Xero")
    ContactFactory(business=blue, name="Ottoline Quirke")
    read(connection)
    sync(connection)
    before = (names(xero), Contact.objects.count(), Link.objects.count(), len(xero.writes()))
    assert sync(connection).status == JobStatus.DONE
    assert (
        names(xero),
        Contact.objects.count(),
        Link.objects.count(),
        len(xero.writes()),
    ) == before


def test_a_sync_that_was_cut_off_goes_on_where_it_was(
    connection: Connection, xero: Xero, blue: Business
) -> None:
    for number in range(syncing.CHUNK + 5):
        ContactFactory(business=blue, name=f"Customer {number:04d}")
    in_xero(xero, "Only In Xero")
    read(connection)

    class Killed(Exception):
        pass

    def report(phase: str, count: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        syncing.carry_out(connection, by=None, report=report)
    assert syncing.pending(connection).count() == 5
    assert connection.contacts_open_at is None
    sync(connection)
    assert len(xero.contacts()) == syncing.CHUNK + 6
    assert Link.objects.current().count() == syncing.CHUNK + 6


# --- whose data is kept


@pytest.fixture
def differing(connection: Connection, xero: Xero, blue: Business) -> Contact:
    """One customer who is written differently on the two sides, with a pool here."""
    in_xero(
        xero,
        "Vance, Marigold",
        EmailAddress="marigold@vance.example",
        Phones=[{"PhoneType": "MOBILE", "PhoneNumber": "0491 570 156"}],
        Addresses=[{"AddressType": "POBOX", "AddressLine1": "9 Reef Road", "City": "Noosa"}],
    )
    contact = ContactFactory(
        business=blue,
        name="Marigold Vance",
        email="marigold@vance.example",
        mobile="0491 570 157",
        postal_line1="4 Palm Street",
        postal_line2="Unit 2",
        account_number="MV1",
    )
    pool = Pool.objects.create(business=blue, name="Back yard", line1="4 Palm Street")
    PoolContact.objects.create(business=blue, pool=pool, contact=contact, role="owner")
    read(connection)
    return choose(
        connection,
        contact,
        action=LinkAction.LINK,
        xero_contact=mirrored("Vance, Marigold"),
    ).contact


def test_keeping_ours_updates_xero_and_not_us(
    connection: Connection, xero: Xero, differing: Contact
) -> None:
    sync(connection)
    there = xero.contact("Marigold Vance")
    assert there["AccountNumber"] == "MV1"
    phones = {one["PhoneType"]: one["PhoneNumber"] for one in there["Phones"]}
    assert phones["MOBILE"] == "0491 570 157"
    differing.refresh_from_db()
    assert differing.postal_line1 == "4 Palm Street"


def test_keeping_xeros_updates_us_and_not_xero(
    connection: Connection, xero: Xero, differing: Contact
) -> None:
    WizardRun.objects.update(keep=Keep.XERO)
    sync(connection)
    differing.refresh_from_db()
    assert (differing.name, differing.mobile) == ("Vance, Marigold", "0491 570 156")
    # The old unit in the new street would be nowhere.
    assert (differing.postal_line1, differing.postal_line2) == ("9 Reef Road", "")
    assert "reef" in differing.search_key
    assert not xero.writes("Contacts")
    assert making.drain(connection) is None
    assert not xero.writes("Contacts")


def test_a_blank_never_overwrites_a_value(connection: Connection, differing: Contact) -> None:
    WizardRun.objects.update(keep=Keep.XERO)
    sync(connection)
    differing.refresh_from_db()
    assert differing.account_number == "MV1"


def test_what_xero_replaced_is_kept_for_an_undo(connection: Connection, differing: Contact) -> None:
    WizardRun.objects.update(keep=Keep.XERO)
    sync(connection)
    before = LinkChoice.objects.get(contact=differing).before
    assert before["name"] == "Marigold Vance"
    assert before["postal_line2"] == "Unit 2"
    assert "account_number" not in before


def test_one_pair_may_keep_the_other_side(connection: Connection, differing: Contact) -> None:
    choose(connection, differing, keep=Keep.XERO)
    sync(connection)
    differing.refresh_from_db()
    assert differing.name == "Vance, Marigold"


@pytest.mark.parametrize("keep", Keep.values)
def test_pools_are_never_touched(connection: Connection, differing: Contact, keep: str) -> None:
    before = list(Pool.objects.values())
    WizardRun.objects.update(keep=keep)
    sync(connection)
    assert list(Pool.objects.values()) == before
    assert PoolContact.objects.get().contact == differing


# --- what cannot go on


def test_the_job_refuses_while_two_point_at_one(
    connection: Connection, xero: Xero, differing: Contact, blue: Business
) -> None:
    other = ContactFactory(business=blue, name="Another")
    LinkChoice.objects.create(
        business=blue,
        connection=connection,
        contact=other,
        action=LinkAction.LINK,
        xero_contact=mirrored("Vance, Marigold"),
    )
    job = sync(connection)
    assert job.status == JobStatus.FAILED
    assert "Choose the right one for each" in job.error_message
    assert not Link.objects.exists()


def test_xero_down_during_the_sync_loses_nothing(
    connection: Connection, xero: Xero, blue: Business, settings: Any
) -> None:
    # On a busy machine a hundredth of a second is over before the drain has looked again.
    settings.XERO_BACKOFF_BASE = 60
    ContactFactory(business=blue, name="Ottoline Quirke")
    read(connection)
    xero.fault("503", path="Contacts", count=1)
    sync(connection)
    assert xero.contacts() == []
    making.make_due(connection)
    making.drain(connection)
    assert names(xero) == ["Ottoline Quirke"]


def test_a_contact_that_xero_no_longer_has_is_chosen_again(
    connection: Connection, xero: Xero, blue: Business
) -> None:
    in_xero(xero, "Marigold Vance", EmailAddress="marigold@vance.example")
    contact = ContactFactory(business=blue, name="Marigold Vance", email="marigold@vance.example")
    read(connection)
    assert LinkChoice.objects.get(contact=contact).action == LinkAction.LINK
    # As Xero does on a data subject's request: the contact is not listed any more.
    XeroContact.objects.update(xero_id="gone-from-xero")
    jobs.run(jobs.start(connection, JobKind.READ, by=None).pk)
    choice = LinkChoice.objects.get(contact=contact)
    assert (choice.action, choice.xero_contact) == (LinkAction.UNDECIDED, None)


def test_one_choice_carried_out_at_once_looks_at_no_other_link(
    connection: Connection, xero: Xero, blue: Business, bob: User
) -> None:
    """An organisation may have 100,000 of them."""
    for number in range(5):
        in_xero(xero, f"In Xero {number}")
    read(connection)
    sync(connection)
    contact = Contact.objects.get(name="In Xero 0")
    choice = choose(connection, contact, action=LinkAction.LEAVE, applied_at=None)
    loaded: list[str] = []

    def note(instance: Link, **_: Any) -> None:
        loaded.append(instance.xero_id)

    post_init.connect(note, sender=Link)
    try:
        syncing.apply_now(connection, choice, by=bob)
    finally:
        post_init.disconnect(note, sender=Link)
    assert set(loaded) == {mirrored("In Xero 0").xero_id}
    assert Link.objects.current().count() == 4


# --- the pages


def test_the_summary_says_what_will_happen(
    connection: Connection, differing: Contact, as_bob: Client
) -> None:
    page = as_bob.get(SYNC).content.decode()
    assert "Pooltrackr's data kept" in page
    assert "Start the sync" in page
    changes = as_bob.get(SYNC + "changes/").content.decode()
    assert "<del>9 Reef Road</del> <ins>4 Palm Street, Unit 2</ins>" in changes


def test_a_name_taken_in_xero_is_told_before_and_mended_after(
    connection: Connection, xero: Xero, blue: Business, as_bob: Client
) -> None:
    in_xero(xero, "Sam Reed")
    XeroContact.objects.update(create_here=False)
    contact = ContactFactory(business=blue, name="Sam Reed", street_city="Noosa")
    read(connection)
    choose(connection, contact, action=LinkAction.CREATE, decided_at=timezone.now())
    assert "1 contact will have the name of another contact" in as_bob.get(SYNC).content.decode()
    XeroContact.objects.update(create_here=False)
    sync(connection)
    row = making.row(contact)
    assert (row.status, row.proposed_name) == (OutboxStatus.PARKED, "Sam Reed (Noosa)")
    page = as_bob.get(SYNC).content.decode()
    assert "is already assigned to another contact" in page
    as_bob.post(reverse("xero:queue_act", args=["blue"]), {"act": "rename", "row": row.pk})
    making.drain(connection)
    assert names(xero) == ["Sam Reed", "Sam Reed (Noosa)"]


def test_as_many_taken_names_are_told_before_as_xero_refuses(
    connection: Connection, xero: Xero, blue: Business
) -> None:
    in_xero(xero, "SAM REED")
    in_xero(xero, "The Reef Hotel Pty Ltd", EmailAddress="desk@reef.example")
    in_xero(xero, "Old Mill Lodge", EmailAddress="lodge@mill.example")
    in_xero(xero, "Mill Lodge")
    ContactFactory(business=blue, name="Sam Reed", email="sam@reed.example")
    renamed = ContactFactory(business=blue, name="Reef Hotel", email="desk@reef.example")
    twin_of_renamed = ContactFactory(business=blue, name="Reef Hotel", email="two@reef.example")
    clashing = ContactFactory(business=blue, name="Mill Lodge", email="lodge@mill.example")
    twins = ContactFactory.create_batch(3, business=blue, name="Ottoline Quirke")
    read(connection)
    LinkChoice.objects.update(action=LinkAction.CREATE, xero_contact=None, decided_at=None)
    for contact, theirs in ((renamed, "The Reef Hotel Pty Ltd"), (clashing, "Old Mill Lodge")):
        choose(connection, contact, action=LinkAction.LINK, xero_contact=mirrored(theirs))
    XeroContact.objects.update(create_here=False)
    # Sam Reed; the second Reef Hotel; Mill Lodge as it is renamed; two of three Quirkes.
    assert preview.plan(connection, keep=Keep.OURS).names_taken == 5
    sync(connection)
    refused = OutboxRow.objects.filter(status=OutboxStatus.PARKED, error_code="name_taken")
    assert refused.count() == 5
    waiting = set(refused.values_list("object_id", flat=True))
    assert clashing.pk in waiting
    # Whoever is linked has the older right to the name.
    assert twin_of_renamed.pk in waiting
    assert renamed.pk not in waiting
    assert len(waiting & {twin.pk for twin in twins}) == 2


def test_xeros_names_stay_when_xeros_data_is_kept(
    connection: Connection, xero: Xero, blue: Business
) -> None:
    in_xero(xero, "Old Mill Lodge", EmailAddress="lodge@mill.example")
    in_xero(xero, "Mill Lodge")
    contact = ContactFactory(business=blue, name="Mill Lodge", email="lodge@mill.example")
    read(connection)
    choose(connection, contact, action=LinkAction.LINK, xero_contact=mirrored("Old Mill Lodge"))
    assert preview.plan(connection, keep=Keep.XERO).names_taken == 0
    assert preview.plan(connection, keep=Keep.OURS).names_taken == 1


def test_a_name_taken_in_xero_may_be_linked_instead(
    connection: Connection, xero: Xero, blue: Business, as_bob: Client
) -> None:
    in_xero(xero, "Sam Reed")
    contact = ContactFactory(business=blue, name="Sam Reed")
    read(connection)
    choose(connection, contact, action=LinkAction.CREATE)
    XeroContact.objects.update(create_here=False)
    sync(connection)
    editor = as_bob.post(reverse("xero:link_contact", args=["blue", contact.pk]))
    assert "Sam Reed" in as_bob.get(editor.url).content.decode()
    choice = LinkChoice.objects.get(contact=contact)
    as_bob.post(
        reverse("xero:link_choose", args=["blue", choice.pk]),
        {"act": "link", "target": mirrored("Sam Reed").pk},
    )
    assert link_of(contact).xero_id == mirrored("Sam Reed").xero_id
    assert making.row(contact).status == OutboxStatus.DONE
    assert names(xero) == ["Sam Reed"]


def test_the_next_step_waits_until_nothing_is_on_its_way(
    connection: Connection, blue: Business, as_bob: Client
) -> None:
    contact = ContactFactory(business=blue, name="Ottoline Quirke")
    read(connection)
    job = jobs.start(connection, JobKind.SYNC, by=None)
    jobs.run(job.pk)
    assert as_bob.post(SYNC + "next/").url == SYNC
    OutboxRow.objects.filter(object_id=contact.pk).update(status=OutboxStatus.PARKED)
    assert as_bob.post(SYNC + "next/").url == reverse("xero:accounts", args=["blue"])


def test_the_progress_stops_asking_when_all_is_done(
    connection: Connection, blue: Business, as_bob: Client
) -> None:
    ContactFactory(business=blue, name="Ottoline Quirke")
    read(connection)
    as_bob.post(SYNC + "start/")
    jobs.run(Job.objects.get(kind=JobKind.SYNC).pk)
    assert "every 2s" in as_bob.get(SYNC).content.decode()
    connection.refresh_from_db()
    making.drain(connection)
    page = as_bob.get(SYNC).content.decode()
    assert "every 2s" not in page
    assert "Every contact is in step." in page


def test_a_reader_cannot_start_it_and_a_stranger_finds_nothing(
    connection: Connection, as_rita: Client, as_charlie: Client
) -> None:
    assert as_rita.post(SYNC + "start/").status_code == 403
    assert as_charlie.get(SYNC).status_code == 404
    assert not Job.objects.filter(kind=JobKind.SYNC).exists()
