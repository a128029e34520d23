"""Where the simulator posts its webhooks, until the test hands them on: or loses them, or shuffles.

The events are the simulator's own, those of our writes included; only their way here is random.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from xero_integration.tests.simulator import Xero

# The courier looks every 50 ms; this is far above.
PATIENCE = 10.0


class Postbox:
    """A receiver of webhooks that keeps the events; use it as a context."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        box = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                box.events += json.loads(body)["events"]
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *words: object) -> None:
                """Keep the tests' output for what went wrong."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"

    def __enter__(self) -> "Postbox":
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def empty(self, xero: Xero) -> list[dict[str, Any]]:
        """Return the events that came since the last time, once all of them have come."""
        until = time.monotonic() + PATIENCE
        while xero.state("webhooks")["webhooks"]["pending"]:
            assert time.monotonic() < until, "The simulator's webhooks do not arrive."
            time.sleep(0.01)
        events, self.events = self.events, []
        return events
