"""Children in the order they were started."""

import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from pooltrackr.supervisor.child import Child, Program, tail

# How late the death of a program is noticed.
WATCH_SECONDS = 0.2


class Supervisor:
    """Start programs one after the other, watch them, stop them in reverse."""

    def __init__(self, *, logs: Path, environment: Mapping[str, str]) -> None:
        self.logs = logs
        self.environment = environment
        self.children: dict[str, Child] = {}

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop_all()

    def start(self, program: Program) -> Child:
        """Start `program` and return once it is ready; its log goes on where it was."""
        child = Child(program, environment=self.environment, log=self.log(program.name))
        self.children[program.name] = child
        child.wait_until_ready()
        return child

    def stop(self, name: str) -> int:
        """Stop one program in good order and return its exit code."""
        return self.children.pop(name).stop()

    def kill(self, name: str) -> int:
        """Kill one program at once, as a crash or a power cut would."""
        return self.children.pop(name).kill()

    def stop_all(self) -> None:
        for name in reversed(list(self.children)):
            self.stop(name)

    def watch(self) -> None:
        """Return never: raise ChildDied when a program ends."""
        while True:
            for child in self.children.values():
                child.check()
            time.sleep(WATCH_SECONDS)

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def tail(self, name: str, lines: int = 15) -> str:
        """Return the last lines of a program's log."""
        return tail(self.log(name), lines)
