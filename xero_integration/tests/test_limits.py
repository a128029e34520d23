"""Pauses and what the answers say of calls left."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from xero_integration.client import limits
from xero_integration.client.api import Client
from xero_integration.client.errors import Outcome, XeroError
from xero_integration.models import Connection, ErrorClass, Lane
from xero_integration.tests.simulator import Xero


def ask(connection: Connection) -> None:
    with Client(connection, lane=Lane.BULK) as client:
        client.call("get_organisations")


def error(seconds: float | None, code: str = "limit_minute") -> XeroError:
    return XeroError(
        ErrorClass.RATE_LIMITED, code=code, outcome=Outcome.REFUSED, retry_after=seconds
    )


def test_calls_left_are_learnt_from_the_answers(xero: Xero, connection: Connection) -> None:
    ask(connection)
    first = limits.remaining(connection)
    ask(connection)
    second = limits.remaining(connection)
    assert set(first) == {"day", "minute", "app_minute"}
    assert second["day"] == first["day"] - 1


def test_a_cache_that_is_down_fails_no_call(
    xero: Xero, connection: Connection, settings: Any, tmp_path: Any
) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"unix://{tmp_path}/none.sock",
        }
    }
    ask(connection)
    assert limits.remaining(connection) == {}


def test_a_paused_organisation_is_not_called(xero: Xero, connection: Connection) -> None:
    limits.pause(connection, error(30))
    calls = xero.state("calls")["calls"]["total"]
    with pytest.raises(XeroError) as caught:
        ask(connection)
    assert caught.value.error_class == ErrorClass.RATE_LIMITED
    assert caught.value.outcome == Outcome.NOT_SENT
    assert 28 < (caught.value.retry_after or 0) <= 30
    assert xero.state("calls")["calls"]["total"] == calls


def test_a_short_pause_does_not_shorten_a_long_one(connection: Connection) -> None:
    limits.pause(connection, error(3600, "limit_day"))
    limits.pause(connection, error(None, "limit_concurrent"))
    connection.refresh_from_db()
    assert connection.paused_until > timezone.now() + dt.timedelta(minutes=59)
    assert "day" in connection.paused_reason


def test_the_simulators_own_minute_pauses_until_its_end(xero: Xero, connection: Connection) -> None:
    xero.control("limits", minute=3)
    with pytest.raises(XeroError) as caught:
        for _ in range(4):
            ask(connection)
    assert caught.value.code == "limit_minute"
    connection.refresh_from_db()
    assert connection.paused_until > timezone.now()
