"""Health of the process and of what it needs; for load balancers and operators."""

import logging
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from pooltrackr import heartbeat

logger = logging.getLogger(__name__)


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up. Touches nothing else, so that a slow database restarts no process."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, broker and scheduler, each by name; 503 when one of them is missing."""
    checks = {"database": database_answers, "broker": broker_answers, "beat": beat_answers}
    found = {name: _state(check) for name, check in checks.items()}
    ready = all(state == "ok" for state in found.values())
    return JsonResponse(found, status=200 if ready else 503)


def _state(check: Callable[[], bool]) -> str:
    try:
        return "ok" if check() else "silent"
    except (DatabaseError, redis.RedisError, OSError) as error:
        # Addresses and accounts stand in such errors: they go to the log, not to the caller.
        logger.warning("readyz: %s failed: %s", check.__name__, error)
        return "down"


def database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() is not None


def broker_answers() -> bool:
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1
    ) as client:
        return bool(client.ping())


def beat_answers() -> bool:
    return heartbeat.is_fresh()
