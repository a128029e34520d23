"""Contacts archived, unarchived and merged in Xero: shown to a person, with the choices."""

import pytest
from django.urls import reverse

from contacts.merging.merge import merge
from xero_integration.linking import links
from xero_integration.models import Kind, OutboxStatus, Question, QuestionStatus
from xero_integration.tests import making
from xero_integration.tests.test_edits import rosa, settle
from xero_integration.tests.test_questions import page_of, text

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["rosa"]


def statuses() -> list[str]:
    return list(Question.objects.order_by("pk").values_list("status", flat=True))


@pytest.fixture
def archived(xero, connection, rosa) -> Question:
    xero.act("archive_contact", contact="Rosa Reyes")
    settle(connection)
    return Question.objects.get()


def test_an_archived_contact_is_on_its_page_and_on_the_list(archived, rosa, as_bob) -> None:
    shown = text(as_bob, rosa.get_absolute_url())
    assert "Archived in Xero" in shown
    assert page_of(archived) in shown
    assert page_of(archived) in text(as_bob, reverse("xero:questions", args=["blue"]))
    rosa.refresh_from_db()
    assert not rosa.is_archived


def test_it_can_be_archived_here_as_well(connection, archived, rosa, as_bob) -> None:
    as_bob.post(page_of(archived), {"act": "archive"})
    rosa.refresh_from_db()
    assert rosa.is_archived
    settle(connection)
    assert statuses() == [QuestionStatus.ANSWERED]


def test_kept_in_use_it_is_not_asked_again_and_the_mark_stays(
    xero, connection, archived, rosa, as_bob
) -> None:
    as_bob.post(page_of(archived), {"act": "keep"})
    xero.act("edit_contact", contact="Rosa Reyes", fields={"LastName": "Reyes"})
    settle(connection)
    assert statuses() == [QuestionStatus.ANSWERED]
    assert "Archived in Xero" in text(as_bob, rosa.get_absolute_url())


def test_unarchived_the_mark_goes_and_what_waited_is_sent(
    xero, connection, archived, rosa, as_bob
) -> None:
    invoice = making.invoice(rosa)
    making.drain(connection)
    assert making.row(invoice).error_code == "contact_archived"
    xero.act("restore_contact", contact="Rosa Reyes")
    settle(connection)
    making.drain(connection)
    assert statuses() == [QuestionStatus.OVER]
    assert "Archived in Xero" not in text(as_bob, rosa.get_absolute_url())
    assert making.row(invoice).status == OutboxStatus.DONE


def test_archived_once_more_it_is_asked_once_more(xero, connection, archived, as_bob) -> None:
    as_bob.post(page_of(archived), {"act": "keep"})
    xero.act("restore_contact", contact="Rosa Reyes")
    settle(connection)
    xero.act("archive_contact", contact="Rosa Reyes")
    settle(connection)
    assert statuses() == [QuestionStatus.OVER, QuestionStatus.OPEN]


def test_one_that_is_archived_here_already_is_not_asked_about(xero, connection, rosa) -> None:
    rosa.archive()
    xero.act("archive_contact", contact="Rosa Reyes")
    settle(connection)
    assert not Question.objects.exists()


@pytest.fixture
def merged(xero, connection, rosa, blue) -> Question:
    making.contact(blue, "Reyes Family")
    making.drain(connection)
    xero.act("merge_contacts", **{"from": "Rosa Reyes", "into": "Reyes Family"})
    settle(connection)
    return Question.objects.get()


def test_a_merge_of_two_linked_contacts_leads_to_their_comparison(merged, rosa, as_bob) -> None:
    other = merged.other
    shown = text(as_bob, page_of(merged))
    compare = reverse("contacts:duplicates_compare", args=["blue"])
    address = f"{compare}?c={other.pk}&amp;c={rosa.pk}&amp;primary={other.pk}"
    assert address in shown
    assert "Which contact is the primary?" in text(as_bob, address.replace("&amp;", "&"))


def test_merged_here_too_nothing_is_asked_any_more(xero, connection, merged, rosa, as_bob) -> None:
    merge(merged.other, [rosa], values=None, by=None)
    settle(connection)
    assert not Question.objects.open().exists()
    link = links.link_for(connection, Kind.CONTACT, merged.other.pk)
    assert link and link.xero_id == xero.contact("Reyes Family")["ContactID"]


def test_merged_here_the_other_way_round_the_link_follows_with_the_next_edit(
    xero, connection, merged, rosa
) -> None:
    merge(rosa, [merged.other], values={"notes": "One family"}, by=None)
    assert not Question.objects.open().exists()
    rosa.refresh_from_db()
    rosa.phone = "07 5555 0101"
    rosa.save()
    settle(connection)
    link = links.link_for(connection, Kind.CONTACT, rosa.pk)
    assert link and link.xero_id == xero.contact("Reyes Family")["ContactID"]
    assert making.row(rosa).status == OutboxStatus.DONE


def test_kept_apart_it_is_not_asked_again(xero, connection, merged, as_bob) -> None:
    as_bob.post(page_of(merged), {"act": "keep"})
    settle(connection)
    assert statuses() == [QuestionStatus.ANSWERED]
