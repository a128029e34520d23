"""Answers that no Xero should give: a proxy's page, another shape, numbers that are none."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.utils import timezone

from businesses.models import Business
from xero_integration.models import BatchStatus, Connection, OutboxStatus
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

Stub = Callable[..., str]


@pytest.fixture
def stub() -> Iterator[Stub]:
    """Return a function that starts a server with one answer for everything, and its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(status: int, body: str, **headers: str) -> str:
        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", headers.get("Length", str(len(body))))
                self.end_headers()
                self.wfile.write(body.encode())

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://localhost:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "body",
    ["[]", '"fine"', "{}", '{"Contacts": null}', '{"Contacts": [null]}', "<html></html>", ""],
)
def test_a_2xx_of_another_shape_leaves_the_outcome_unclear(
    xero: Xero, connection: Connection, blue: Business, settings: Any, stub: Stub, body: str
) -> None:
    contact = making.contact(blue)
    api_url, settings.XERO_API_URL = settings.XERO_API_URL, stub(200, body)
    making.drain(connection)
    assert connection.batches.get().status == BatchStatus.UNCLEAR
    assert making.row(contact).status == OutboxStatus.IN_FLIGHT
    settings.XERO_API_URL = api_url
    making.make_due(connection)
    making.drain(connection)
    assert making.row(contact).status == OutboxStatus.DONE


def test_a_look_up_of_another_shape_is_tried_again(
    xero: Xero, connection: Connection, blue: Business, settings: Any, stub: Stub
) -> None:
    xero.fault("drop_after", method="PUT", path="Contacts")
    contact = making.contact(blue)
    making.drain(connection)
    making.make_due(connection)
    connection.batches.update(status=BatchStatus.LOOK_UP)
    api_url, settings.XERO_API_URL = settings.XERO_API_URL, stub(200, "[1]")
    making.drain(connection)
    assert connection.batches.get().status == BatchStatus.LOOK_UP
    settings.XERO_API_URL = api_url
    making.make_due(connection)
    making.drain(connection)
    assert (making.row(contact).status, len(xero.contacts())) == (OutboxStatus.DONE, 1)


def test_an_error_cut_in_the_middle_leaves_the_outcome_unclear(
    connection: Connection, blue: Business, settings: Any, stub: Stub
) -> None:
    contact = making.contact(blue)
    settings.XERO_API_URL = stub(500, '{"Message": "cut', Length="500")
    making.drain(connection)
    assert connection.batches.get().status == BatchStatus.UNCLEAR
    assert making.row(contact).status == OutboxStatus.IN_FLIGHT


@pytest.mark.parametrize("value", ["inf", "nan", "-5", "1e12", "soon"])
def test_a_retry_after_that_is_no_time_pauses_for_a_while(
    connection: Connection, blue: Business, settings: Any, stub: Stub, value: str
) -> None:
    contact = making.contact(blue)
    settings.XERO_API_URL = stub(
        429, "Rate Limit Exceeded", Retry_After=value, X_Rate_Limit_Problem="minute"
    )
    making.drain(connection)
    connection.refresh_from_db()
    seconds = (connection.paused_until - timezone.now()).total_seconds()
    assert 30 < seconds < 100_000
    assert making.row(contact).status == OutboxStatus.WAITING


def test_a_404_for_a_whole_update_is_looked_into_one_by_one(
    connection: Connection, blue: Business, settings: Any, stub: Stub
) -> None:
    contacts = [making.contact(blue) for _ in range(4)]
    making.drain(connection)
    settings.XERO_API_URL = stub(404, "The resource you're looking for cannot be found")
    for contact in contacts:
        contact.first_name = "Rosa"
        contact.save()
    making.drain(connection)
    assert {making.row(one).error_code for one in contacts} == {"not_found"}
    assert connection.batches.filter(status=BatchStatus.SPLIT).count() == 3
