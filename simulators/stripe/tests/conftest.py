"""One simulator process for all tests of this folder, with a new world for each test."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.stripe.tests.caller import Simulator

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def stripe_url() -> Iterator[str]:
    command = [sys.executable, "-m", "simulators.stripe", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[4].rstrip("/")
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def simulator(stripe_url: str) -> Simulator:
    made = Simulator(stripe_url)
    made.reset()
    return made
