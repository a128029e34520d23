"""A process that has everything imported and forks workers: `python -m ...chaos.nursery`.

A worker reads 100 MB of Python before it does anything; two hundred of them would take most of an
hour. What is forked is a worker like any other, from its command line on: no connection is opened
and no thread is started before the fork. Each line of stdin is a JSON object (`argv`, `log`,
`environment`); the answer is its process id.
"""

import json
import os
import signal
import sys
import threading
from contextlib import suppress
from itertools import count
from types import FrameType
from typing import Any

from pooltrackr.celery import app


def main() -> None:
    # Django with its apps, and all tasks with what they import.
    app.loader.import_default_modules()
    app.finalize()
    # Nobody waits for the workers: the kernel takes what is left of a dead one away.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    living: list[int] = []
    for line in sys.stdin:
        wanted = json.loads(line)
        pid = os.fork()
        if not pid:
            become_worker(**wanted)
        living = [one for one in [*living, pid] if is_alive(one)]
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
    # The test run is gone, perhaps by a signal: its workers have sessions of their own and stay.
    for one in living:
        with suppress(ProcessLookupError):
            os.killpg(one, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def become_worker(argv: list[str], log: str, crash_at: str, crash_after: int) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    into = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for standard in (1, 2):
        os.dup2(into, standard)
    if crash_at:
        die_at(crash_at, after=crash_after)
    try:
        app.worker_main(argv)
    finally:
        os._exit(1)


def die_at(place: str, *, after: int) -> None:
    """Let this process be killed at "call module.function" or "return module.function".

    By SIGKILL and in the middle of that line, when it is reached for the time after `after`.
    """
    wanted, _, path = place.partition(" ")
    module, _, function = path.rpartition(".")
    passed = count()

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        if event != wanted or frame.f_code.co_name != function:
            return
        if frame.f_globals.get("__name__") == module and next(passed) == after:
            os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(watch)
    sys.setprofile(watch)


if __name__ == "__main__":
    main()
