"""One child process: started in a session of its own, logged to a file, never left behind."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# Short beside the start of any program, so that waiting for readiness costs nothing.
POLL_SECONDS = 0.05
# Of the log, shown when a program did not start: a traceback with its cause.
TAIL_LINES = 15
PR_SET_PDEATHSIG = 1  # linux/prctl.h
# Loaded before any fork: a child may not import between fork and exec.
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Program:
    """What to run. `ready` is asked until it says yes; it must not raise."""

    name: str
    command: Sequence[str]
    ready: Callable[[], bool]
    # Generous: a cold start on a busy machine with two cores reads 100 MB of Python files.
    ready_within: float = 60.0
    # After this many seconds of asking politely the whole process group is killed.
    stop_within: float = 10.0


class ChildError(Exception):
    """A child did not do its part. The message ends with its last log lines."""

    def __init__(self, what: str, *, name: str, log: Path) -> None:
        self.name = name
        super().__init__(f"{what} Its last lines, from {log}:\n{tail(log)}")


class ChildDied(ChildError):
    pass


class NotReady(ChildError):
    pass


def tail(log: Path, lines: int = TAIL_LINES) -> str:
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join(f"  {line}" for line in text.splitlines()[-lines:]) or "  (nothing)"


class Child:
    """A running program. Stop it before you forget it."""

    def __init__(self, program: Program, *, environment: Mapping[str, str], log: Path) -> None:
        self.program = program
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own fixed commands, no shell
                program.command,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C in the terminal reaches the parent alone, which stops them in order.
                start_new_session=True,
                preexec_fn=_die_with_parent(os.getpid()),
            )

    def wait_until_ready(self) -> None:
        """Return once the program is ready. Raises ChildDied or NotReady."""
        deadline = time.monotonic() + self.program.ready_within
        while True:
            # In this order: when another program holds our port, our child has died and the
            # probe would be answered by the other one.
            self.check()
            if self.program.ready():
                return
            if time.monotonic() > deadline:
                what = f"{self.program.name} was not ready after {self.program.ready_within:.0f} s."
                raise NotReady(what, name=self.program.name, log=self.log)
            time.sleep(POLL_SECONDS)

    def check(self) -> None:
        """Raise ChildDied when the program has ended."""
        if (code := self.process.poll()) is not None:
            what = f"{self.program.name} ended by itself ({_describe(code)})."
            raise ChildDied(what, name=self.program.name, log=self.log)

    def stop(self) -> int:
        """Ask the program to end, kill what is left of it, and return its exit code."""
        if self.process.poll() is None:
            # To the leader alone: it ends its own workers in its own order.
            self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(self.program.stop_within)
        return self.kill()

    def kill(self) -> int:
        """Kill the program and everything it started, as a crash would. Return its exit code."""
        with suppress(ProcessLookupError):  # all gone already
            os.killpg(self.process.pid, signal.SIGKILL)
        return self.process.wait()


def _describe(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    return f"killed by {signal.Signals(-code).name}"


def _die_with_parent(parent: int) -> Callable[[], None] | None:
    """Return what a child runs before exec so that it ends when its parent is killed (Linux).

    Without it a SIGKILL of the parent leaves broker, worker and web server running. The kernel
    counts the thread that forked as the parent: start children from a thread that stays.
    """
    if LIBC is None:
        return None

    def prepare() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return prepare
