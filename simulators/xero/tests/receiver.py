"""A server that webhooks post to, with its answers at the test's choice."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Any, Self

KEY = "the-webhook-key"
# Until something is there; far more than it takes.
PATIENCE = 15


@dataclass
class Delivery:
    body: bytes
    headers: dict[str, str]

    @property
    def sent(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def events(self) -> list[tuple[str, str, str]]:
        members = ("eventCategory", "eventType", "resourceId")
        return [tuple(one[name] for name in members) for one in self.sent["events"]]

    @property
    def is_signed(self) -> bool:
        digest = hmac.new(KEY.encode(), self.body, hashlib.sha256).digest()
        return base64.b64encode(digest).decode() == self.headers["x-xero-signature"]


@dataclass
class Receiver:
    """Takes deliveries and answers 200 to the rightly signed, 401 to others, unless told."""

    statuses: list[int] = field(default_factory=list)
    got: list[Delivery] = field(default_factory=list)

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                named = {name.lower(): value for name, value in self.headers.items()}
                delivery = Delivery(body, named)
                receiver.got.append(delivery)
                right = 200 if delivery.is_signed else 401
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else right)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.server.shutdown()
        self.server.server_close()

    def events(self) -> list[tuple[str, str, str]]:
        return [event for delivery in list(self.got) for event in delivery.events]


def eventually(found: Callable[[], Any]) -> Any:
    """Return what `found` gives as soon as it gives something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.02)
    raise AssertionError("it never came")
