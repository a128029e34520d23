"""Archiving the other contact in Xero when two linked ones are merged: chosen, sent, taken back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from businesses.models import Business, User
from contacts import merging
from contacts.models import Contact, Merge
from xero_integration.health import problems
from xero_integration.linking import links
from xero_integration.models import Connection, Kind, OutboxStatus, Question
from xero_integration.sending import looking
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two(xero: Xero, connection: Connection, blue: Business) -> list[Contact]:
    """Two contacts that both are in Xero: the primary, and the one to go."""
    made = [making.contact(blue, "Rosa Reyes"), making.contact(blue, "Rosa Reyes Pools")]
    making.drain(connection)
    return made


def status(xero: Xero, name: str = "Rosa Reyes Pools") -> str:
    return str(xero.contact(name)["ContactStatus"])


def merge(two: list[Contact], by: User) -> Merge:
    primary, duplicate = two
    (made,) = merging.merge(primary, [duplicate], values=None, by=by, archive_in=["xero"])
    return made


def is_at_rest(xero: Xero, connection: Connection) -> bool:
    writes = len(xero.writes())
    for _ in range(2):
        making.poll(connection)
        making.sweep_and_drain(connection)
    return len(xero.writes()) == writes


@pytest.mark.parametrize("page", ["duplicates_merge", "duplicates_compare"])
def test_it_is_archived_only_if_somebody_ticks_the_box(
    xero: Xero, connection: Connection, two: list[Contact], as_bob: Client, page: str
) -> None:
    primary, duplicate = two
    ids = [str(contact.pk) for contact in two]
    compare = reverse("contacts:duplicates_compare", args=["blue"])
    shown = as_bob.get(compare, {"c": ids}).content.decode()
    assert "Archive the other contact in Xero too" in shown
    data: dict[str, Any] = {"c": ids, "primary": ids[0], "archive_in": "xero"}
    if page == "duplicates_compare":
        data |= {"name": "Rosa Reyes", "kind": "person"}
        query = f"?c={ids[0]}&c={ids[1]}&primary={ids[0]}"
        as_bob.post(compare + query, data)
    else:
        as_bob.post(reverse("contacts:duplicates_merge", args=["blue"]), data)
    duplicate.refresh_from_db()
    assert duplicate.merged_into_id == primary.pk
    making.drain(connection)
    assert (status(xero, "Rosa Reyes"), status(xero)) == ("ACTIVE", "ARCHIVED")
    assert xero.writes()[-1]["body"]["Contacts"][-1].keys() >= {"ContactID", "ContactStatus"}
    assert is_at_rest(xero, connection)
    assert not Question.objects.exists()


def test_without_the_tick_it_stays_in_use(
    xero: Xero, connection: Connection, two: list[Contact], as_bob: Client
) -> None:
    ids = [str(contact.pk) for contact in two]
    url = reverse("contacts:duplicates_merge", args=["blue"])
    as_bob.post(url, {"c": ids, "primary": ids[0]})
    making.drain(connection)
    assert status(xero) == "ACTIVE"


def test_the_undo_of_the_merge_makes_it_active_again(
    xero: Xero, connection: Connection, two: list[Contact], alice: User
) -> None:
    made = merge(two, alice)
    making.drain(connection)
    making.poll(connection)
    merging.undo(made, by=alice)
    making.poll(connection)
    making.drain(connection)
    assert status(xero) == "ACTIVE"
    assert is_at_rest(xero, connection)
    assert not Question.objects.open().exists()
    # And what is saved of it goes there as before.
    two[1].refresh_from_db()
    two[1].phone = "07 5555 0101"
    two[1].save()
    making.drain(connection)
    assert xero.contact("Rosa Reyes Pools")["Phones"]


def test_an_edit_made_there_as_it_comes_back_arrives_here(
    xero: Xero,
    connection: Connection,
    two: list[Contact],
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The answer shows the edit, of which nothing was sent: it is left to be read."""
    made = merge(two, alice)
    making.drain(connection)
    making.poll(connection)
    merging.undo(made, by=alice)
    look_first, edited = looking.look_first, []

    def look_then_edit(client: Any, kind: Kind) -> object:
        seen = look_first(client, kind)
        if not edited:
            edited.append(kind)
            xero.control("clock", advance=1)
            fields = {"EmailAddress": "theirs@reyes.example"}
            xero.act("edit_contact", contact="Rosa Reyes Pools", fields=fields)
        return seen

    monkeypatch.setattr(looking, "look_first", look_then_edit)
    making.drain(connection)
    assert status(xero) == "ACTIVE"
    making.poll(connection)
    two[1].refresh_from_db()
    assert two[1].email == "theirs@reyes.example"


def test_one_that_was_merged_there_too_does_not_come_back_and_a_person_is_told(
    xero: Xero, connection: Connection, two: list[Contact], alice: User, blue: Business
) -> None:
    making.contact(blue, "Bo Lund")
    making.drain(connection)
    xero.act("merge_contacts", **{"from": "Rosa Reyes Pools", "into": "Bo Lund"})
    made = merge(two, alice)
    making.drain(connection)
    merging.undo(made, by=alice)
    making.poll(connection)
    making.drain(connection)
    assert status(xero) == "ARCHIVED"
    assert making.row(two[1]).error_code == "contact_merged"
    assert "merged into Bo Lund" in making.row(two[1]).error_message
    assert is_at_rest(xero, connection)


def test_a_merge_undone_before_it_was_sent_archives_nothing(
    xero: Xero, connection: Connection, two: list[Contact], alice: User
) -> None:
    merging.undo(merge(two, alice), by=alice)
    making.drain(connection)
    assert status(xero) == "ACTIVE"
    assert not [one for one in xero.writes() if "ARCHIVED" in str(one["body"])]


@pytest.mark.parametrize("kind", ["drop_after", "500_after"])
def test_a_lost_answer_archives_once_and_an_undo_meanwhile_brings_it_back(
    xero: Xero, connection: Connection, two: list[Contact], alice: User, kind: str
) -> None:
    made = merge(two, alice)
    xero.fault(kind, method="POST", path="Contacts")
    making.drain(connection)
    merging.undo(made, by=alice)
    for _ in range(3):
        making.make_due(connection)
        making.drain(connection)
    assert status(xero) == "ACTIVE"
    assert is_at_rest(xero, connection)
    assert not problems.parked(connection).exists()


def test_merged_and_undone_and_merged_again_ends_archived(
    xero: Xero, connection: Connection, two: list[Contact], alice: User
) -> None:
    merging.undo(merge(two, alice), by=alice)
    making.drain(connection)
    for contact in two:
        contact.refresh_from_db()
    merge(two, alice)
    making.drain(connection)
    assert status(xero) == "ARCHIVED"
    assert is_at_rest(xero, connection)


def test_one_archived_there_by_hand_or_merged_there_needs_nobody(
    xero: Xero, connection: Connection, two: list[Contact], alice: User
) -> None:
    merge(two, alice)
    xero.act("merge_contacts", **{"from": "Rosa Reyes Pools", "into": "Rosa Reyes"})
    making.drain(connection)
    assert is_at_rest(xero, connection)
    assert not problems.parked(connection).exists()


def test_a_refusal_is_shown_and_goes_again_by_retry(
    xero: Xero, connection: Connection, two: list[Contact], alice: User, as_bob: Client
) -> None:
    made = merge(two, alice)
    making.drain(connection)
    merging.undo(made, by=alice)
    # Another has the name by now, so that it cannot be active under it.
    xero.act("add_contact", fields={"Name": "Rosa Reyes Pools"})
    making.drain(connection)
    row = making.row(two[1])
    assert row.status == OutboxStatus.PARKED
    assert "Rosa Reyes Pools" in as_bob.get("/b/blue/xero/queue/").content.decode()
    other = next(one for one in xero.contacts() if not one.get("ContactNumber"))
    xero.act("rename_contact", contact=other["ContactID"], name="Somebody else")
    as_bob.post("/b/blue/xero/queue/act/", {"act": "retry", "row": row.pk})
    making.drain(connection)
    assert status(xero) == "ACTIVE"


def test_a_contact_linked_anew_meanwhile_is_left_alone(
    xero: Xero, connection: Connection, blue: Business, two: list[Contact], alice: User
) -> None:
    other = making.contact(blue, "Nia Okafor")
    xero_id = xero.contact("Rosa Reyes Pools")["ContactID"]
    merge(two, alice)
    links.link(connection, "contact", other.pk, xero_id, by=alice)
    making.drain(connection)
    (there,) = [one for one in xero.contacts() if one["ContactID"] == xero_id]
    assert there["ContactStatus"] == "ACTIVE"
