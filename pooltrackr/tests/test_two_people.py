"""Two people, or one with two tabs: no work is overwritten in silence, no click counts twice."""

import re

import pytest
from django.test import Client

from businesses.models import Business, User
from contacts import merging
from invoices.tests.making import make_product
from pooltrackr.tests.world import World

FORMS = ("contact", "pool", "product", "settings")


@pytest.fixture
def world(blue: Business, alice: User) -> World:
    return World(blue, alice)


def address(world: World, form: str) -> str:
    if form == "settings":
        return "/b/blue/settings/"
    end = "" if form == "product" else "edit/"
    return f"/b/blue/{form}s/{world.get(form).pk}/{end}"


def read_form(browser: Client, path: str) -> dict[str, str]:
    """Return what the page would send back as it stands."""
    form = browser.get(path).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value in (None, False) else value for name, value in values.items()}


def stored_name(world: World, form: str) -> str:
    row = world.business if form == "settings" else world.get(form)
    row.refresh_from_db()
    return str(row.name)


@pytest.mark.parametrize("form", FORMS)
def test_the_second_to_save_is_told_and_may_insist(
    form, world, as_alice, browser_of, alice
) -> None:
    path = address(world, form)
    other_tab = browser_of(alice)
    mine, theirs = read_form(as_alice, path), read_form(other_tab, path)
    assert other_tab.post(path, {**theirs, "name": "Theirs"}).status_code == 302

    refused = as_alice.post(path, {**mine, "name": "Mine"})
    page = refused.content.decode()
    assert "Somebody else saved this while you were writing." in page
    assert re.search(r"differs from it in: [^.]*name", page, re.IGNORECASE)
    assert stored_name(world, form) == "Theirs"

    again = {**mine, "name": "Mine", "version": refused.context["form"]["version"].value()}
    assert as_alice.post(path, again).status_code == 302
    assert stored_name(world, form) == "Mine"


@pytest.mark.parametrize("form", FORMS)
def test_nobody_is_warned_of_their_own_change(form, world, as_alice) -> None:
    path = address(world, form)
    for name in ("Once", "Twice"):
        assert as_alice.post(path, {**read_form(as_alice, path), "name": name}).status_code == 302
    assert stored_name(world, form) == "Twice"


@pytest.mark.parametrize("kind", ["contact", "pool"])
@pytest.mark.parametrize("act", ["archive", "restore"])
def test_a_second_click_is_no_error(kind, act, world, as_alice) -> None:
    row = world.get(kind)
    if act == "restore":
        row.archive()
    for _ in range(2):
        answer = as_alice.post(f"/b/blue/{kind}s/{row.pk}/{act}/")
        assert answer.headers["Location"] == row.get_absolute_url()
    row.refresh_from_db()
    assert row.is_archived == (act == "archive")


def test_the_form_of_a_contact_merged_meanwhile_leads_to_its_primary(world, as_alice, blue) -> None:
    primary, duplicate = blue.contacts.create(name="Mira"), blue.contacts.create(name="M. Stone")
    path = f"/b/blue/contacts/{duplicate.pk}/edit/"
    mine = read_form(as_alice, path)
    merging.merge(primary, [duplicate], values=None, by=None)
    answer = as_alice.post(path, {**mine, "name": "Changed"}, follow=True)
    assert answer.redirect_chain[-1][0] == primary.get_absolute_url()
    assert "has been merged into Mira" in answer.content.decode()
    duplicate.refresh_from_db()
    assert duplicate.name == "M. Stone"


def test_a_product_archived_in_another_tab_can_still_be_saved(world, as_alice, blue) -> None:
    product = make_product(blue)
    path = f"/b/blue/products/{product.pk}/"
    mine = read_form(as_alice, path)
    product.archive()
    assert "Somebody else saved this" in as_alice.post(path, mine).content.decode()
