"""The Stripe simulator as the tests see it: a process at an address, never an import."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import requests

SECRET_KEY = "sk_test_integrationtests"
CLIENT_ID = "ca_integrationtests"
WEBHOOK_SECRET = "whsec_integrationtests"
ROOT = Path(__file__).resolve().parents[2]
# Cards of data/cards.csv in the simulator.
VISA_AU = "4000000360000006"
VISA_ABROAD = "4242424242424242"
AMEX_AU = "371111036000004"
EFTPOS_AU = "4000050360000001"
DECLINED = "4000000000000002"
Json = dict[str, Any]


class Process:
    """One simulator process on a free port."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "simulators.stripe", "--port", "0"]
        command += ["--secret-key", SECRET_KEY, "--client-id", CLIENT_ID]
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


@dataclass
class Stripe:
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

    def key(self, **more: Any) -> str:
        return self.control("keys", **more)["secret"]

    def pay(self, session: str, card: str = VISA_AU, **more: Any) -> Json:
        """Pay on the payment page as a customer would."""
        return self.act("pay_session", session=session, card=card, name="Dana Brook", **more)

    def writes(self, path: str = "") -> list[Json]:
        return [one for one in self.state("writes")["writes"] if path in str(one.get("path"))]

    def listed(self, path: str, *, account: str = "", **query: Any) -> list[Json]:
        """Return what the API lists, as anybody with the platform's key sees it."""
        headers = {"Stripe-Account": account} if account else {}
        answer = requests.get(
            f"{self.url}/v1/{path}",
            params={"limit": 100, **query},
            headers={"Authorization": f"Bearer {SECRET_KEY}", **headers},
            timeout=10,
        )
        assert answer.ok, answer.text
        return answer.json()["data"]

    def post(self, path: str, *, account: str, **form: Any) -> Json:
        """Do by the API what Pooltrackr does not: the business in Stripe's own pages, say."""
        answer = requests.post(
            f"{self.url}/v1/{path}",
            data=form,
            headers={"Authorization": f"Bearer {SECRET_KEY}", "Stripe-Account": account},
            timeout=10,
        )
        assert answer.ok, answer.text
        return answer.json()
