"""One simulator process for all tests of this folder, with a new world for each test."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.xero.tests.caller import Api, Simulator
from simulators.xero.tests.description import undescribed

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def xero_url() -> Iterator[str]:
    command = [sys.executable, "-m", "simulators.xero", "--port", "0", "--seed", "empty"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        ready = process.stdout.readline()
        # The redirect rule knows localhost, and so do links in the answers.
        yield ready.split()[4].replace("127.0.0.1", "localhost").rstrip("/")
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def xero(xero_url: str) -> Iterator[Simulator]:
    """Give a new world; what it accepted in the end has to be what Xero's description has."""
    simulator = Simulator(xero_url)
    simulator.reset()
    yield simulator
    assert list(undescribed(simulator.state("writes")["writes"])) == []


@pytest.fixture
def api(xero: Simulator) -> Api:
    return xero.connect()
