"""Worker processes by place: started, killed and started again; each with a log of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from pooltrackr.supervisor import Stack, programs

# Celery's own words once it takes tasks; asking it by a message would cost a second each time.
READY = b" ready."
# A cold start on a busy machine.
PATIENCE = 120.0


@dataclass
class Worker:
    """One process in a session of its own, with the beat that it started."""

    pid: int
    log: Path

    @property
    def is_alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    @property
    def is_up(self) -> bool:
        return self.log.exists() and READY in self.log.read_bytes()

    def kill(self) -> None:
        with suppress(ProcessLookupError):  # all gone already
            os.killpg(self.pid, signal.SIGKILL)

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-60:])


@dataclass
class Workers:
    """`count` workers of a stack, in places from 0 on, forked by a nursery of its own."""

    stack: Stack
    count: int = 1
    places: dict[int, Worker] = field(default_factory=dict)
    starts: int = 0
    ended_by_themselves: int = 0

    def __enter__(self) -> Self:
        self.nursery = subprocess.Popen(
            [sys.executable, "-m", "xero_integration.tests.chaos.nursery"],
            env=self.stack.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for worker in self.places.values():
            worker.kill()
        self.nursery.kill()
        self.nursery.wait()

    def start(self, place: int = 0, *, crash_at: str = "", crash_after: int = 0) -> Worker:
        """Start a worker and do not wait for it."""
        self.starts += 1
        log = self.stack.supervisor.log(f"worker-{self.starts:03d}")
        wanted = {
            "argv": self._argv(place),
            "log": str(log),
            "crash_at": crash_at,
            "crash_after": crash_after,
        }
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write(json.dumps(wanted) + "\n")
        self.nursery.stdin.flush()
        self.places[place] = Worker(int(self.nursery.stdout.readline()), log)
        return self.places[place]

    def _argv(self, place: int) -> list[str]:
        node = f"place-{place}-{self.stack.web_port}@localhost"
        schedule = self.stack.folder / f"beat-{place}"
        command = programs.worker(self.stack.redis_url, node=node, schedule=schedule).command
        return list(command[command.index("worker") :])

    def start_all(self) -> None:
        for place in range(self.count):
            self.start(place)

    def wait_until_up(self, place: int = 0) -> None:
        """Wait until the worker takes tasks; one that ended by itself is started again.

        kombu 5.7: a worker whose task was not acknowledged when the broker went ends itself.
        """
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            worker = self.places[place]
            if not worker.is_alive:
                self.ended_by_themselves += 1
                worker.kill()
                self.start(place)
            elif worker.is_up:
                return
            time.sleep(0.02)
        raise AssertionError(f"Worker {place} did not come up.\n{worker.tail()}")

    def wait_until_dead(self, place: int = 0) -> None:
        """Wait for a worker that was told where to die."""
        worker = self.places[place]
        deadline = time.monotonic() + PATIENCE
        while worker.is_alive:
            assert time.monotonic() < deadline, f"It lives on.\n{worker.tail()}"
            time.sleep(0.02)
        worker.kill()  # its beat is left

    def kill(self, place: int) -> None:
        """Kill a worker with all it started, and put another in its place."""
        self.places[place].kill()
        self.start(place)

    def keep_up(self) -> None:
        """Do what a service manager does."""
        for place in range(self.count):
            self.wait_until_up(place)

    def tail(self, place: int = 0) -> str:
        return self.places[place].tail()
