"""A world kept over a restart."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from simulators.xero.tests.caller import Api, Simulator
from simulators.xero.tests.conftest import ROOT

pytestmark = pytest.mark.process


@contextmanager
def simulator(*arguments: str) -> Iterator[Simulator]:
    command = [
        sys.executable,
        "-m",
        "simulators.xero",
        "--port",
        "0",
        "--seed",
        "empty",
        *arguments,
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        ready = process.stdout.readline()
        yield Simulator(ready.split()[4].replace("127.0.0.1", "localhost").rstrip("/"))
    finally:
        process.terminate()
        assert process.wait(timeout=10) == 0


def test_contacts_and_tokens_outlive_a_restart(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "xero"))
    with simulator(*state) as first:
        before = first.connect()
        before.contact("Ann Lee")
    with simulator(*state) as second:
        after = Api(second.url, before.tokens).choose(before.tenant_id)
        assert [contact["Name"] for contact in after.rows("Contacts")] == ["Ann Lee"]


@pytest.mark.parametrize("content", [b"", b"no pickle", b"\x80\x04N."])
def test_a_file_that_cannot_be_used_gives_a_new_world(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "xero"
    file.write_bytes(content)
    with simulator("--state", str(file)) as started:
        assert started.state()
