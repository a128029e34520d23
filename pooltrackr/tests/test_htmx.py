"""Parts of pages, and what every response carries."""

from collections.abc import Callable

import pytest
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.session import SessionStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpResponse, HttpResponseRedirect
from django_htmx.middleware import HtmxMiddleware

from pooltrackr.lib.htmx import page, redirect_to
from pooltrackr.middleware import content_security_policy, htmx_answers

HTMX = {"HX-Request": "true"}
TABLE = {**HTMX, "HX-Target": "table"}


@pytest.fixture
def call(rf, db) -> Callable[..., HttpResponse]:
    def call(view, headers=None) -> HttpResponse:
        request = rf.get("/", headers=headers or {})
        request.user = AnonymousUser()
        request.session = SessionStore()
        request._messages = SessionStorage(request)
        return HtmxMiddleware(htmx_answers(view))(request)

    return call


def listing(request) -> HttpResponse:
    return page(request, "404.html", "navigation/messages.html", {})


@pytest.mark.parametrize(
    ("headers", "whole"),
    [
        ({}, True),
        (TABLE, False),
        ({**HTMX, "HX-Target": "other"}, True),
        ({**TABLE, "HX-History-Restore-Request": "true"}, True),
    ],
)
def test_the_part_goes_only_to_who_asked_for_it(call, headers, whole) -> None:
    answer = call(listing, headers)
    assert (b"<!doctype html>" in answer.content) is whole
    assert {"HX-Request", "HX-Target"} <= set(answer.headers["Vary"].split(", "))


def test_a_redirect_reaches_the_browser_itself_under_htmx(call) -> None:
    assert call(lambda request: redirect_to(request, "/x/")).headers["Location"] == "/x/"
    answer = call(lambda request: redirect_to(request, "/x/"), HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/x/")


def test_an_ended_session_opens_the_log_in_page_and_comes_back_to_the_page(call) -> None:
    current = {**TABLE, "HX-Current-URL": "http://testserver/b/blue/contacts/?q=x"}
    answer = call(lambda request: HttpResponseRedirect("/login/?next=/part/"), current)
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/login/?next=%2Fb%2Fblue%2Fcontacts%2F%3Fq%3Dx"


def test_other_redirects_stay(call) -> None:
    assert call(lambda request: HttpResponseRedirect("/b/blue/"), HTMX).status_code == 302


def with_message(content, content_type="text/html") -> Callable[..., HttpResponse]:
    def view(request) -> HttpResponse:
        messages.success(request, "Saved <it>.")
        return HttpResponse(content, content_type=content_type)

    return view


def test_messages_are_shown_after_a_swap(call) -> None:
    answer = call(with_message("<tr></tr>"), HTMX).content.decode()
    assert answer.startswith("<tr></tr>")
    assert 'hx-swap-oob="innerHTML:#messages"' in answer
    assert "Saved &lt;it&gt;." in answer


@pytest.mark.parametrize(
    ("view", "headers"),
    [
        (with_message("<tr></tr>"), {}),
        (with_message("<!doctype html><html></html>"), HTMX),
        (with_message("{}", "application/json"), HTMX),
    ],
)
def test_nothing_is_added_to_pages_and_to_data(call, view, headers) -> None:
    assert b"hx-swap-oob" not in call(view, headers).content


def test_every_page_carries_the_policy_and_none_loosens_it(client, db) -> None:
    policy = client.get("/login/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_view_may_set_its_own_policy(rf) -> None:
    own = HttpResponse(headers={"Content-Security-Policy": "sandbox"})
    answer = content_security_policy(lambda request: own)(rf.get("/"))
    assert answer.headers["Content-Security-Policy"] == "sandbox"
