"""The command line: start, what it says, a clean end, and what outlives it."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from simulators.stripe.tests.caller import PLATFORM, Simulator
from simulators.stripe.tests.conftest import ROOT

pytestmark = pytest.mark.process


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "simulators.stripe", "--port", "0", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def reached(process: subprocess.Popen[str]) -> Simulator:
    assert process.stdout
    return Simulator(process.stdout.readline().split()[4].rstrip("/"))


def end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.communicate(timeout=10)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_one_ready_line_and_ends_cleanly(number: signal.Signals) -> None:
    process = start()
    assert process.stdout
    ready = process.stdout.readline()
    assert ready.startswith("Stripe simulator ready at http://127.0.0.1:")
    assert requests.get(ready.split()[4], timeout=10).status_code == 200
    process.send_signal(number)
    rest, errors = process.communicate(timeout=10)
    assert (process.returncode, rest, errors) == (0, "", "")


def test_a_start_that_cannot_be_is_told() -> None:
    process = start("--switch", "colour=red")
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "Unknown switch colour" in errors


def test_keys_switches_and_country_come_from_the_command_line() -> None:
    process = start(
        "--secret-key", "sk_test_mine", "--country", "NZ", "--switch", "nz_fee_tax=true"
    )
    simulator = reached(process)
    account = simulator.client("sk_test_mine").v1.accounts.retrieve_current()
    switches = simulator.state("switches")["switches"]
    end(process)
    assert (account.country, switches["nz_fee_tax"]) == ("NZ", True)


def test_a_world_is_kept_over_a_restart_and_a_journal_over_resets(tmp_path: Path) -> None:
    state, journal = tmp_path / "state", tmp_path / "journal"
    arguments = ("--state", str(state), "--journal", str(journal))
    process = start(*arguments)
    simulator = reached(process)
    charge = simulator.charge()
    end(process)
    process = start(*arguments)
    simulator = reached(process)
    assert simulator.api.v1.charges.retrieve(charge.id).amount == 10_000
    simulator.advance(10 * 86_400)
    assert simulator.summary(PLATFORM)["payouts"] == {"paid": 9_800}
    simulator.reset()
    simulator.api.v1.customers.create({"name": "Dana"})
    end(process)
    written = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [one["path"] for one in written] == ["/v1/payment_intents", "/v1/customers"]
    # Another key is another platform: what was kept is not its.
    process = start(*arguments, "--secret-key", "sk_test_other")
    listed = reached(process).client("sk_test_other").v1.charges.list().data
    end(process)
    assert listed == []
