"""Lists in pages."""

import pytest
from django.db.models import QuerySet
from django.db.models.functions import Lower

from businesses.models import User
from businesses.tests.factories import UserFactory
from pooltrackr.lib.tables import Table

SORTS = {"email": Lower("email"), "joined": "-date_joined", "last": "last_name"}


@pytest.fixture
def people(db) -> QuerySet[User]:
    for email in ("b@x.example", "A@x.example", "c@x.example"):
        UserFactory(email=email, last_name="Same")
    return User.objects.all()


def table(rf, query="", queryset=None, **settings) -> Table:
    settings = {"sorts": SORTS, "default": "email", **settings}
    return Table(
        rf.get(f"/{query}"), User.objects.all() if queryset is None else queryset, **settings
    )


def emails(found) -> list[str]:
    return [user.email[0] for user in found.rows]


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("", "Abc"),
        ("?sort=email", "Abc"),
        ("?sort=-email", "cbA"),
        ("?sort=joined", "cAb"),
        ("?sort=-joined", "bAc"),
        ("?sort=password", "Abc"),
        ("?sort=--email", "Abc"),
        ("?sort=", "Abc"),
    ],
)
def test_the_order_comes_from_the_url_and_a_wrong_one_is_the_default(
    rf, people, query, order
) -> None:
    assert "".join(emails(table(rf, query))) == order


def test_equal_rows_keep_one_order_over_all_pages(rf, people) -> None:
    seen = [emails(table(rf, f"?sort=last&page={page}", per_page=1)) for page in (1, 2, 3)]
    assert seen == [["b"], ["A"], ["c"]]


@pytest.mark.parametrize(("page", "expected"), [("2", 2), ("99", 2), ("0", 2), ("x", 1), ("", 1)])
def test_a_wrong_page_is_the_nearest_not_an_error(rf, people, page, expected) -> None:
    assert table(rf, f"?page={page}", per_page=2).page.number == expected


def test_the_query_string_keeps_what_else_was_chosen(rf, people) -> None:
    found = table(rf, "?q=a%26b&tag=x&tag=y&page=3")
    assert found.query_string(page=None) == "?q=a%26b&tag=x&tag=y"
    assert found.query_string(page=4, q=None) == "?tag=x&tag=y&page=4"


def test_a_header_turns_its_own_order_round_and_leaves_others(rf, people) -> None:
    found = table(rf, "?sort=email")
    assert (found.toggled("email"), found.toggled("joined")) == ("-email", "joined")
    assert (found.direction("email"), found.direction("joined")) == ("ascending", "none")
    assert table(rf, "?sort=joined").direction("joined") == "descending"
    assert table(rf, "?sort=-joined").direction("joined") == "ascending"


def test_a_page_costs_two_queries(rf, people, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        found = table(rf)
        assert (found.count, len(found.rows), len(list(found))) == (3, 3, 3)
        assert found.page.paginator.num_pages == 1
