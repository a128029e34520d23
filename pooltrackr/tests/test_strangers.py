"""Every address of a business, opened by those who may not: it walks all URL patterns there are.

A new kind of object in a URL needs one line in OBJECTS; without it the walk fails and says so.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from businesses.models import Business, User
from pooltrackr.tests.world import MAKERS, World

# The end of a route -> whose key stands there. The longest that fits counts.
OBJECTS: dict[str, str] = {
    "people/<int:pk>": "membership",
    "contacts/<uuid:pk>": "contact",
    "contacts/<int:link>": "pool_contact",
    "contacts/import/<uuid:pk>": "import",
    "duplicates/jobs/<uuid:pk>": "duplicate_job",
    "merges/<int:pk>": "merge",
    "merges/<uuid:batch>": "merge.batch",
    "pools/<uuid:pk>": "pool",
    "invoices/<uuid:pk>": "invoice",
    "credit-notes/<uuid:pk>": "credit_note",
    "payments/<uuid:payment>": "payment",
    "payments/<uuid:pk>": "payment",
    "tax-rates/<int:pk>": "tax_rate",
    "products/<uuid:pk>": "product",
    "categories/<int:pk>": "category",
    "connect/choose/<int:pk>": "consent",
    "link/<int:pk>": "link_choice",
    "link/contact/<uuid:contact>": "contact",
    "queue/<int:pk>": "outbox_row",
    "links/<int:pk>": "link",
    "new/<int:pk>": "xero_contact",
    "questions/<int:pk>": "question",
    "questions/invoices/<int:pk>": "invoice_question",
    "money/<int:pk>": "money_question",
    "accounts/products/<int:pk>": "product_account",
    "reconciliation/act/<int:pk>": "difference",
    "reconciliation/<int:pk>": "reconciliation",
    "charges/<int:pk>": "charge",
    "payouts/<int:pk>": "payout",
    "cards/<int:pk>": "saved_card",
    "charge/<int:card_pk>": "saved_card",
}
# Arguments that name no object: any value will do.
WORDS: dict[str, str] = {"topic": "contacts", "step": "link"}
# Pages that exist in one state only: how the object gets there.
STATES: dict[str, Callable[[World], None]] = {
    "contacts:restore": lambda world: world.get("contact").archive(),
    "contacts:pool_restore": lambda world: world.get("pool").archive(),
}


@dataclass(frozen=True)
class Address:
    name: str
    route: str

    def filled(self, world: World) -> str:
        """Return the path with alice's objects in it."""
        arguments = re.finditer(r"<(?:\w+:)?(\w+)>", self.route)
        path, end = "", 0
        for found in arguments:
            path += self.route[end : found.start()]
            path += self._value(world, found[1], self.route[: found.end()])
            end = found.end()
        return f"/{path}{self.route[end:]}"

    def _value(self, world: World, argument: str, route: str) -> str:
        if argument == "slug":
            return world.business.slug
        if argument in WORDS:
            return WORDS[argument]
        kinds = [key for key in OBJECTS if route.endswith(f"/{key}")]
        assert kinds, f"no object known for {route}: give OBJECTS and world.py one"
        kind, _, field = OBJECTS[max(kinds, key=len)].partition(".")
        return str(getattr(world.get(kind), field or "pk"))

    @property
    def names_an_object(self) -> bool:
        names = set(re.findall(r"<(?:\w+:)?(\w+)>", self.route))
        return bool(names - {"slug", *WORDS})


def addresses(
    patterns: list[URLPattern | URLResolver] | None = None, route: str = "", space: str = ""
) -> Iterator[Address]:
    """Yield every address of the product that names a business."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, path, inner)
        elif "<slug:slug>" in path:
            yield Address(name=f"{space}{pattern.name}", route=path)


ALL = list(addresses())
each_address = pytest.mark.parametrize("address", ALL, ids=lambda address: address.name)


@pytest.fixture
def world(blue: Business, alice: User) -> World:
    return World(blue, alice)


def test_the_walk_finds_the_pages_of_every_app() -> None:
    names = {address.name for address in ALL}
    assert {"dashboard", "members", "contacts:detail", "invoices:detail", "xero:home"} <= names


def test_every_address_below_a_business_takes_its_slug() -> None:
    routes = {address.route for address in ALL}
    assert all(route.startswith("b/<slug:slug>/") for route in routes)


def test_an_address_with_an_unknown_kind_of_object_fails_the_walk(world) -> None:
    with pytest.raises(AssertionError, match="no object known for b/<slug:slug>/secrets"):
        Address(name="new", route="b/<slug:slug>/secrets/<int:leak>/").filled(world)


@each_address
def test_the_address_is_real(address, world, as_alice) -> None:
    """Without this a stranger's 404 would prove nothing: the owner is let through."""
    world.get("connection")
    path = address.filled(world)
    STATES.get(address.name, lambda world: None)(world)
    response = as_alice.get(path)
    assert response.status_code != 404
    assert response.status_code < 500


# What an address says of a method it does not know, before it looks at anybody's object.
NO_SUCH_METHOD = 405


def answers(browser: Client, path: str) -> dict[str, HttpResponse]:
    """Return what GET and POST say; an address knows at least one of them."""
    asked = {"get": browser.get(path), "post": browser.post(path)}
    known = {name: said for name, said in asked.items() if said.status_code != NO_SUCH_METHOD}
    assert known
    return known


@each_address
def test_a_stranger_meets_404(address, world, as_charlie) -> None:
    for answer in answers(as_charlie, address.filled(world)).values():
        assert answer.status_code == 404


@each_address
def test_anonymous_people_are_sent_to_log_in(address, world, client) -> None:
    path = address.filled(world)
    for answer in answers(client, path).values():
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(f"/login/?next={path}")


@each_address
def test_a_read_only_member_changes_nothing(address, world, as_rita) -> None:
    assert as_rita.post(address.filled(world)).status_code in (403, NO_SUCH_METHOD)


def test_another_business_never_reaches_alices_objects_through_its_own_slug(
    world, as_charlie, charlie, dry
) -> None:
    """The slug is charlie's own, the object is alice's: each object belongs to its business."""
    World(dry, charlie).get("connection")  # so that no page turns him back before it looks
    for address in ALL:
        if not address.names_an_object:
            continue
        path = address.filled(world)
        own = path.replace(f"/b/{world.business.slug}/", f"/b/{dry.slug}/", 1)
        for answer in answers(as_charlie, own).values():
            assert answer.status_code == 404, address.name


def test_the_objects_of_the_walk_are_alices(world) -> None:
    assert {world.get(name).business_id for name in MAKERS} == {world.business.pk}
