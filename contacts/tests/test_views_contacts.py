import pytest
from django.urls import reverse

from contacts.models import Contact, Pool, PoolContact
from contacts.registry import Panel, panels


def address(name, *args, business="clearwater") -> str:
    return reverse(f"contacts:{name}", args=[business, *args])


def names(response) -> list[str]:
    return [row.name for row in response.context["rows"]]


def test_the_list_is_found_by_name_phone_email_and_address(office, make_contact) -> None:
    make_contact("Zoë Muñoz", phone="(07) 5555 0101", street_line1="4 Pelican Court")
    make_contact("Bob", email="bob@example.com")
    for query, found in (
        ("zoe munoz", ["Zoë Muñoz"]),
        ("0755550101", ["Zoë Muñoz"]),
        ("PELICAN", ["Zoë Muñoz"]),
        ("bob@example", ["Bob"]),
        ("nobody", []),
    ):
        assert names(office.get(address("list"), {"q": query})) == found


def test_the_list_filters_by_state_kind_tag_email_and_pool(office, business, make_contact) -> None:
    ann = make_contact("Ann", kind="company", tags="weekly", email="ann@example.com")
    bob = make_contact("Bob")
    make_contact("Cid").archive()
    pool = Pool.objects.create(business=business, name="Pool")
    PoolContact.objects.create(business=business, pool=pool, contact=bob, role="owner")
    tag = ann.tags.get()
    for query, found in (
        ({}, ["Ann", "Bob"]),
        ({"state": "archived"}, ["Cid"]),
        ({"state": "all"}, ["Ann", "Bob", "Cid"]),
        ({"kind": "company"}, ["Ann"]),
        ({"tag": tag.pk}, ["Ann"]),
        ({"email": "yes"}, ["Ann"]),
        ({"email": "no"}, ["Bob"]),
        ({"pool": "yes"}, ["Bob"]),
        ({"pool": "no"}, ["Ann"]),
        ({"kind": "nonsense", "tag": "x"}, ["Ann", "Bob"]),
    ):
        assert names(office.get(address("list"), query)) == found, query


def test_the_list_sorts_without_regard_to_case(office, make_contact) -> None:
    for name in ("bob", "Ann", "Cid"):
        make_contact(name)
    assert names(office.get(address("list"))) == ["Ann", "bob", "Cid"]
    assert names(office.get(address("list"), {"sort": "-name"})) == ["Cid", "bob", "Ann"]


def test_the_list_takes_the_same_number_of_queries_however_long_it_is(
    office, business, make_contact, queries_of
) -> None:
    def add(count) -> None:
        for number in range(count):
            contact = make_contact(f"Contact {number}", tags=f"tag {number}")
            pool = Pool.objects.create(business=business, name=f"Pool {number}")
            PoolContact.objects.create(business=business, pool=pool, contact=contact, role="owner")

    add(2)
    few = queries_of(office, address("list"))
    add(60)
    assert queries_of(office, address("list")) == few


def test_htmx_gets_the_table_alone(office, make_contact) -> None:
    make_contact("Ann")
    response = office.get(address("list"), headers={"HX-Request": "true", "HX-Target": "table"})
    assert b"<html" not in response.content and b"Ann" in response.content


def test_an_empty_list_says_what_to_do(office) -> None:
    assert "Import contacts" in office.get(address("list")).content.decode()


def test_a_contact_is_added_with_everything(office, business) -> None:
    data = {
        "kind": "company",
        "name": "  Tidewater   Pty Ltd ",
        "email": "a@example.com",
        "other_emails": "b@example.com\nc@example.com",
        "street_line1": "1 High St",
        "street_city": "Noosa",
        "same_postal": "on",
        "abn": "51824753556",
        "terms_days": "30",
        "terms_type": "OFFOLLOWINGMONTH",
        "tags": "weekly, Strata, weekly",
    }
    response = office.post(address("create"), data)
    contact = business.contacts.get()
    assert response.url == contact.get_absolute_url()
    assert contact.name == "Tidewater Pty Ltd"
    assert contact.other_emails == ["b@example.com", "c@example.com"]
    assert (contact.postal_line1, contact.postal_city) == ("1 High St", "Noosa")
    assert contact.abn == "51 824 753 556"
    assert sorted(tag.name for tag in contact.tags.all()) == ["Strata", "weekly"]


def test_a_contact_without_a_name_is_named_from_the_rest(office, business) -> None:
    office.post(address("create"), {"kind": "person", "first_name": "Ann", "last_name": "Lee"})
    assert business.contacts.get().name == "Ann Lee"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("email", "nonsense", "valid email"),
        ("other_emails", "fine@example.com\nnonsense", "nonsense"),
        ("abn", "123", "not a valid ABN"),
        ("terms_days", "14", "how they are counted"),
        ("tags", "x" * 51, "up to 50 characters"),
        ("name", "", "Enter a name"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(
    office, business, field, value, says
) -> None:
    data = {"kind": "person", "name": "Ann", "notes": "Gate code 4711", field: value}
    content = office.post(address("create"), data).content.decode()
    assert says in content and "Gate code 4711" in content
    assert not business.contacts.exists()


def test_a_very_similar_contact_is_shown_before_a_second_one_is_added(
    office, business, make_contact
) -> None:
    make_contact("Marlow Hargreaves", mobile="0491570156", street_line1="4 Pelican Court")
    data = {"kind": "person", "name": "Hargreaves, Marlow", "mobile": "0491 570 156"}
    content = office.post(address("create"), data).content.decode()
    assert "Nothing has been added yet" in content and "4 Pelican Court" in content
    assert business.contacts.count() == 1
    office.post(address("create"), data | {"anyway": "yes"})
    assert business.contacts.count() == 2


def test_the_same_name_alone_is_worth_a_question_too(office, business, make_contact) -> None:
    make_contact("Ann Lee")
    office.post(address("create"), {"kind": "person", "name": "ANN  LEE"})
    assert business.contacts.count() == 1


def test_a_contact_is_edited_and_its_tags_replaced(office, make_contact) -> None:
    contact = make_contact("Ann", tags="old", other_emails=["b@example.com"])
    form = office.get(address("edit", contact.pk)).context["form"]
    assert form.initial["tags"] == "old" and form.initial["other_emails"] == "b@example.com"
    data = {"kind": "person", "name": "Anna", "tags": "new", "other_emails": ""}
    office.post(address("edit", contact.pk), data)
    contact = Contact.objects.get(pk=contact.pk)
    assert (contact.name, contact.other_emails) == ("Anna", [])
    assert [tag.name for tag in contact.tags.all()] == ["new"]


def test_archiving_says_what_happens_and_restoring_brings_the_contact_back(
    office, business, make_contact
) -> None:
    contact = make_contact("Ann")
    pool = Pool.objects.create(business=business, name="Lap pool")
    PoolContact.objects.create(business=business, pool=pool, contact=contact, role="owner")
    content = office.get(address("archive", contact.pk)).content.decode()
    assert "Nothing is deleted" in content and "Lap pool" in content and "1 pool" in content
    office.post(address("archive", contact.pk))
    contact.refresh_from_db()
    assert contact.is_archived
    office.post(address("restore", contact.pk))
    contact.refresh_from_db()
    assert not contact.is_archived


def test_the_page_of_a_contact_shows_the_panels_of_higher_apps(office, make_contact) -> None:
    contact = make_contact("Ann")
    shown = Panel("shown", "contacts/_tag_options.html", lambda c: {"values": [f"For {c}"]})
    panels["shown"] = shown
    panels["hidden"] = Panel("hidden", "no/such/template.html", lambda c: None)
    try:
        content = office.get(contact.get_absolute_url()).content.decode()
    finally:
        del panels["shown"], panels["hidden"]
    assert "For Ann" in content


def test_search_and_tag_suggestions_answer_what_is_typed(office, make_contact) -> None:
    make_contact("Ann Lee", email="ann@example.com", street_city="Noosa", tags="Weekly")
    make_contact("Ann Gone").archive()
    found = office.get(address("search"), {"q": "ann"}).json()["results"]
    assert [(one["text"], one["hint"]) for one in found] == [("Ann Lee", "ann@example.com · Noosa")]
    assert b'"strata, Weekly"' in office.get(address("tags"), {"tags": "strata, we"}).content


def test_a_reader_may_look_and_change_nothing(reader, make_contact) -> None:
    contact = make_contact("Ann")
    assert reader.get(address("list")).status_code == 200
    assert reader.get(contact.get_absolute_url()).status_code == 200
    assert reader.post(address("create"), {"name": "Bob"}).status_code == 403
    assert reader.post(address("archive", contact.pk)).status_code == 403


@pytest.mark.parametrize("name", ["detail", "edit", "archive", "restore"])
def test_a_stranger_finds_nothing(stranger, make_contact, name) -> None:
    contact = make_contact("Ann")
    assert stranger.get(address(name, contact.pk)).status_code == 404
    assert stranger.get(address(name, contact.pk, business="lagoon")).status_code == 404
