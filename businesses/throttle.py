"""Guessing passwords is made slow: some failures from one place on one account, then a pause.

Counts stand in the cache, which all web processes share. When it is away nobody is kept out: a
broker that is down must not close the door to everybody.
"""

import hashlib
import logging
from dataclasses import dataclass

import redis
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

logger = logging.getLogger(__name__)

# Ten is more than somebody needs who has three passwords in mind; at forty an hour a short word
# list takes a year.
MOST_FAILURES = 10
PAUSE_MINUTES = 15
# A mail box is not flooded by whoever knows its address.
MOST_RESETS = 5


def address_of(request: HttpRequest) -> str:
    """Return where a request comes from; behind a proxy of ours, what that proxy says."""
    # Set by BEHIND_PROXY. The last entry is the proxy's own; those before it anybody can make up.
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip()
        if forwarded:
            return str(forwarded)
    return str(request.META.get("REMOTE_ADDR", ""))


@dataclass(frozen=True)
class Tries:
    """How often something was tried within PAUSE_MINUTES, by what it is and who asks."""

    what: str
    who: str
    most: int

    @property
    def key(self) -> str:
        # No address or e-mail in clear: whoever looks into the cache learns nothing.
        return f"{self.what}:{hashlib.sha256(self.who.encode()).hexdigest()}"

    @property
    def used_up(self) -> bool:
        try:
            return int(cache.get(self.key, 0)) >= self.most
        except (redis.RedisError, OSError):
            return False

    def count(self) -> None:
        try:
            cache.add(self.key, 0, timeout=PAUSE_MINUTES * 60)
            cache.incr(self.key)
        except (redis.RedisError, OSError, ValueError):  # ValueError: the key has just run out
            logger.warning("%s could not be counted", self.what)

    def forget(self) -> None:
        try:
            cache.delete(self.key)
        except (redis.RedisError, OSError):
            logger.warning("%s could not be forgotten", self.what)


def log_ins(email: str, request: HttpRequest) -> Tries:
    who = f"{email.strip().casefold()} {address_of(request)}"
    return Tries("failed-log-ins", who, MOST_FAILURES)


def resets(email: str) -> Tries:
    return Tries("password-resets", email.strip().casefold(), MOST_RESETS)
