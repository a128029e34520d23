"""Whether a program is ready: each probe answers at once or within two seconds, never raises."""

from http.client import HTTPConnection, HTTPException

import redis
from celery import Celery
from kombu.exceptions import OperationalError

from pooltrackr.supervisor.ports import LOOPBACK

# A server on this machine that takes longer is not ready; the probe comes again.
PROBE_SECONDS = 2


def answers_http(port: int, path: str) -> bool:
    """Whether a server on this machine answers `path` with 200. Ignores any proxy setting."""
    connection = HTTPConnection(LOOPBACK, port, timeout=PROBE_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def answers_ping(redis_url: str) -> bool:
    client = redis.Redis.from_url(redis_url, socket_timeout=PROBE_SECONDS)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def worker_answers(redis_url: str, node: str) -> bool:
    """Whether the Celery worker called `node` takes commands; others on the broker do not count."""
    # Celery's own spelling of a unix socket; settings.broker_url would load all settings here.
    broker = redis_url.replace("unix://", "redis+socket://", 1)
    with Celery("probe", broker=broker, set_as_current=False) as app:
        try:
            return bool(app.control.ping(destination=[node], timeout=0.5))
        except (OperationalError, redis.RedisError, OSError):
            return False
