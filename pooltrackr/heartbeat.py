"""The scheduler's sign of life: beat asks for it, a worker writes it, /readyz reads it."""

import datetime as dt

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

KEY = "heartbeat"


def beat() -> None:
    """Write the time. Kept for longer than it is good, so that /readyz can say how old it is."""
    cache.set(KEY, timezone.now(), timeout=24 * 60 * 60)


def age() -> dt.timedelta | None:
    """Return how long ago a worker last answered beat, or None when nothing is known."""
    last: dt.datetime | None = cache.get(KEY)
    return timezone.now() - last if last else None


def is_fresh() -> bool:
    """Whether beat and a worker were alive within three intervals (one lost message is no news)."""
    found = age()
    return found is not None and found.total_seconds() < 3 * settings.HEARTBEAT_INTERVAL
