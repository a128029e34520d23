"""Xero's limits: when an organisation may be called, and what its answers say about that.

One limiter for each organisation and for the app, shared by all workers (`shared`): the minute,
the day, the calls in flight, and the minute of the whole app. `check` and `slot` are asked before
each call, and told what came of it. What is not known is learnt from the headers of the answers;
a refusal is not needed for that, and survived. People's calls go before bulk.

A pause of the organisation stands in the database, and counts whatever Redis says. While Redis is
down each process makes one call at a time to an organisation, and the rest is as before.
"""

import datetime as dt
import logging
import random
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from xero_integration import log
from xero_integration.client.errors import Outcome, XeroError, explain
from xero_integration.client.limits import shared
from xero_integration.models import Connection, ErrorClass, Lane
from xero_integration.models.connection import CALLABLE

__all__ = ["Call", "Left", "check", "pause", "remaining", "slot", "wait"]

logger = logging.getLogger(__name__)

# Xero names no time for "too many at once": one call's length is a fair guess.
CONCURRENT_PAUSE = 1.0
# How often a call that waits for a place asks again: short beside any call, cheap for Redis.
ASK_SECONDS = 0.02
# Where Redis is down there is nothing to wait by; a call's length again.
ALONE_PAUSE = 1.0
HEADERS = ("X-MinLimit-Remaining", "X-DayLimit-Remaining", "X-AppMinLimit-Remaining")
# The limiter's words for why not, as the known causes of `client.catalogue`.
CODES = {
    "minute": "limit_minute",
    "day": "limit_day",
    "day_share": "limit_day_share",
    "app": "limit_app",
    "in_flight": "limit_concurrent",
}
# The other way round: which window a refusal of Xero's is about.
WINDOWS = {"limit_minute": "minute", "limit_day": "day", "limit_app": "app"}

_alone: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


@dataclass
class Call:
    """One call that may be made. Tell it what the answer said."""

    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    sent_at: float = field(default_factory=time.monotonic)
    left: tuple[str, ...] = ("", "", "")

    def answered(self, headers: Mapping[str, str], *, sent_at: float) -> None:
        """Note what the answer says; `sent_at` is `time.monotonic()` of when the call was sent."""
        said = [headers.get(name) or "" for name in HEADERS]
        self.left = tuple(one if one.isdigit() else "" for one in said)
        self.sent_at = sent_at


@dataclass(frozen=True)
class Left:
    """How many calls are left, as far as known, and the seconds until there are new ones."""

    day: int
    day_size: int
    minute: int
    app_minute: int
    minute_seconds: float
    # 0 while it is not known when Xero's day ends for this organisation.
    day_seconds: float


@contextmanager
def slot(connection: Connection, *, lane: Lane) -> Iterator[Call]:
    """Hold the right to make one call. Raises XeroError where that would take long."""
    call = Call()
    try:
        _take(connection, call, lane)
    except shared.Down:
        with _alone_with(connection):
            yield call
        return
    try:
        yield call
    finally:
        _give_back(connection, call)


def wait(connection: Connection, *, lane: Lane) -> float:
    """Return the seconds until a call may be made, as far as windows decide; 0 when now."""
    try:
        is_free, ms, why = shared.run("take", connection.tenant_id, "", lane=lane)
    except shared.Down:
        return 0.0
    return 0.0 if is_free or why == b"in_flight" else ms / 1000


def check(connection: Connection) -> None:
    """Raise XeroError while the organisation may not be called at all.

    Asked anew for each call: a drain that began before a disconnect must not go on after it.
    """
    now = timezone.now()
    standing = Connection.objects.values("status", "paused_until", "paused_reason").get(
        pk=connection.pk
    )
    if standing["status"] not in CALLABLE:
        raise XeroError(ErrorClass.CONNECTION_LOST, code="disconnected", outcome=Outcome.NOT_SENT)
    until = standing["paused_until"]
    if until is not None and until > now:
        raise _not_now("minute", (until - now).total_seconds(), message=standing["paused_reason"])


def _take(connection: Connection, call: Call, lane: Lane) -> None:
    """Wait for the right to call, a little while. Raises XeroError when it would take longer."""
    deadline = time.monotonic() + settings.XERO_LIMIT_PATIENCE
    while True:
        is_free, ms, reason = shared.run("take", connection.tenant_id, call.id, lane=lane)
        if is_free:
            return
        why, seconds = reason.decode(), ms / 1000
        if why == "in_flight":
            # Spread, so that those who wait do not all ask in step.
            seconds = ASK_SECONDS * random.uniform(0.5, 1.5)  # noqa: S311 - protects nothing
        if time.monotonic() + seconds > deadline:
            break
        time.sleep(seconds)
    error = _not_now(why, max(seconds, CONCURRENT_PAUSE) if why == "in_flight" else seconds)
    if why == "day":
        pause(connection, error)
    raise error


def _not_now(why: str, seconds: float, *, message: str = "") -> XeroError:
    return XeroError(
        ErrorClass.RATE_LIMITED,
        code=CODES[why],
        outcome=Outcome.NOT_SENT,
        message=message,
        retry_after=seconds,
    )


def _give_back(connection: Connection, call: Call) -> None:
    # Not how long the call took: a busy worker may come to say so much later.
    ms = (time.monotonic() - call.sent_at) * 1000
    try:
        shared.run("give_back", connection.tenant_id, call.id, ms, *call.left)
    except shared.Down:
        # Its place comes free when its lease ends.
        return


@contextmanager
def _alone_with(connection: Connection) -> Iterator[None]:
    lock = _alone[connection.tenant_id]
    if not lock.acquire(timeout=settings.XERO_LIMIT_PATIENCE):
        raise _not_now("in_flight", ALONE_PAUSE)
    try:
        yield
    finally:
        lock.release()


def pause(connection: Connection, error: XeroError) -> float:
    """Hold back every call to the organisation as long as Xero asks; return the seconds."""
    is_crowd = error.code == "limit_concurrent"
    default = CONCURRENT_PAUSE if is_crowd else settings.XERO_LIMIT_MINUTE_SECONDS
    seconds = error.retry_after if error.retry_after is not None else default
    until = timezone.now() + dt.timedelta(seconds=seconds)
    # Never shortens a longer pause: a day's limit outlasts a minute's.
    Connection.objects.filter(pk=connection.pk).filter(
        Q(paused_until=None) | Q(paused_until__lt=until)
    ).update(paused_until=until, paused_reason=explain(error.code).what)
    log.event(logger, "paused", connection=connection.pk, code=error.code, seconds=seconds)
    if error.outcome == Outcome.REFUSED and error.code in WINDOWS:
        _tell_others(connection, WINDOWS[error.code], seconds)
    return seconds


def _tell_others(connection: Connection, window: str, seconds: float) -> None:
    try:
        shared.run("refused", connection.tenant_id, window, round(seconds * 1000))
    except shared.Down:
        # The pause in the database holds them back as well.
        return


def remaining(connection: Connection) -> Left | None:
    """Return the calls left, or None where nothing is known of them."""
    try:
        found = shared.run("show", connection.tenant_id)
    except shared.Down:
        return None
    if not found:
        return None
    day, minute, app_minute, minute_ms, day_ms, day_size = found
    return Left(day, day_size, minute, app_minute, minute_ms / 1000, day_ms / 1000)
