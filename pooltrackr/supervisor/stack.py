"""A whole Pooltrackr: broker, simulators, worker with beat, web server."""

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from pooltrackr.supervisor import programs
from pooltrackr.supervisor.child import Child, Program
from pooltrackr.supervisor.ports import free_port
from pooltrackr.supervisor.supervisor import Supervisor

PARTS = ("broker", "xero", "worker", "web")
# The demo's own: most tests need no Stripe simulator and save its start.
ALL_PARTS = ("broker", "xero", "stripe", "worker", "web")
# sun_path of a unix socket takes 108 bytes with the closing zero (unix(7)).
SOCKET_PATH_LIMIT = 107
CLIENT_ID = "pooltrackr-demo"
CLIENT_SECRET = "pooltrackr-demo-secret"  # noqa: S105 - the simulator's, known to all
WEBHOOK_KEY = "pooltrackr-demo-webhook-key"
STRIPE_SECRET_KEY = "sk_test_pooltrackrdemo"  # noqa: S105 - the simulator's, known to all
STRIPE_CLIENT_ID = "ca_pooltrackrdemo"
STRIPE_WEBHOOK_SECRET = "whsec_pooltrackrdemo"  # noqa: S105 - the simulator's, known to all


@dataclass
class Stack:
    """Run `parts` in order on entering, stop them in reverse on leaving.

        with Stack(folder=tmp_path, settings={"DATABASE_URL": url, "XERO_LEASE": "5"}) as stack:
            stack.kill("worker")
            stack.start("worker")

    `settings` are environment variables of every child. With `redis_url` no broker is started.
    The simulated Stripe is started, and its settings given, where "stripe" is among the parts.
    With `real_xero` the Xero settings of the environment stay and no simulator is started.
    """

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    parts: Sequence[str] = PARTS
    web_port: int = field(default_factory=free_port)
    xero_port: int = field(default_factory=free_port)
    xero_arguments: Sequence[str] = ("--seed", "demo")
    stripe_port: int = field(default_factory=free_port)
    stripe_arguments: Sequence[str] = ()
    redis_url: str = ""
    real_xero: bool = False

    def __post_init__(self) -> None:
        self._short_folder: Path | None = None
        self.folder.mkdir(parents=True, exist_ok=True)
        self.external_broker = bool(self.redis_url)
        self.redis_url = self.redis_url or f"unix://{self.socket}"
        self.supervisor = Supervisor(logs=self.folder / "log", environment=self.environment)

    @property
    def web_url(self) -> str:
        return f"http://localhost:{self.web_port}"

    @property
    def xero_url(self) -> str:
        return f"http://localhost:{self.xero_port}"

    @property
    def stripe_url(self) -> str:
        return f"http://localhost:{self.stripe_port}"

    @property
    def socket(self) -> Path:
        """The broker's socket: in the folder, or in a short one when that path is too long."""
        path = (self.folder / "valkey.sock").resolve()
        # It becomes part of a URL, where other characters would have to be escaped.
        plain = all(mark.isalnum() or mark in "/._-" for mark in str(path))
        if plain and len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
            return path
        if self._short_folder is None:
            self._short_folder = Path(tempfile.mkdtemp(prefix="pooltrackr-"))
        return self._short_folder / "valkey.sock"

    @property
    def environment(self) -> dict[str, str]:
        """What every child finds in its environment."""
        own = {
            "SITE_URL": self.web_url,
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "HTTPS": "false",
            "REDIS_URL": self.redis_url,
            # A log is read while the program runs, and after it was killed.
            "PYTHONUNBUFFERED": "1",
        }
        return {**os.environ, **own, **_no_proxy(), **self._services(), **self.settings}

    def _services(self) -> dict[str, str]:
        return {**self._xero_settings(), **self._stripe_settings()}

    def _stripe_settings(self) -> dict[str, str]:
        if "stripe" not in self.parts:
            return {}
        return {
            "STRIPE_SECRET_KEY": STRIPE_SECRET_KEY,
            "STRIPE_CLIENT_ID": STRIPE_CLIENT_ID,
            "STRIPE_WEBHOOK_SECRET": STRIPE_WEBHOOK_SECRET,
            "STRIPE_API_URL": self.stripe_url,
            "STRIPE_CONNECT_URL": self.stripe_url,
            "STRIPE_CHECKOUT_URL": self.stripe_url,
        }

    def _xero_settings(self) -> dict[str, str]:
        if self.real_xero:
            return {}
        origins = ("XERO_LOGIN_URL", "XERO_IDENTITY_URL", "XERO_API_URL", "XERO_APP_URL")
        own = dict.fromkeys(origins, self.xero_url)
        app = {"XERO_CLIENT_ID": CLIENT_ID, "XERO_CLIENT_SECRET": CLIENT_SECRET}
        return {**own, **app, "XERO_WEBHOOK_KEY": WEBHOOK_KEY}

    @property
    def _stripe_webhook(self) -> list[str]:
        if "web" not in self.parts:
            return []
        url = f"{self.web_url}/stripe/webhook/"
        return ["--webhook-url", url, "--webhook-secret", STRIPE_WEBHOOK_SECRET]

    @property
    def _webhook(self) -> list[str]:
        """The simulator's arguments that send webhooks to the web server, where there is one."""
        if "web" not in self.parts:
            return []
        url = f"{self.web_url}/xero/webhook/"
        return ["--webhook-url", url, "--webhook-key", WEBHOOK_KEY]

    def program(self, part: str) -> Program:
        if part == "broker":
            return programs.broker(self.socket)
        if part == "xero":
            return programs.xero_simulator(self.xero_port, *self.xero_arguments, *self._webhook)
        if part == "stripe":
            arguments = (*self.stripe_arguments, *self._stripe_webhook)
            return programs.stripe_simulator(self.stripe_port, *arguments)
        if part == "worker":
            node = f"pooltrackr-{self.web_port}@localhost"
            schedule = self.folder / "beat-schedule"
            return programs.worker(self.redis_url, node=node, schedule=schedule)
        if part == "web":
            return programs.web(self.web_port)
        raise ValueError(f"There is no part called {part}. Parts: {', '.join(ALL_PARTS)}.")

    def runs(self, part: str) -> bool:
        """Whether this stack starts `part` itself."""
        elsewhere = {"broker": self.external_broker, "xero": self.real_xero}
        return part in self.parts and not elsewhere.get(part, False)

    def __enter__(self) -> Self:
        self.supervisor.__enter__()
        try:
            for part in self.parts:
                if self.runs(part):
                    self.start(part)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop what runs, in reverse, and remove the socket's folder."""
        self.supervisor.stop_all()
        if self._short_folder is not None:
            shutil.rmtree(self._short_folder, ignore_errors=True)

    def start(self, part: str) -> Child:
        """Start one part (again) and return once it is ready."""
        return self.supervisor.start(self.program(part))

    def start_ended(self) -> list[str]:
        """Start again what has ended by itself, as a service manager does; return which."""
        children = self.supervisor.children.items()
        ended = [part for part, child in children if child.process.poll() is not None]
        for part in ended:
            self.start(part)
        return ended

    def stop(self, part: str) -> int:
        return self.supervisor.stop(part)

    def kill(self, part: str) -> int:
        """Kill one part at once, as a crash would."""
        return self.supervisor.kill(part)

    def tail(self, part: str, lines: int = 15) -> str:
        return self.supervisor.tail(part, lines)


def _no_proxy() -> dict[str, str]:
    """A proxy of the machine is for the outside, not for our own ports."""
    both = ("no_proxy", "NO_PROXY")
    hosts = [os.environ[name] for name in both if os.environ.get(name)][:1]
    return dict.fromkeys(both, ",".join([*hosts, "localhost", "127.0.0.1"]))
