"""What the benchmarks of the sync engine share: a whole Pooltrackr with some workers, measured.

Import `rig` before anything of Django: `rig.prepare` makes an empty database and sets it up.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import redis
import requests

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from pooltrackr.supervisor import Stack, programs  # noqa: E402 - needs ROOT

Figures = dict[str, Any]
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Rig:
    """Running programs, and what they cost."""

    stack: Stack
    workers: list[str] = field(default_factory=list)

    def control(self, name: str, /, **sent: Any) -> Figures:
        answer = requests.post(f"{self.stack.xero_url}/_control/{name}", json=sent, timeout=60)
        answer.raise_for_status()
        return dict(answer.json())

    def state(self, only: str, **query: str) -> Figures:
        params = {"only": only, "bodies": "false", **query}
        url = f"{self.stack.xero_url}/_control/state"
        return dict(requests.get(url, params=params, timeout=120).json())

    def forget_limits(self) -> None:
        """Let the workers know nothing of Xero's windows, as after Redis was emptied."""
        from xero_integration.client.limits import shared

        with redis.Redis.from_url(self.stack.redis_url) as server:
            for key in server.scan_iter(f"{shared.PREFIX}:*"):
                server.delete(key)

    def start_worker(self) -> None:
        number = len(self.workers) + 1
        name = f"worker{number}"
        program = programs.worker(
            self.stack.redis_url,
            node=f"{name}-{self.stack.xero_port}@localhost",
            schedule=self.stack.folder / f"schedule{number}",
        )
        self.stack.supervisor.start(replace(program, name=name))
        self.workers.append(name)

    def wait(self, is_so: Callable[[], bool], *, what: str, seconds: float = 900) -> None:
        until = time.monotonic() + seconds
        while not is_so():
            tails = "\n".join(self.stack.tail(name, 30) for name in self.workers)
            assert time.monotonic() < until, f"{what} did not end.\n{tails}"
            time.sleep(0.1)

    def cpu_seconds(self) -> float:
        """Return the processor time that the workers took so far."""
        return sum(cpu_of(self.stack.supervisor.children[one].process.pid) for one in self.workers)

    def most_memory_mb(self) -> list[int]:
        children = self.stack.supervisor.children
        return [most_memory(children[one].process.pid) for one in self.workers]


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def most_memory(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = next(line for line in lines if line.startswith("VmHWM"))
    return int(found.split()[1]) // 1024


@contextmanager
def prepare(
    *, workers: int, settings: dict[str, str] | None = None, xero: Sequence[str] = ()
) -> Iterator[Rig]:
    """Run broker, simulator and `workers` workers (4 threads each) on an empty database."""
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        url = opened.enter_context(database(folder))
        own = {"DATABASE_URL": url, "VAR_DIR": str(folder / "var"), "LOG_LEVEL": "INFO"}
        own |= settings or {}
        arguments = ("--seed", "empty", *xero)
        stack = Stack(
            folder=folder / "stack",
            settings=own,
            parts=("broker", "xero"),
            xero_arguments=arguments,
        )
        os.environ.update(stack.environment, DJANGO_SETTINGS_MODULE="pooltrackr.settings")
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        import django  # settings are read at setup, and rest on what was set above

        django.setup()
        # Makes this process send its messages as the web server does.
        import pooltrackr.celery  # noqa: F401

        opened.enter_context(stack)
        rig = Rig(stack)
        for _ in range(workers):
            rig.start_worker()
        yield rig


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """Yield the URL of an empty database: beside the one of DATABASE_URL, or an SQLite file."""
    configured = os.environ.get("DATABASE_URL", "")
    if not configured.startswith("postgres"):
        yield f"sqlite:///{folder / 'db.sqlite3'}"
        return
    name = f"pooltrackr_bench_{os.getpid()}"
    with psycopg.connect(configured, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(configured)._replace(path=f"/{name}").geturl()
        finally:
            from django.db import connections

            connections.close_all()
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def options(description: str | None) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def keep(name: str, found: Figures) -> None:
    """Write the results beside those of the other benchmarks."""
    kind = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    where = {"python": platform.python_version(), "cores": os.cpu_count(), "database": kind}
    path = ROOT / f"bench/results/{name}.json"
    path.write_text(json.dumps({**found, **where}, indent=2) + "\n")
