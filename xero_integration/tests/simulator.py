"""The Xero simulator as the tests see it: a process at an address, never an import."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import requests

CLIENT_ID = "engine-tests"
CLIENT_SECRET = "engine-secret"
ROOT = Path(__file__).resolve().parents[2]
ORIGINS = ("XERO_LOGIN_URL", "XERO_IDENTITY_URL", "XERO_API_URL", "XERO_APP_URL")
Json = dict[str, Any]


class Process:
    """One simulator process on a free port."""

    def __init__(self, *arguments: str) -> None:
        self.folder = TemporaryDirectory(prefix="pooltrackr-")
        self.journal = Path(self.folder.name) / "journal"
        command = [sys.executable, "-m", "simulators.xero", "--port", "0", "--seed", "empty"]
        command += ["--client-id", CLIENT_ID, "--client-secret", CLIENT_SECRET, *arguments]
        command += ["--journal", str(self.journal)]
        self.child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.child.stdout is not None
        line = self.child.stdout.readline()
        found = re.search(r"http://\S+?:(\d+)", line)
        assert found, f"The simulator did not say where it is: {line!r}"
        self.url = f"http://localhost:{found[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.child.terminate()
        self.child.wait(10)
        with self.folder:
            self._check_journal()

    def _check_journal(self) -> None:
        """Hold everything that was written against Xero's own description of its API."""
        if not ("POOLTRACKR_SHARED" in os.environ and self.journal.exists()):
            return
        command = [sys.executable, "-m", "simulators.xero.tests.description", str(self.journal)]
        checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, f"{checked.stdout}{checked.stderr}"


@dataclass
class Xero:
    """What a test asks of the simulator and does to it."""

    url: str

    def control(self, name: str, /, **sent: Any) -> Json:
        answer = requests.post(f"{self.url}/_control/{name}", json=sent, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def state(self, only: str, **query: str) -> Json:
        query["only"] = only
        return requests.get(f"{self.url}/_control/state", params=query, timeout=10).json()

    def fault(self, kind: str, **more: Any) -> None:
        self.control("faults", kind=kind, **more)

    def act(self, do: str, /, **more: Any) -> Json:
        return self.control("act", do=do, **more)

    def consent(self, url: str, **choice: str) -> dict[str, str]:
        """Answer an authorisation address as a person would; return the callback's query."""
        redirect = self.control("authorise", url=url, **choice)["redirect"]
        return dict(parse_qsl(urlsplit(redirect).query))

    @property
    def organisations(self) -> list[Json]:
        return self.state("organisations")["organisations"]

    def contacts(self) -> list[Json]:
        return self.state("contacts")["organisations"][0]["contacts"]

    def contact(self, name: str) -> Json:
        found = [one for one in self.contacts() if one["Name"] == name]
        assert len(found) == 1, f"{len(found)} contacts are called {name}"
        return found[0]

    def invoices(self) -> list[Json]:
        return self.state("invoices")["organisations"][0]["invoices"]

    def writes(self, resource: str = "") -> list[Json]:
        writes = self.state("writes")["writes"]
        return [one for one in writes if resource.lower() in str(one.get("path", "")).lower()]

    def counts(self) -> dict[str, int]:
        return self.state("identity")["identity"]["counts"]
