"""The one door: who gets 404, 403, the log-in page, or in."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils import timezone

from businesses.access import for_members, for_owners, membership_of


@for_members
def shared(request, **arguments) -> HttpResponse:
    return HttpResponse(f"{request.business.name} {request.membership.role} {arguments}")


@for_owners
def private(request) -> HttpResponse:
    return HttpResponse("in")


@for_members
def clock(request) -> HttpResponse:
    return HttpResponse(timezone.get_current_timezone_name())


@pytest.fixture
def call(rf) -> Callable[..., HttpResponse]:
    def call(view, user, *, method="get", slug="blue", **arguments) -> HttpResponse:
        request = getattr(rf, method)("/")
        request.user = user
        return view(request, slug=slug, **arguments)

    return call


def test_a_member_gets_the_business_and_their_role_and_the_view_never_sees_the_slug(
    call, bob
) -> None:
    answer = call(shared, bob, pk=7)
    assert answer.content.decode() == "Blue Lagoon Pool Care office {'pk': 7}"


@pytest.mark.parametrize("view", [shared, private])
def test_a_stranger_gets_404_as_if_the_business_did_not_exist(call, view, blue, charlie) -> None:
    for slug in ("blue", "no-such-business"):
        with pytest.raises(Http404):
            call(view, charlie, slug=slug)


@pytest.mark.parametrize(("person", "may"), [("alice", True), ("bob", True), ("rita", False)])
def test_owners_and_office_change_things_readers_only_look(
    call_status, request, person, may
) -> None:
    user = request.getfixturevalue(person)
    assert call_status(shared, user, "get") == 200
    assert call_status(shared, user, "post") == (200 if may else 403)


@pytest.mark.parametrize(("person", "may"), [("alice", True), ("bob", False), ("rita", False)])
def test_only_owners_reach_the_owners_pages_even_to_look(call_status, request, person, may) -> None:
    user = request.getfixturevalue(person)
    assert call_status(private, user, "get") == (200 if may else 403)


@pytest.fixture
def call_status(call) -> Callable[..., int]:

    def status(view, user, method) -> int:
        try:
            return call(view, user, method=method).status_code
        except PermissionDenied:
            return 403

    return status


def test_somebody_who_left_meets_404_at_once(call, blue, bob) -> None:
    blue.memberships.get(user=bob).delete()
    with pytest.raises(Http404):
        call(shared, bob)


def test_pages_run_on_the_business_clock_and_give_it_back(call, blue, alice) -> None:
    blue.time_zone = "Australia/Perth"
    blue.save()
    assert call(clock, alice).content == b"Australia/Perth"
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_membership_is_read_in_one_query(blue, alice, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        membership = membership_of(alice, slug="blue")
        assert membership.business.name
