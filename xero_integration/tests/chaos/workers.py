"""Worker processes by place: started, killed and started again; each with a log of its own."""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from pooltrackr.supervisor import Stack, programs
from pooltrackr.supervisor.child import Child

# Celery's own words once it takes tasks; asking it by a message would cost a second each time.
READY = b" ready."
# A cold start on a busy machine.
PATIENCE = 60.0


@dataclass
class Workers:
    """`count` workers of a stack, in places from 0 on."""

    stack: Stack
    count: int
    children: dict[int, Child] = field(default_factory=dict)
    starts: int = 0
    ended_by_themselves: int = 0

    @property
    def logs(self) -> list[Path]:
        return sorted(self.stack.supervisor.logs.glob("worker-*.log"))

    def start_all(self) -> None:
        for place in range(self.count):
            self.start(place)

    def start(self, place: int, **environment: str) -> Child:
        """Start a worker and do not wait for it."""
        self.starts += 1
        program = programs.worker(
            self.stack.redis_url,
            node=f"place-{place}-{self.stack.web_port}@localhost",
            schedule=self.stack.folder / f"beat-{place}",
        )
        child = Child(
            replace(program, name=f"worker-{place}"),
            environment={**self.stack.environment, **environment},
            log=self.stack.supervisor.log(f"worker-{self.starts:03d}"),
        )
        self.children[place] = child
        self.stack.supervisor.children[f"worker-{place}"] = child
        return child

    def wait_until_up(self, place: int) -> None:
        """Wait until the worker takes tasks; one that ended by itself is started again.

        kombu 5.7: a worker whose task was not acknowledged when the broker went ends itself.
        """
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            child = self.children[place]
            if child.process.poll() is not None:
                self.ended_by_themselves += 1
                self.start(place)
            elif READY in child.log.read_bytes():
                return
            time.sleep(0.05)
        raise AssertionError(f"Worker {place} did not come up.\n{self.tail(place)}")

    def kill(self, place: int) -> None:
        """Kill a worker with all it started, and put another in its place."""
        self.children[place].kill()
        self.start(place)

    def keep_up(self) -> None:
        """Do what a service manager does."""
        for place in range(self.count):
            self.wait_until_up(place)

    def tail(self, place: int = 0) -> str:
        lines = self.children[place].log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-60:])
