"""The engine against the simulator: one process for the session, emptied before each test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import redis
from celery import current_app

from businesses.models import Business, User
from pooltrackr.supervisor import Stack
from xero_integration.client.limits import shared
from xero_integration.connecting import connect
from xero_integration.models import Connection
from xero_integration.tests import making
from xero_integration.tests.simulator import CLIENT_ID, CLIENT_SECRET, ORIGINS, Process, Xero


@pytest.fixture(autouse=True)
def no_shared_limits(settings: Any, tmp_path: Path) -> None:
    """Keep tests from a Redis of this machine: the simulator's ids are the demo's too."""
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock"


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """Return the address of a Valkey server that is ours alone."""
    with TemporaryDirectory(prefix="pooltrackr-") as folder:
        stack = Stack(folder=Path(folder), parts=("broker",), settings={}, redis_url="")
        with stack:
            yield stack.redis_url


@pytest.fixture
def shared_limits(valkey: str, settings: Any) -> Iterator[redis.Redis]:
    """Count calls as real workers do, from nothing known."""
    settings.REDIS_URL = valkey
    shared.forget_trouble()
    with redis.Redis.from_url(valkey) as client:
        client.flushdb()
        yield client
    shared.forget_trouble()


@pytest.fixture(autouse=True)
def quiet_broker() -> Iterator[None]:
    """Messages stay in this process: tests call the drain themselves."""
    url = current_app.conf.broker_url
    making.use_broker("memory://")
    yield
    making.use_broker(url)


@pytest.fixture(scope="session")
def simulator() -> Iterator[Process]:
    with Process() as process:
        yield process


@pytest.fixture
def xero(simulator: Process, settings: Any) -> Xero:
    """Return the simulator, empty, with this process's settings pointing at it."""
    for name in ORIGINS:
        setattr(settings, name, simulator.url)
    settings.XERO_CLIENT_ID, settings.XERO_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.SITE_URL = "http://localhost:8000"
    settings.XERO_CONNECT_TIMEOUT, settings.XERO_READ_TIMEOUT = 2, 2
    settings.XERO_BACKOFF_BASE = 0.01
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    xero = Xero(simulator.url)
    xero.control("reset", seed="empty")
    return xero


@pytest.fixture
def connection(xero: Xero, blue: Business, alice: User) -> Connection:
    """Return blue's connection, with both gates open and its accounts mapped."""
    return making.ready(making.connected(xero, blue, alice))


@pytest.fixture
def just_connected(xero: Xero, blue: Business, alice: User) -> Connection:
    """Return blue's connection as connecting leaves it: nothing may go yet."""
    return making.connected(xero, blue, alice)


@pytest.fixture
def callback(xero: Xero, blue: Business, alice: User) -> Callable[..., dict[str, str]]:
    """Return a function that walks to the consent page and back as alice, for blue."""

    def walk(**choice: str) -> dict[str, str]:
        return xero.consent(connect.authorise_url(blue, user=alice), **choice)

    return walk
