"""Ports of this machine: which are taken, and one that is not."""

import socket

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a port that nobody listens on now; the caller binds it at once."""
    with socket.create_server((LOOPBACK, 0)) as server:
        return int(server.getsockname()[1])


def is_taken(port: int) -> bool:
    # create_server reuses an address in TIME_WAIT, as the servers themselves do.
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError:
        return True
    return False
