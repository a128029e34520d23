"""A broker in trouble: a save is never failed by it, and never slowed by more than its timeout."""

import socket
import time
from collections.abc import Callable, Iterator
from threading import Thread

import pytest

from xero_integration import dispatch
from xero_integration.models import Connection, Lane
from xero_integration.tests import making

# The socket timeout of the settings, and what a busy machine takes.
LONGEST_SILENCE = 6.5
LONGEST = 1.5


@pytest.fixture
def broker() -> Iterator[Callable[[bytes], str]]:
    """Return a function that starts a Redis of one answer, and its address; none says nothing."""
    servers: list[socket.socket] = []

    def talk(client: socket.socket, answer: bytes) -> None:
        with client:
            while client.recv(4096):
                client.sendall(answer)

    def serve(server: socket.socket, answer: bytes) -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            Thread(target=talk, args=(client, answer), daemon=True).start()

    def start(answer: bytes) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)
        Thread(target=serve, args=(server, answer), daemon=True).start()
        return f"redis://127.0.0.1:{server.getsockname()[1]}/0"

    yield start
    for server in servers:
        server.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"-OOM command not allowed when used memory > 'maxmemory'.\r\n",
        b"-READONLY You can't write against a read only replica.\r\n",
        b"-NOAUTH Authentication required.\r\n",
        b"-LOADING Redis is loading the dataset in memory\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ],
    ids=["silent", "full", "replica", "locked", "loading", "no_redis"],
)
def test_a_broker_in_trouble_fails_no_save(
    connection: Connection, broker: Callable[[bytes], str], answer: bytes
) -> None:
    making.use_broker(broker(answer))
    started = time.monotonic()
    dispatch.drain(connection.pk, lane=Lane.INTERACTIVE)
    assert time.monotonic() - started < (LONGEST if answer else LONGEST_SILENCE)


def test_a_broker_that_is_down_fails_no_save(connection: Connection) -> None:
    making.use_broker("redis://127.0.0.1:9/0")
    started = time.monotonic()
    dispatch.drain(connection.pk, lane=Lane.INTERACTIVE)
    assert time.monotonic() - started < LONGEST
