"""What all workers and machines share of Xero's limits: counts in the broker's Redis.

Each question is one script, so that nobody comes between looking and taking. Nothing here is
needed for being right: what Redis forgets is learnt again from the answers.
"""

import json
import logging
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from redis.commands.core import Script

from xero_integration import log
from xero_integration.models import Lane

logger = logging.getLogger(__name__)

FOLDER = Path(__file__).parent
PREFIX = "pooltrackr-xero"
# A server that answers no sooner is as good as down; a call to Xero waits no longer for it.
TIMEOUT_SECONDS = 1.0
# How long nobody asks a server that was down: each try may cost its timeout.
REST_SECONDS = 5.0
# The share of a window's end in which bulk may use what was kept for people.
LATE = 0.2
# A person's call that waits asks again within this; its place is kept for no longer.
WAITING_MS = 250
# How late a call may be counted after it was sent, however short the windows are.
LEAST_MARGIN_MS = 250

_down_until = 0.0


class Down(Exception):
    """Redis cannot be asked."""


def run(name: str, tenant: str, *arguments: str | float, lane: Lane | None = None) -> Any:
    """Run one of the scripts for an organisation. Raises Down."""
    keys = [f"{PREFIX}:{what}:{tenant}" for what in ("org", "flying", "waiting")]
    keys += [f"{PREFIX}:app", f"{PREFIX}:at-work"]
    return ask(lambda: script(settings.REDIS_URL, name)(keys, [_policy(tenant, lane), *arguments]))


def ask(question: Callable[[], Any]) -> Any:
    """Return what `question` gets from Redis. Raises Down, and for a while without asking."""
    global _down_until
    if time.monotonic() < _down_until:
        raise Down
    try:
        return question()
    except (redis.RedisError, OSError) as error:
        _down_until = time.monotonic() + REST_SECONDS
        log.event(logger, "limits-unshared", error=type(error).__name__)
        raise Down from None


@cache
def server(url: str) -> redis.Redis:
    """Return the client of a server; its connections are shared by the process's threads."""
    return redis.Redis.from_url(
        url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
    )


@cache
def script(url: str, name: str) -> Script:
    return _registered(
        url, "\n".join((FOLDER / f"{one}.lua").read_text() for one in ("windows", name))
    )


def own_script(text: str) -> Script:
    """Return a script that has nothing to do with windows."""
    return _registered(settings.REDIS_URL, text)


@cache
def _registered(url: str, text: str) -> Script:
    return server(url).register_script(text)


def forget_trouble() -> None:
    """Ask Redis again at once, whatever it was like."""
    global _down_until
    _down_until = 0.0


def lease_seconds() -> float:
    """How long a call holds its place unless given back: longer than any call takes."""
    return float(settings.XERO_CONNECT_TIMEOUT + settings.XERO_READ_TIMEOUT + 1)


def _policy(tenant: str, lane: Lane | None) -> str:
    minute_ms = round(settings.XERO_LIMIT_MINUTE_SECONDS * 1000)
    return json.dumps(
        {
            "tenant": tenant,
            "lane": lane,
            "minute": settings.XERO_LIMIT_MINUTE,
            "app_minute": settings.XERO_LIMIT_APP_MINUTE,
            "in_flight": settings.XERO_LIMIT_IN_FLIGHT,
            "minute_ms": minute_ms,
            "day_ms": round(settings.XERO_LIMIT_DAY_SECONDS * 1000),
            "people_minute": settings.XERO_LIMIT_PEOPLE_MINUTE,
            "people_day": settings.XERO_LIMIT_PEOPLE_DAY,
            "people_app": settings.XERO_LIMIT_PEOPLE_DAY,
            "late": LATE,
            # A second of a minute: opening a connection across an ocean and back takes less. In the
            # short windows of tests no less than a busy machine takes to get a call out.
            "margin_ms": max(minute_ms / 60, LEAST_MARGIN_MS),
            "lease_ms": round(lease_seconds() * 1000),
            "waiting_ms": WAITING_MS,
        }
    )
