"""Edits of contacts on both sides: field by field, by the rule, and never back and forth."""

from typing import Any

import pytest

from businesses.models import Business
from contacts.models import Contact, Pool
from xero_integration import sweep
from xero_integration.both_sides import edits
from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    EditRule,
    Kind,
    Link,
    OutboxStatus,
    Question,
    QuestionStatus,
    SyncEntry,
)
from xero_integration.sending import looking
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

pytestmark = pytest.mark.django_db(transaction=True)

EVERY_RULE = pytest.mark.parametrize("rule", EditRule.values)


@pytest.fixture
def rosa(connection: Connection, blue: Business) -> Contact:
    """One contact that both sides agree on."""
    contact = making.contact(
        blue,
        "Rosa Reyes",
        email="rosa@reyes.example",
        mobile="0491 570 156",
        street_line1="4 Palm Street",
        street_city="Noosa",
        street_code="4567",
    )
    making.drain(connection)
    return contact


def by(rule: str) -> None:
    Connection.objects.update(edit_rule=rule)


def there(xero: Xero) -> dict[str, Any]:
    (found,) = xero.contacts()
    return found


def edit_there(xero: Xero, **fields: Any) -> None:
    xero.control("clock", advance=1)
    xero.act("edit_contact", contact=there(xero)["ContactID"], fields=fields)


def edit_here(contact: Contact, **fields: Any) -> None:
    contact.refresh_from_db()
    for name, value in fields.items():
        setattr(contact, name, value)
    contact.save()


def settle(connection: Connection) -> None:
    """Let everything that is under way arrive, on both sides."""
    for _ in range(2):
        making.poll(connection, Kind.CONTACT)
        making.drain(Connection.objects.get(pk=connection.pk))


def is_at_rest(xero: Xero, connection: Connection) -> bool:
    """Nothing is written to Xero any more, however often both sides look."""
    before = len(xero.writes())
    settle(connection)
    sweep.sweep(thorough=True)
    settle(connection)
    return len(xero.writes()) == before


# --- one side alone


@EVERY_RULE
def test_what_changed_in_xero_alone_is_taken_over_and_not_sent_back(
    xero, connection, rosa, rule
) -> None:
    by(rule)
    edit_there(xero, EmailAddress="new@reyes.example", LastName="Reyes")
    writes = len(xero.writes())
    settle(connection)
    rosa.refresh_from_db()
    assert (rosa.email, rosa.last_name, rosa.name) == ("new@reyes.example", "Reyes", "Rosa Reyes")
    assert "new@reyes" in rosa.search_key
    assert len(xero.writes()) == writes
    assert is_at_rest(xero, connection)


@EVERY_RULE
def test_what_changed_here_alone_goes_there(xero, connection, rosa, rule) -> None:
    by(rule)
    edit_here(rosa, phone="07 5555 0101")
    settle(connection)
    phones = {one["PhoneType"]: one["PhoneNumber"] for one in there(xero)["Phones"]}
    assert (phones["DEFAULT"], phones["MOBILE"]) == ("07 5555 0101", "0491 570 156")
    assert is_at_rest(xero, connection)


@EVERY_RULE
def test_different_fields_changed_on_both_sides_both_stand(xero, connection, rosa, rule) -> None:
    """Also when ours is sent before theirs was read: only what changed is sent."""
    by(rule)
    edit_there(xero, EmailAddress="new@reyes.example")
    edit_here(rosa, account_number="RR1")
    making.drain(connection)
    settle(connection)
    rosa.refresh_from_db()
    assert (rosa.email, rosa.account_number) == ("new@reyes.example", "RR1")
    assert there(xero)["AccountNumber"] == "RR1"
    assert there(xero)["EmailAddress"] == "new@reyes.example"
    assert not Question.objects.exists()
    assert is_at_rest(xero, connection)


def test_parts_of_one_address_changed_on_both_sides_both_stand(xero, connection, rosa) -> None:
    street = {"AddressType": "STREET", "AddressLine1": "4 Palm Street", "City": "Noosa Heads"}
    edit_there(xero, Addresses=[{**street, "PostalCode": "4567"}])
    edit_here(rosa, street_code="4568")
    settle(connection)
    rosa.refresh_from_db()
    assert (rosa.street_city, rosa.street_code) == ("Noosa Heads", "4568")
    (address,) = [one for one in there(xero)["Addresses"] if one["AddressType"] == "STREET"]
    assert (address["City"], address["PostalCode"]) == ("Noosa Heads", "4568")


# --- both sides, one field


def change_both(xero: Xero, connection: Connection, rosa: Contact, rule: str) -> None:
    by(rule)
    edit_there(xero, EmailAddress="theirs@reyes.example")
    edit_here(rosa, email="ours@reyes.example")
    settle(connection)
    rosa.refresh_from_db()


@pytest.mark.parametrize(
    ("rule", "stands"),
    [(EditRule.OURS, "ours@reyes.example"), (EditRule.THEIRS, "theirs@reyes.example")],
)
def test_the_rule_decides_about_a_field_that_both_changed(
    xero, connection, rosa, rule, stands
) -> None:
    change_both(xero, connection, rosa, rule)
    assert (rosa.email, there(xero)["EmailAddress"]) == (stands, stands)
    assert not Question.objects.exists()
    assert is_at_rest(xero, connection)


def test_by_default_a_person_is_asked_and_both_values_stay_meanwhile(
    xero, connection, rosa
) -> None:
    assert connection.edit_rule == EditRule.ASK
    change_both(xero, connection, rosa, EditRule.ASK)
    assert rosa.email == "ours@reyes.example"
    assert there(xero)["EmailAddress"] == "theirs@reyes.example"
    question = Question.objects.get()
    assert (question.status, question.fields) == (QuestionStatus.OPEN, ["email"])
    assert SyncEntry.objects.filter(error_code="both_changed").count() == 1
    assert is_at_rest(xero, connection)
    assert SyncEntry.objects.filter(error_code="both_changed").count() == 1


def test_other_fields_go_both_ways_while_a_question_is_open(xero, connection, rosa) -> None:
    change_both(xero, connection, rosa, EditRule.ASK)
    edit_there(xero, FirstName="Rosa")
    edit_here(rosa, account_number="RR1")
    settle(connection)
    rosa.refresh_from_db()
    assert (rosa.first_name, there(xero)["AccountNumber"]) == ("Rosa", "RR1")
    assert there(xero)["EmailAddress"] == "theirs@reyes.example"
    assert Question.objects.open().count() == 1


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_an_answer_stands_on_both_sides(xero, connection, rosa, alice, side) -> None:
    change_both(xero, connection, rosa, EditRule.ASK)
    link = Link.objects.get()
    row = connection.xero_contacts.get()
    edits.choose(link, row, {"email"} if side == "theirs" else set(), by=alice)
    settle(connection)
    rosa.refresh_from_db()
    stands = f"{side}@reyes.example"
    assert (rosa.email, there(xero)["EmailAddress"]) == (stands, stands)
    question = Question.objects.get()
    assert (question.status, question.answered_by) == (QuestionStatus.ANSWERED, alice)
    assert is_at_rest(xero, connection)


def test_a_question_is_over_when_both_sides_agree_by_themselves(xero, connection, rosa) -> None:
    change_both(xero, connection, rosa, EditRule.ASK)
    edit_there(xero, EmailAddress="OURS@reyes.example")
    settle(connection)
    assert Question.objects.get().status == QuestionStatus.OVER
    assert is_at_rest(xero, connection)


def test_another_rule_answers_what_was_asked(xero, connection, rosa) -> None:
    change_both(xero, connection, rosa, EditRule.ASK)
    by(EditRule.THEIRS)
    edits.ask_again(Connection.objects.get(), [rosa.pk])
    rosa.refresh_from_db()
    assert rosa.email == "theirs@reyes.example"
    assert Question.objects.get().status == QuestionStatus.OVER


def test_under_theirs_and_ask_xero_is_looked_at_before_ours_is_sent(xero, connection, rosa) -> None:
    """No webhook came and no poll: without a look ours would overwrite theirs unseen."""
    edit_there(xero, EmailAddress="theirs@reyes.example")
    edit_here(rosa, email="ours@reyes.example")
    making.drain(connection)
    assert there(xero)["EmailAddress"] == "theirs@reyes.example"
    assert Question.objects.get().fields == ["email"]


def test_what_comes_between_the_look_and_the_claim_is_looked_at_too(
    xero, connection, rosa, blue, monkeypatch
) -> None:
    """Another drain claims what was looked at, or somebody saves another contact just then."""
    other = making.contact(blue, "Oscar Ortiz", email="oscar@ortiz.example")
    making.drain(connection)
    look_first, edited = looking.look_first, []

    def look_then_edit(client, kind) -> Any:
        seen = look_first(client, kind)
        if not edited:
            edited.append(rosa)
            edit_here(rosa, email="ours@reyes.example")
        return seen

    monkeypatch.setattr(looking, "look_first", look_then_edit)
    found = xero.contact("Rosa Reyes")["ContactID"]
    xero.control("clock", advance=1)
    xero.act("edit_contact", contact=found, fields={"EmailAddress": "theirs@reyes.example"})
    edit_here(other, email="new@ortiz.example")
    making.drain(connection)
    assert xero.contact("Oscar Ortiz")["EmailAddress"] == "new@ortiz.example"
    assert xero.contact("Rosa Reyes")["EmailAddress"] == "theirs@reyes.example"
    assert Question.objects.get().fields == ["email"]


# --- blanks, and what one side cannot hold


@EVERY_RULE
def test_a_blank_in_xero_overwrites_nothing_here(xero, connection, rosa, rule) -> None:
    by(rule)
    edit_there(xero, EmailAddress="", FirstName="Rosa")
    settle(connection)
    rosa.refresh_from_db()
    assert (rosa.email, rosa.first_name) == ("rosa@reyes.example", "Rosa")
    assert is_at_rest(xero, connection)


@EVERY_RULE
def test_a_blank_here_overwrites_nothing_in_xero_and_does_not_come_back(
    xero, connection, rosa, rule
) -> None:
    by(rule)
    edit_here(rosa, email="")
    settle(connection)
    edit_there(xero, FirstName="Rosa")
    settle(connection)
    rosa.refresh_from_db()
    assert (rosa.email, rosa.first_name) == ("", "Rosa")
    assert there(xero)["EmailAddress"] == "rosa@reyes.example"
    assert is_at_rest(xero, connection)


def test_a_value_that_our_fields_cannot_hold_is_left_in_xero(xero, connection, rosa) -> None:
    edit_there(xero, TaxNumber="not an ABN", FirstName="Rosa")
    settle(connection)
    rosa.refresh_from_db()
    assert (rosa.abn, rosa.first_name) == ("", "Rosa")
    assert is_at_rest(xero, connection)


def test_pools_and_our_own_fields_are_never_touched(xero, connection, rosa, blue) -> None:
    edit_here(rosa, notes="Dog in the yard", company="Reyes & Co", other_emails=["r@x.example"])
    pool = Pool.objects.create(business=blue, name="Back yard", line1="4 Palm Street")
    edit_there(xero, EmailAddress="new@reyes.example")
    settle(connection)
    rosa.refresh_from_db()
    pool.refresh_from_db()
    assert (rosa.notes, rosa.company, rosa.other_emails) == (
        "Dog in the yard",
        "Reyes & Co",
        ["r@x.example"],
    )
    assert pool.line1 == "4 Palm Street"


# --- around it


def test_what_was_taken_is_logged_with_its_fields(xero, connection, rosa) -> None:
    edit_there(xero, EmailAddress="new@reyes.example", LastName="Reyes")
    settle(connection)
    entry = SyncEntry.objects.get(direction="from_xero")
    assert entry.message == "Taken from Xero: Last name, E-mail."
    assert (entry.object_id, entry.label, entry.outcome) == (rosa.pk, "Rosa Reyes", "done")


def test_a_merge_followed_brings_what_the_survivor_has(xero, connection, rosa) -> None:
    xero.act("add_contact", fields={"Name": "Reyes Family", "EmailAddress": "family@x.example"})
    xero.act("merge_contacts", **{"from": "Rosa Reyes", "into": "Reyes Family"})
    settle(connection)
    rosa.refresh_from_db()
    assert (rosa.name, rosa.email) == ("Reyes Family", "family@x.example")
    # What the survivor has not is ours to keep.
    assert rosa.mobile == "0491 570 156"
    link = links.link_for(connection, Kind.CONTACT, rosa.pk)
    assert link and link.xero_id == xero.contact("Reyes Family")["ContactID"]
    assert is_at_rest(xero, connection)


def test_a_change_that_was_read_without_effect_is_found_by_the_sweep(
    xero, connection, rosa
) -> None:
    edit_there(xero, EmailAddress="new@reyes.example")
    connection.xero_contacts.update(email="new@reyes.example")
    sweep.sweep(thorough=True)
    rosa.refresh_from_db()
    assert rosa.email == "new@reyes.example"


def test_what_waits_for_a_person_is_not_sent_anew_because_it_was_compared(
    xero: Xero, connection: Connection, rosa: Contact
) -> None:
    """Both sides changed it and ours goes, but Xero refuses it: its name is another's there."""
    by(EditRule.OURS)
    xero.act("add_contact", fields={"Name": "Bo Lund"})
    xero.control("clock", advance=1)
    xero.act("edit_contact", contact="Rosa Reyes", fields={"EmailAddress": "x@reyes.example"})
    edit_here(rosa, name="Bo Lund", email="ours@reyes.example")
    settle(connection)
    assert making.row(rosa).error_code == "name_taken"
    assert is_at_rest(xero, connection)
    edit_here(rosa, phone="07 5555 0101")
    assert making.row(rosa).status == OutboxStatus.WAITING


def test_a_link_of_before_agreements_were_kept_goes_by_the_mirror(xero, connection, rosa) -> None:
    Link.objects.update(agreed={})
    edit_there(xero, EmailAddress="new@reyes.example")
    settle(connection)
    rosa.refresh_from_db()
    assert rosa.email == "new@reyes.example"
    assert not Question.objects.exists()
    assert is_at_rest(xero, connection)
