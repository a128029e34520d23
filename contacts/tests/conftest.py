"""People of one business and a stranger, and a maker of contacts."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from businesses.models import Business, Membership, Role, User
from contacts.models import Contact
from contacts.models.contact import set_tags


@pytest.fixture
def business(db: None) -> Business:
    return Business.objects.create(name="Clearwater Pools", slug="clearwater")


@pytest.fixture
def other_business(db: None) -> Business:
    return Business.objects.create(name="Blue Lagoon", slug="lagoon")


def _member(business: Business, email: str, role: str) -> User:
    user = User.objects.create_user(email, "secret")
    Membership.objects.create(business=business, user=user, role=role)
    return user


def _browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def owner(business: Business) -> User:
    return _member(business, "owner@clearwater.example", Role.OWNER)


@pytest.fixture
def office(business: Business) -> Client:
    """The browser of somebody of the office."""
    return _browser(_member(business, "office@clearwater.example", Role.OFFICE))


@pytest.fixture
def reader(business: Business) -> Client:
    """The browser of somebody who may only read."""
    return _browser(_member(business, "reader@clearwater.example", Role.READ_ONLY))


@pytest.fixture
def stranger(other_business: Business) -> Client:
    """The browser of another business's owner."""
    return _browser(_member(other_business, "owner@lagoon.example", Role.OWNER))


@pytest.fixture
def make_contact(business: Business) -> Callable[..., Contact]:
    def make(name: str = "Robin Reed", *, tags: str = "", **fields: Any) -> Contact:
        contact = Contact.objects.create(**{"business": business, "name": name, **fields})
        set_tags(contact, tags.split(","))
        return contact

    return make


@pytest.fixture
def queries_of() -> Callable[[Client, str], int]:
    """Count the queries of a page once it is warm; at most fifteen, whatever it shows."""

    def count(client: Client, url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        assert len(queries) <= 15
        return len(queries)

    return count
