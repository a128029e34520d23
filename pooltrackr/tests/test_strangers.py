"""Every address of a business, opened by those who may not: it walks all URL patterns there are.

A new kind of object in a URL needs one line in OBJECTS; without it the walk fails and says so.
"""

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from businesses.models import Business, User

DAY = dt.date(2026, 11, 2)


class World:
    """What alice's business holds; each object is made when an address asks for it."""

    def __init__(self, business: Business, owner: User) -> None:
        self.business = business
        self.owner = owner
        self.made: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        if name not in self.made:
            self.made[name] = MAKERS[name](self)
        return self.made[name]


def _contact(world: World) -> Any:
    return world.business.contacts.create(name="Mira Castellan", email="mira@example.com")


def _pool_contact(world: World) -> Any:
    pool, contact = world.get("pool"), world.get("contact")
    return pool.pool_contacts.create(business=world.business, contact=contact)


def _product(world: World) -> Any:
    tax_rate = world.business.tax_rates.get(is_default=True)
    return world.business.products.create(code="SVC", name="Service", price=95, tax_rate=tax_rate)


def _invoice(world: World) -> Any:
    contact = world.get("contact")
    return world.business.invoices.create(contact=contact, date=DAY, due_date=DAY)


def _payment(world: World) -> Any:
    invoice = world.get("invoice")
    return world.business.payments.create(invoice=invoice, date=DAY, amount=1)


MAKERS: dict[str, Callable[[World], Any]] = {
    "membership": lambda world: world.business.memberships.get(user=world.owner),
    "contact": _contact,
    "pool": lambda world: world.business.pools.create(name="Back yard"),
    "pool_contact": _pool_contact,
    "category": lambda world: world.business.categories.create(name="Chemicals"),
    "tax_rate": lambda world: world.business.tax_rates.get(is_default=True),
    "product": _product,
    "invoice": _invoice,
    "payment": _payment,
}

# (the part of the path before the argument, the argument) -> whose key stands there.
OBJECTS: dict[tuple[str, str], str] = {
    ("people", "pk"): "membership",
    ("contacts", "pk"): "contact",
    ("contacts", "link"): "pool_contact",
    ("pools", "pk"): "pool",
    ("invoices", "pk"): "invoice",
    ("products", "pk"): "product",
    ("categories", "pk"): "category",
    ("tax-rates", "pk"): "tax_rate",
    ("payments", "payment"): "payment",
}
# Pages that exist in one state only: how the object gets there.
STATES: dict[str, Callable[[World], None]] = {
    "contacts:restore": lambda world: world.get("contact").archive(),
    "contacts:pool_restore": lambda world: world.get("pool").archive(),
}
# Arguments that name no object: any value will do.
WORDS: dict[str, str] = {"topic": "contacts"}


@dataclass(frozen=True)
class Address:
    name: str
    route: str

    def filled(self, world: World) -> str:
        """Return the path with alice's objects in it."""
        path = ""
        for piece in re.split(r"(<[^>]+>)", self.route):
            if not piece.startswith("<"):
                path += piece
                continue
            argument = piece.strip("<>").rpartition(":")[2]
            path += self._value(world, argument, path.rstrip("/").rpartition("/")[2])
        return f"/{path}"

    def _value(self, world: World, argument: str, before: str) -> str:
        if argument == "slug":
            return world.business.slug
        if argument in WORDS:
            return WORDS[argument]
        kind = OBJECTS.get((before, argument))
        assert kind, (
            f"{self.name}: no object known for <{argument}> after {before!r} ({self.route})"
        )
        return str(world.get(kind).pk)


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


def test_the_walk_finds_the_pages_of_every_app():
    names = {address.name for address in ALL}
    assert {"dashboard", "members", "contacts:detail", "invoices:detail", "xero:home"} <= names


def test_every_address_below_a_business_takes_its_slug():
    routes = {address.route for address in ALL}
    assert all(route.startswith("b/<slug:slug>/") for route in routes)


def test_an_address_with_an_unknown_kind_of_object_fails_the_walk(world):
    with pytest.raises(AssertionError, match="no object known for <leak>"):
        Address(name="new", route="b/<slug:slug>/secrets/<int:leak>/").filled(world)


@each_address
def test_the_address_is_real(address, world, as_alice):
    """Without this a stranger's 404 would prove nothing: the owner is let through."""
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
def test_a_stranger_meets_404(address, world, as_charlie):
    for answer in answers(as_charlie, address.filled(world)).values():
        assert answer.status_code == 404


@each_address
def test_anonymous_people_are_sent_to_log_in(address, world, client):
    path = address.filled(world)
    for answer in answers(client, path).values():
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(f"/login/?next={path}")


@each_address
def test_a_read_only_member_changes_nothing(address, world, as_rita):
    assert as_rita.post(address.filled(world)).status_code in (403, NO_SUCH_METHOD)


def test_another_business_never_reaches_alices_objects_through_its_own_slug(world, as_charlie, dry):
    """The slug is charlie's own, the object is alice's: each object belongs to its business."""
    for address in ALL:
        path = address.filled(world)
        if not re.search(r"<(?!slug:slug>|slug:topic>)", address.route):
            continue
        own = path.replace(f"/b/{world.business.slug}/", f"/b/{dry.slug}/", 1)
        for answer in answers(as_charlie, own).values():
            assert answer.status_code == 404, address.name


def test_the_objects_of_the_walk_are_alices(world):
    for name in MAKERS:
        assert world.get(name).business_id == world.business.pk
    assert uuid.UUID(str(world.get("contact").pk))
