"""The world that a soak begins with."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from businesses.models import Business, User
from xero_integration.models import Connection, WizardRun
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero
from xero_integration.tests.soak.contacts import PEOPLE
from xero_integration.tests.soak.postbox import Postbox
from xero_integration.tests.soak.world import World
from xero_integration.tests.webhooks import KEY


@pytest.fixture
def postbox(xero: Xero, settings: Any) -> Iterator[Postbox]:
    """Return where Xero's webhooks end, until the walk hands them on."""
    settings.XERO_WEBHOOK_KEY = KEY
    with Postbox() as postbox:
        xero.control("webhooks", url=postbox.url, key=KEY)
        yield postbox
        xero.control("webhooks", url="")


@pytest.fixture
def world(
    xero: Xero, connection: Connection, blue: Business, alice: User, postbox: Postbox
) -> Callable[..., World]:
    """Return a function that makes a world of some contacts under a rule, by a seed."""
    WizardRun.objects.create(business=blue)
    # What Xero allows in a minute is not what is looked at here.
    xero.control("limits", minute=1_000_000, day=1_000_000, app_minute=1_000_000)

    def make(rule: str, *, seed: int) -> World:
        Connection.objects.update(edit_rule=rule)
        connection.refresh_from_db()
        for number in range(PEOPLE):
            making.contact(blue, f"Person {number}", email=f"p{number}@x.example", street_code="1")
        made = World(xero, connection, blue, alice, random.Random(seed), postbox)
        made.come_to_rest()
        return made

    return make
