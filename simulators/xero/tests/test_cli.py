"""The command line: start, what it says, and a clean end."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from simulators.xero.tests.caller import Simulator
from simulators.xero.tests.conftest import ROOT

pytestmark = pytest.mark.process


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "simulators.xero", "--port", "0", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_one_ready_line_and_ends_cleanly(number: signal.Signals) -> None:
    process = start()
    assert process.stdout
    ready = process.stdout.readline()
    assert ready.startswith("Xero simulator ready at http://127.0.0.1:")
    assert requests.get(ready.split()[4], timeout=10).status_code == 200
    process.send_signal(number)
    rest, errors = process.communicate(timeout=10)
    assert (process.returncode, rest, errors) == (0, "", "")


def test_what_was_made_lawful_is_said_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("id,name\nR1,Ann Lee\nR2,ann lee\n")
    process = start("--seed", "empty", "--contacts", str(path))
    assert process.stdout
    lines = [process.stdout.readline().strip() for _ in range(3)]
    process.terminate()
    process.communicate(timeout=10)
    assert lines[0] == "Blue Lagoon Pool Care Pty Ltd: 1 values of the file made lawful for Xero"
    assert lines[1] == "R2 name: 'ann lee' -> 'ann lee (2)'"
    assert lines[2].endswith("with 2 contacts")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--contacts", "/nowhere.csv"), "cannot start"),
        (("--switch", "colour=red"), "Unknown switch colour"),
    ],
)
def test_a_start_that_cannot_be_is_told(arguments: tuple[str, ...], words: str) -> None:
    process = start(*arguments)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert words in errors


def test_switches_and_credentials_come_from_the_command_line() -> None:
    arguments = ("--client-id", "mine", "--client-secret", "s", "--switch", "phones=replace")
    process = start("--seed", "empty", *arguments)
    assert process.stdout
    url = process.stdout.readline().split()[4]
    state = requests.get(f"{url}_control/state", timeout=10).json()
    process.terminate()
    process.communicate(timeout=10)
    assert state["identity"]["client"]["id"] == "mine"
    assert state["switches"]["phones"] == "replace"


def test_a_journal_outlives_resets(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    process = start("--seed", "empty", "--journal", str(path))
    assert process.stdout
    simulator = Simulator(process.stdout.readline().split()[4].rstrip("/"))
    for name in ("Dana", "Erin"):
        simulator.reset()
        simulator.connect().contact(name)
    process.terminate()
    process.communicate(timeout=10)
    written = [json.loads(line) for line in path.read_text().splitlines()]
    assert [one["body"]["Name"] for one in written] == ["Dana", "Erin"]
