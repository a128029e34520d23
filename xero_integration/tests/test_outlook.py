"""What the pages say of the time to go, the calls left and a pause."""

import datetime as dt
from typing import Any

import pytest
import redis
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from businesses.models import Business
from xero_integration import outbox
from xero_integration.client.limits import Left
from xero_integration.health import outlook
from xero_integration.health.outlook import Outlook
from xero_integration.models import Connection, Kind, Lane
from xero_integration.tests import making
from xero_integration.tests.factories import ContactFactory
from xero_integration.tests.simulator import Xero

PLENTY = Left(5000, 5000, 60, 10_000, minute_seconds=20, day_seconds=0)


def words(*, waiting: int, rate: float = 0, **left: Any) -> str:
    return Outlook(waiting, rate, Left(**{**vars(PLENTY), **left})).words


def test_the_time_to_go_follows_from_the_rate() -> None:
    assert words(waiting=3000, rate=10) == "About 5 minutes to go; 5,000 calls left today."


def test_the_time_to_go_is_never_less_than_the_limit_forces() -> None:
    # 200 calls: 60 now, 60 after 20 s, and two minutes more.
    assert words(waiting=10_000, rate=5000).startswith("About 3 minutes to go")
    assert words(waiting=2000, rate=5000).startswith("Less than a minute to go")


def test_what_today_does_not_hold_is_said() -> None:
    said = words(waiting=100_000, rate=50, day=1250)
    assert said.startswith("More than Xero allows today: about 50,000 more go today")
    said = words(waiting=100, rate=50, day=200)
    assert "the last 200 are kept for what you do yourselves" in said
    assert "within 24 hours; nothing is lost" in said


def test_nothing_is_foretold_where_nothing_is_known() -> None:
    assert Outlook(100, 0, None).words == ""


@pytest.mark.usefixtures("shared_limits")
def test_the_connection_page_says_how_the_bulk_goes_on(
    xero: Xero, connection: Connection, blue: Business, as_bob: Client, shared_limits: redis.Redis
) -> None:
    making.contact(blue)
    making.drain(connection)
    labels = {contact.pk: contact.name for contact in ContactFactory.create_batch(3, business=blue)}
    outbox.put(connection, Kind.CONTACT, labels, lane=Lane.BULK)
    shown = as_bob.get(reverse("xero:home", args=["blue"])).content.decode()
    assert "3 records in bulk on the way to Xero. Less than a minute to go; 4,9" in shown
    making.drain(connection)
    shown = as_bob.get(reverse("xero:home", args=["blue"])).content.decode()
    assert "in bulk on the way" not in shown


@time_machine.travel("2026-11-26 23:00:00+00:00", tick=False)
def test_a_day_long_pause_is_told_on_every_page_in_the_businesss_time(
    connection: Connection, blue: Business, as_bob: Client
) -> None:
    # In Brisbane it is nine in the morning.
    connection.paused_until = timezone.now() + dt.timedelta(hours=23)
    connection.paused_reason = "Xero's limit for the day is reached."
    connection.save()
    said = "Xero&#x27;s limit for the day is reached. It goes on by itself at 8:00 a.m. tomorrow"
    for page in ("dashboard", "xero:home"):
        assert said in as_bob.get(reverse(page, args=["blue"])).content.decode()


def test_a_short_pause_is_told_on_no_other_page(
    connection: Connection, blue: Business, as_bob: Client
) -> None:
    connection.paused_until = timezone.now() + dt.timedelta(minutes=1)
    connection.save()
    assert "goes on by itself" in outlook.paused(connection)
    shown = as_bob.get(reverse("dashboard", args=["blue"])).content.decode()
    assert "goes on by itself" not in shown
