"""The pages of what a person decides about contacts of both sides."""

import pytest
from django.test import Client
from django.urls import reverse

from xero_integration.models import Connection, EditRule, Kind, Question
from xero_integration.tests import making
from xero_integration.tests.test_edits import change_both, edit_there, rosa, settle, there

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["rosa"]

SETTINGS = "/b/blue/xero/contacts/settings/"
LIST = "/b/blue/xero/questions/"


def text(browser: Client, url: str) -> str:
    return browser.get(url, follow=True).content.decode()


def page_of(question: Question) -> str:
    return reverse("xero:question", args=["blue", question.pk])


@pytest.fixture
def both(xero, connection, rosa) -> Question:
    change_both(xero, connection, rosa, EditRule.ASK)
    return Question.objects.get()


def test_the_rule_is_chosen_and_answers_what_is_asked(both, rosa, as_bob) -> None:
    assert "Asking is proposed" in text(as_bob, SETTINGS)
    as_bob.post(SETTINGS, {"edit_rule": "theirs"})
    assert Connection.objects.get().edit_rule == EditRule.THEIRS
    rosa.refresh_from_db()
    assert rosa.email == "theirs@reyes.example"
    assert "Nothing to decide" in text(as_bob, LIST)


def test_a_question_is_on_the_list_the_contact_and_the_dashboard(both, rosa, as_bob) -> None:
    url = page_of(both)
    assert url in text(as_bob, LIST)
    assert url in text(as_bob, rosa.get_absolute_url())
    assert "To decide" in text(as_bob, "/b/blue/")
    assert url not in text(as_bob, f"{LIST}?matter=archived")


def test_both_values_stand_side_by_side(both, as_bob) -> None:
    shown = text(as_bob, page_of(both))
    assert "ours@reyes.example" in shown
    assert "theirs@reyes.example" in shown
    assert "4 Palm Street" in shown


@pytest.mark.parametrize("side", ["ours", "theirs"])
@pytest.mark.parametrize("act", ["each", ""])
def test_a_field_is_chosen_by_itself_or_with_all(
    xero, connection, both, rosa, as_bob, side, act
) -> None:
    version = as_bob.get(page_of(both)).context["form"].present
    sent = {"version": version, "act": act or side, "email": side if act else ""}
    as_bob.post(page_of(both), sent)
    settle(connection)
    rosa.refresh_from_db()
    stands = f"{side}@reyes.example"
    assert (rosa.email, there(xero)["EmailAddress"]) == (stands, stands)


def test_nothing_is_chosen_for_a_field_that_was_left_open(both, rosa, as_bob) -> None:
    version = as_bob.get(page_of(both)).context["form"].present
    answer = as_bob.post(page_of(both), {"version": version, "act": "each"})
    assert "Choose one of the two." in answer.content.decode()
    assert Question.objects.get().status == "open"


def test_what_changed_since_the_page_was_opened_is_looked_at_again(
    xero, connection, both, rosa, as_bob
) -> None:
    version = as_bob.get(page_of(both)).context["form"].present
    edit_there(xero, EmailAddress="newer@reyes.example")
    making.poll(connection, Kind.CONTACT)
    answer = as_bob.post(page_of(both), {"version": version, "act": "theirs"})
    shown = answer.content.decode()
    assert "has changed since you opened" in shown
    assert "newer@reyes.example" in shown
    rosa.refresh_from_db()
    assert rosa.email == "ours@reyes.example"


def test_an_answered_question_leads_to_its_contact(both, rosa, as_bob) -> None:
    Question.objects.update(status="answered")
    assert "Nothing is asked about Rosa Reyes any more" in text(as_bob, page_of(both))


def test_what_came_from_xero_is_shown_on_the_contacts_page(xero, connection, rosa, as_bob) -> None:
    edit_there(xero, EmailAddress="new@reyes.example")
    settle(connection)
    assert "Taken from Xero: E-mail." in text(as_bob, rosa.get_absolute_url())


def test_the_list_asks_for_as_much_with_one_row_as_with_many(
    both, rosa, as_bob, django_assert_max_num_queries
) -> None:
    as_bob.get(LIST)
    with django_assert_max_num_queries(14):
        as_bob.get(LIST)
