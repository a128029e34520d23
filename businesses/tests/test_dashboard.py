"""The dashboard with what the apps really register."""

import pytest

from contacts.models import Contact


def test_a_new_business_is_told_how_to_begin(as_bob) -> None:
    page = as_bob.get("/b/blue/").content.decode()
    assert "Your customers come first" in page
    assert "/b/blue/contacts/import/" in page


def test_a_reader_is_offered_nothing_they_may_not_do(as_rita) -> None:
    assert "/b/blue/contacts/import/" not in as_rita.get("/b/blue/").content.decode()


def test_it_counts_what_is_in_use_and_only_ones_own(as_bob, blue, dry) -> None:
    for name in ("Mira", "Jon"):
        blue.contacts.create(name=name)
    blue.contacts.create(name="Gone").archive()
    dry.contacts.create(name="Foreign")
    figures = {figure.label: figure.value for figure in as_bob.get("/b/blue/").context["figures"]}
    assert figures["Contacts"] == "2"
    page = as_bob.get("/b/blue/").content.decode()
    assert "Mira" in page
    assert "Gone" not in page
    assert "Foreign" not in page


@pytest.mark.parametrize("count", [1, 30])
def test_its_queries_do_not_grow_with_the_lists(
    as_bob, blue, count, django_assert_max_num_queries
) -> None:
    Contact.objects.bulk_create(Contact(business=blue, name=f"N {n}") for n in range(count))
    with django_assert_max_num_queries(25):
        as_bob.get("/b/blue/")
