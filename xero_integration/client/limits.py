"""Xero's limits: when an organisation may be called, and what its answers say about that.

The door that a shared limiter will stand in: `slot` is asked before each call and `learn` told
after it. As it is, it honours a pause and sets one from what Xero answers.
"""

import datetime as dt
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import redis
from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from xero_integration import log
from xero_integration.client.errors import Outcome, XeroError, explain
from xero_integration.models import Connection, ConnectionStatus, ErrorClass, Lane

logger = logging.getLogger(__name__)

# Xero names no time for "too many at once": one call's length is a fair guess.
CONCURRENT_PAUSE = 1.0
# Where Xero names none for its minute: the window itself.
MINUTE_PAUSE = 60.0
HEADERS = {
    "day": "X-DayLimit-Remaining",
    "minute": "X-MinLimit-Remaining",
    "app_minute": "X-AppMinLimit-Remaining",
}
# Longer than a day: a quiet organisation still shows yesterday's figure, not nothing.
KEEP_SECONDS = 60 * 60 * 48


@contextmanager
def slot(connection: Connection, *, lane: Lane) -> Iterator[None]:
    """Hold the right to make one call. Raises XeroError while the organisation may not be called.

    Asked anew for each call: a drain that began before a disconnect must not go on after it.

    `lane` is for the limiter: interactive calls go before bulk.
    """
    now = timezone.now()
    standing = Connection.objects.values("status", "paused_until").get(pk=connection.pk)
    if standing["status"] != ConnectionStatus.ACTIVE:
        raise XeroError(ErrorClass.CONNECTION_LOST, code="disconnected", outcome=Outcome.NOT_SENT)
    until = standing["paused_until"]
    if until is not None and until > now:
        raise XeroError(
            ErrorClass.RATE_LIMITED,
            code="limit_minute",
            outcome=Outcome.NOT_SENT,
            message=connection.paused_reason,
            retry_after=(until - now).total_seconds(),
        )
    yield


def pause(connection: Connection, error: XeroError) -> float:
    """Hold back every call to the organisation as long as Xero asks; return the seconds."""
    default = CONCURRENT_PAUSE if error.code == "limit_concurrent" else MINUTE_PAUSE
    seconds = error.retry_after if error.retry_after is not None else default
    until = timezone.now() + dt.timedelta(seconds=seconds)
    # Never shortens a longer pause: a day's limit outlasts a minute's.
    Connection.objects.filter(pk=connection.pk).filter(
        Q(paused_until=None) | Q(paused_until__lt=until)
    ).update(paused_until=until, paused_reason=explain(error.code).what)
    log.event(logger, "paused", connection=connection.pk, code=error.code, seconds=seconds)
    return seconds


def learn(connection: Connection, headers: Mapping[str, str]) -> None:
    """Remember how many calls Xero says are left. A cache that is down costs only that."""
    found = {name: headers.get(header, "") for name, header in HEADERS.items()}
    numbers = {name: int(value) for name, value in found.items() if value.isdigit()}
    if not numbers:
        return
    try:
        cache.set(_cache_key(connection), numbers, KEEP_SECONDS)
    except (redis.RedisError, OSError):
        log.event(logger, "cache-down", connection=connection.pk)


def remaining(connection: Connection) -> dict[str, int]:
    """Return the calls left by `day`, `minute` and `app_minute`, as far as known."""
    try:
        return dict(cache.get(_cache_key(connection)) or {})
    except (redis.RedisError, OSError):
        return {}


def _cache_key(connection: Connection) -> str:
    return f"xero-remaining-{connection.pk}"
