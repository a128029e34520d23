"""Children made of one line of Python stand in for servers: the supervisor knows no other kind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pooltrackr.supervisor import ChildDied, NotReady, Program, Supervisor
from pooltrackr.supervisor.ports import free_port, is_taken

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; PR_SET_PDEATHSIG is Linux's"),
]

SLEEP = "import time; print('up', flush=True); time.sleep(60)"


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(logs=tmp_path / "log", environment=os.environ) as running:
        yield running


def program(name: str, code: str, tmp_path: Path, **limits: float) -> Program:
    """A program that is ready once it has printed something."""
    log = tmp_path / "log" / f"{name}.log"
    command = [sys.executable, "-c", code]
    return Program(name, command, ready=lambda: log.stat().st_size > 0, **limits)


def alive(pid: int) -> bool:
    """Whether a process runs; one that waits to be reaped does not."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def ended(pid: int) -> bool:
    """Whether a process ends within five seconds: a signal takes effect a moment later."""
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


def test_programs_stop_in_reverse_of_their_start(supervisor, tmp_path) -> None:
    order = tmp_path / "order"
    code = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        f"    open({str(order)!r}, 'a').write(NAME + ' ')\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('up', flush=True)\n"
        "time.sleep(60)\n"
    )
    for name in ("first", "second", "third"):
        supervisor.start(program(name, f"NAME = {name!r}\n{code}", tmp_path))
    supervisor.stop_all()
    assert order.read_text().split() == ["third", "second", "first"]


def test_a_program_that_dies_while_starting_is_named_with_its_last_lines(
    supervisor, tmp_path
) -> None:
    code = "import sys; sys.exit('no licence for this')"
    dead = Program("broken", [sys.executable, "-c", code], ready=lambda: False)
    with pytest.raises(ChildDied) as caught:
        supervisor.start(dead)
    assert "broken ended by itself (exit code 1)" in str(caught.value)
    assert "no licence for this" in str(caught.value)


def test_a_program_that_never_gets_ready_is_named_and_stopped(tmp_path) -> None:
    slow = Program("slow", [sys.executable, "-c", SLEEP], ready=lambda: False, ready_within=0.2)
    running = Supervisor(logs=tmp_path / "log", environment=os.environ)
    with pytest.raises(NotReady, match="slow was not ready after 0 s"), running:
        running.start(slow)
    assert not running.children


def test_watching_reports_a_program_that_is_killed(supervisor, tmp_path) -> None:
    child = supervisor.start(program("victim", SLEEP, tmp_path))
    os.kill(child.process.pid, signal.SIGKILL)
    with pytest.raises(ChildDied, match=r"victim ended by itself .killed by SIGKILL"):
        supervisor.watch()


def test_stopping_ends_what_the_program_itself_has_started(supervisor, tmp_path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    supervisor.start(program("parent", code, tmp_path))
    grandchild = int(supervisor.tail("parent"))
    assert alive(grandchild)
    supervisor.stop("parent")
    assert ended(grandchild)


def test_a_program_that_ignores_the_request_is_killed_after_its_time(supervisor, tmp_path) -> None:
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEP
    supervisor.start(program("deaf", code, tmp_path, stop_within=0.3))
    assert supervisor.stop("deaf") == -signal.SIGKILL


def test_children_end_when_their_parent_is_killed(tmp_path) -> None:
    code = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from pooltrackr.supervisor import Program, Supervisor\n"
        f"logs = Path({str(tmp_path)!r})\n"
        f"sleep = Program('sleep', [sys.executable, '-c', {SLEEP!r}],\n"
        "                ready=lambda: (logs / 'sleep.log').stat().st_size > 0)\n"
        "with Supervisor(logs=logs, environment=os.environ) as running:\n"
        "    print(running.start(sleep).process.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert ended(child)


def test_a_port_in_use_is_taken_and_a_free_one_is_not() -> None:
    port = free_port()
    assert not is_taken(port)
    code = f"import socket; s = socket.create_server(('127.0.0.1', {port})); print(1, flush=True)"
    holder = subprocess.Popen(
        [sys.executable, "-c", f"{code}; s.accept()"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline()
        assert is_taken(port)
    finally:
        holder.kill()
        holder.wait()
