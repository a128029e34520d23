"""A pytest plugin: real processes, a database they can share, and what runs beside what.

Loaded by the root conftest.py, where the fixtures of the domain are.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import redis
from django.db import connection
from django.test import override_settings

from pooltrackr.supervisor import Stack

MARKERS = {"quick", "process", "e2e", "long"}
# Fixtures that lead to a simulator's process: one for each session, so its tests need no group.
SIMULATORS = {"simulator", "xero_url"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NO_BROWSER = (
    "no Chromium found, so the browser tests are skipped: "
    "apt-get install chromium, or name one by CHROMIUM=/path"
)
# Databases below belong to whoever develops on this Redis; it has 16 by default.
FIRST_REDIS_DATABASE = 8


def pytest_report_header() -> str:
    return "" if chromium_path() or in_ci() else NO_BROWSER


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skip_browser = chromium_path() is None and not in_ci()
    for item in items:
        # By folder: a browser test without its mark would run twice, beside another stack.
        if item.path.is_relative_to(item.config.rootpath / "e2e"):
            item.add_marker(pytest.mark.e2e)
        marks = {mark.name for mark in item.iter_markers()}
        if not marks & MARKERS:
            item.add_marker(pytest.mark.process if _simulated(item) else pytest.mark.quick)
        for group in marks & {"process", "e2e"}:
            # One stack of each kind at a time: more would only slow each other down.
            item.add_marker(pytest.mark.xdist_group(group))
        if "e2e" in marks and skip_browser:
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def _simulated(item: pytest.Item) -> bool:
    return bool(SIMULATORS & set(getattr(item, "fixturenames", ())))


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true")


def chromium_path() -> str | None:
    """Return the Chromium of this machine, or the one that CHROMIUM names."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium, for Playwright's executable_path. Under CI its absence fails."""
    path = chromium_path()
    if path is None:
        pytest.fail("No Chromium found. Under CI the browser tests are never skipped.")
    return path


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Put the SQLite test database into a file, which threads and other processes can share."""
    if connection.vendor == "sqlite" and "TEST_DATABASE" not in os.environ:
        # The folder differs from one xdist worker to the other.
        name = tmp_path_factory.getbasetemp() / "test.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(name)


@pytest.fixture(scope="session", autouse=True)
def cheap_browsers() -> Iterator[None]:
    """Spare the tests what costs a fresh Client most and what none of them is about.

    WhiteNoise lists every static file when its middleware starts, and each Client starts one: a
    quarter of the time of a test of a view. Here it looks a file up when asked for it. A password
    is hashed a million times in production, once here.
    """
    with override_settings(
        WHITENOISE_AUTOREFRESH=True,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture
def make_stack(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., Stack]]:
    """Return a function that starts a Stack on the test's own database.

    Its arguments are Stack's; `settings` come on top of DATABASE_URL. What it started is stopped
    before the database is emptied.
    """
    with ExitStack() as opened:
        redis_url = opened.enter_context(own_redis_database())

        def make(*, settings: dict[str, str] | None = None, **arguments: Any) -> Stack:
            own = {"DATABASE_URL": database_url(), **(settings or {})}
            arguments = {"folder": tmp_path / "stack", "redis_url": redis_url, **arguments}
            return opened.enter_context(Stack(settings=own, **arguments))

        yield make


def database_url() -> str:
    """Return the DATABASE_URL of the database that this test uses."""
    own = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{own['NAME']}"
    user = ":".join(quote(str(own[key]), safe="") for key in ("USER", "PASSWORD") if own[key])
    return f"postgres://{user}@{own['HOST']}:{own['PORT'] or 5432}/{own['NAME']}"


@contextmanager
def own_redis_database() -> Iterator[str]:
    """Yield the URL of an empty database on the Redis of REDIS_URL and empty it afterwards.

    Yields "" without REDIS_URL: then the stack starts a server of its own.
    """
    if not (configured := os.environ.get("REDIS_URL")):
        yield ""
        return
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    url = urlsplit(configured)._replace(path=f"/{FIRST_REDIS_DATABASE + worker}").geturl()
    with redis.Redis.from_url(url) as client:
        # Somebody's data is never deleted: what is there at the end came from the test.
        if client.dbsize():
            pytest.fail(f"{url} is not empty. Empty it (redis-cli FLUSHDB) or unset REDIS_URL.")
        yield url
        client.flushdb()
