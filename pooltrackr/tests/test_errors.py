"""The pages for what went wrong."""

import pytest
from django.template.loader import get_template
from django.test import Client

from businesses.models import Business


def test_404_keeps_the_frame_and_says_that_nothing_changed(as_alice) -> None:
    answer = as_alice.get("/b/blue/nowhere/")
    assert answer.status_code == 404
    assert "Nothing was changed" in answer.content.decode()


def test_403_says_why(as_rita) -> None:
    answer = as_rita.post("/b/blue/settings/")
    assert answer.status_code == 403
    assert "Your role in this business does not allow it" in answer.content.decode()


def test_a_stale_form_says_what_to_do(alice) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    answer = client.post("/b/blue/settings/")
    assert answer.status_code == 403
    assert "reload the page and send the form again" in answer.content.decode()


@pytest.mark.parametrize("name", ["500.html", "400.html"])
def test_the_last_pages_need_no_database_and_no_settings(name) -> None:
    """No `db` fixture: a query would fail here."""
    assert "<h1>" in get_template(name).render()


def test_an_error_in_a_view_shows_the_page(as_alice, monkeypatch) -> None:
    as_alice.raise_request_exception = False
    monkeypatch.setattr(Business, "zone", property(lambda self: 1 / 0))
    answer = as_alice.get("/b/blue/")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()
