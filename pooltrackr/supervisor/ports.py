"""Ports of this machine: which are taken, and one that is not."""

import random
import socket

LOOPBACK = "127.0.0.1"
# Below those that the system gives to outgoing connections (Linux: from 32768): one of them is
# easily taken between choosing and binding.
OURS = range(20_000, 32_000)


def free_port() -> int:
    """Return a port that nobody listens on now; the caller binds it at once."""
    found = random.choice(OURS)  # noqa: S311 - spreads, protects nothing
    return free_port() if is_taken(found) else found


def is_taken(port: int) -> bool:
    # create_server reuses an address in TIME_WAIT, as the servers themselves do.
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError:
        return True
    return False
