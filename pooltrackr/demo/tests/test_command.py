"""`manage.py demo` as a person runs it: a process of its own, stopped by signals."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from pooltrackr.supervisor.ports import free_port

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

PATIENCE = 90


class Demo:
    """A running demo in a folder of its own."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.port, self.xero_port, self.stripe_port = (free_port() for _ in range(3))
        self.output_file = folder / "output"
        inherited = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
        own = {
            "VAR_DIR": str(folder / "var"),
            "DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}",
            "PORT": str(self.port),
            "XERO_PORT": str(self.xero_port),
            "STRIPE_PORT": str(self.stripe_port),
        }
        with self.output_file.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", *arguments],
                cwd=settings.BASE_DIR,
                env={**inherited, **own, **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.output_file.read_text()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while "Ctrl-C" not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.1)

    def end(self) -> int:
        """Wait until it has ended by itself and return its exit code."""
        return self.process.wait(PATIENCE)


@contextmanager
def demo(folder: Path, *arguments: str, **environment: str) -> Iterator[Demo]:
    running = Demo(folder, *arguments, **environment)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.terminate()
            running.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder whose database is seeded, which saves each test those seconds."""
    made = tmp_path_factory.mktemp("demo")
    manage(made, "migrate", "--verbosity", "0")
    manage(made, "seed_demo")
    return made


def manage(folder: Path, *arguments: str) -> None:
    database = f"sqlite:///{folder / 'demo.sqlite3'}"
    environment = {**os.environ, "DATABASE_URL": database, "VAR_DIR": str(folder / "var")}
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True)


def descendants(pid: int) -> dict[int, str]:
    """The command lines of all processes below `pid`."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended while we looked
        children.setdefault(parent, []).append(int(stat.parent.name))
    found, open_ends = {}, [pid]
    while open_ends:
        for child in children.get(open_ends.pop(), []):
            found[child] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
            open_ends.append(child)
    return found


def still_there(processes: dict[int, str]) -> dict[int, str]:
    """Those of `processes` that have not ended within five seconds."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        left = {pid: line for pid, line in processes.items() if is_running(pid)}
        if not left:
            break
        time.sleep(0.05)
    return left


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def get(port: int, path: str) -> tuple[int, str]:
    with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=10) as answer:
        return answer.status, answer.read().decode()


def test_it_starts_answers_and_ctrl_c_leaves_nothing_behind(tmp_path) -> None:
    with demo(tmp_path) as running:
        running.wait_until_ready()
        assert f"http://localhost:{running.port}" in running.output
        assert f"http://localhost:{running.xero_port}" in running.output
        assert "owner@bluelagoon.example" in running.output
        assert get(running.port, "/healthz")[0] == 200
        assert get(running.xero_port, "/")[0] == 200
        assert get(running.stripe_port, "/")[0] == 200
        processes = descendants(running.process.pid)
        assert len(processes) >= 5, processes
        running.process.send_signal(signal.SIGINT)
        assert running.end() == 0, running.output
    assert running.output.rstrip().endswith("Stopped.")
    assert "Traceback" not in running.output
    assert not still_there(processes)


def test_the_second_start_keeps_what_the_first_one_made(folder) -> None:
    with demo(folder) as running:
        running.wait_until_ready()
        running.process.terminate()
        assert running.end() == 0, running.output
    assert "Making demo data" not in running.output
    for name in ("xero-state", "stripe-state"):
        assert (folder / "var" / name).stat().st_size > 0


def test_a_part_that_dies_is_named_and_all_stop(folder) -> None:
    with demo(folder) as running:
        running.wait_until_ready()
        processes = descendants(running.process.pid)
        simulator = next(pid for pid, line in processes.items() if "simulators.xero" in line)
        os.kill(simulator, signal.SIGKILL)
        assert running.end() == 1, running.output
    assert "xero ended by itself (killed by SIGKILL)" in running.output
    assert "Everything was stopped." in running.output
    assert not still_there(processes)


def test_killing_the_command_itself_ends_the_parts(folder) -> None:
    with demo(folder) as running:
        running.wait_until_ready()
        processes = descendants(running.process.pid)
        running.process.kill()
        running.process.wait()
    assert not still_there(processes)


@pytest.mark.parametrize("variable", ["PORT", "XERO_PORT", "STRIPE_PORT"])
def test_a_port_in_use_names_the_variable_that_changes_it(folder, variable) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        taken = str(holder.getsockname()[1])
        with demo(folder, **{variable: taken}) as running:
            assert running.end() == 1
    assert f"Port {taken} is taken by another program" in running.output
    assert re.search(rf"\b{variable}=\d+ make demo", running.output)
    assert "Starting" not in running.output


def test_a_port_that_is_no_number_is_refused(folder) -> None:
    with demo(folder, PORT="eighty") as running:
        assert running.end() == 1
    assert "PORT=eighty is not a port" in running.output


def test_a_redis_that_does_not_answer_is_named(folder) -> None:
    with demo(folder, REDIS_URL=f"redis://localhost:{free_port()}/0") as running:
        assert running.end() == 1
    assert "No Redis answers at REDIS_URL" in running.output


def test_the_real_xero_needs_an_app(folder) -> None:
    with demo(folder, "--xero", "real", XERO_CLIENT_ID="", XERO_CLIENT_SECRET="") as running:
        assert running.end() == 1
    assert "Set XERO_CLIENT_ID and XERO_CLIENT_SECRET" in running.output


def test_fresh_refuses_a_database_that_holds_more_than_the_demo(tmp_path) -> None:
    manage(tmp_path, "migrate", "--verbosity", "0")
    make = (
        "from businesses.models import Business\n"
        "Business.objects.create(slug='real-firm', name='Real Firm')\n"
    )
    manage(tmp_path, "shell", "--verbosity", "0", "-c", make)
    with demo(tmp_path, "--fresh") as running:
        assert running.end() == 1
    assert "The database holds more than the demo: real-firm" in running.output
    assert "Nothing was changed" in running.output
