"""A server that webhooks post to, with its answers at the test's choice."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import stripe

# Until something is there; far more than it takes.
PATIENCE = 15


@dataclass
class Receiver:
    """Takes deliveries; the official library says whether each one is rightly signed."""

    secret: str = "whsec_of_the_test"
    statuses: list[int] = field(default_factory=list)
    got: list[stripe.Event] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    tolerance: int = 300

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(receiver.take(body, self.headers["Stripe-Signature"]))
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def take(self, body: bytes, signature: str) -> int:
        try:
            event = stripe.Webhook.construct_event(body, signature, self.secret, self.tolerance)
        except stripe.SignatureVerificationError as error:
            self.refused.append(str(error))
            return 400
        self.got.append(event)
        return self.statuses.pop(0) if self.statuses else 200

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def types(self) -> list[str]:
        return [event.type for event in list(self.got)]


def eventually(found: Callable[[], Any]) -> Any:
    """Return what `found` gives as soon as it gives something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.02)
    raise AssertionError("it never came")
