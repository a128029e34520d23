"""Fixtures of the whole suite: three people of one business and a stranger.

alice owns `blue`, bob works in its office, rita may only read it. charlie owns `dry` and has no
business in blue: whatever he opens there is 404. `as_alice` and so on are their browsers.
"""

from collections.abc import Callable

import pytest
from django.test import Client

from businesses.models import Business, Role, User
from businesses.tests.factories import BusinessFactory, MembershipFactory, UserFactory

pytest_plugins = ["pooltrackr.testing"]


@pytest.fixture
def blue(db: None) -> Business:
    return BusinessFactory(name="Blue Lagoon Pool Care", slug="blue")


@pytest.fixture
def dry(db: None) -> Business:
    return BusinessFactory(name="Dry Creek Pools", slug="dry")


@pytest.fixture
def alice(blue: Business) -> User:
    return _member(blue, "alice@blue.example", "Alice", "Waters", Role.OWNER)


@pytest.fixture
def bob(blue: Business) -> User:
    return _member(blue, "bob@blue.example", "Bob", "Reed", Role.OFFICE)


@pytest.fixture
def rita(blue: Business) -> User:
    return _member(blue, "rita@blue.example", "Rita", "Marsh", Role.READ_ONLY)


@pytest.fixture
def charlie(dry: Business) -> User:
    return _member(dry, "charlie@dry.example", "Charlie", "Stone", Role.OWNER)


def _member(business: Business, email: str, first: str, last: str, role: Role) -> User:
    user = UserFactory(email=email, first_name=first, last_name=last)
    return MembershipFactory(business=business, user=user, role=role).user


@pytest.fixture
def browser_of() -> Callable[[User], Client]:
    """Return a function that gives a person's browser, logged in."""

    def browser(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return browser


@pytest.fixture
def as_alice(alice: User, browser_of: Callable[[User], Client]) -> Client:
    return browser_of(alice)


@pytest.fixture
def as_bob(bob: User, browser_of: Callable[[User], Client]) -> Client:
    return browser_of(bob)


@pytest.fixture
def as_rita(rita: User, browser_of: Callable[[User], Client]) -> Client:
    return browser_of(rita)


@pytest.fixture
def as_charlie(charlie: User, browser_of: Callable[[User], Client]) -> Client:
    return browser_of(charlie)
