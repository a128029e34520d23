"""Processes that meet a token all at once: `python -m ...chaos.eight COUNT TOKEN_ID`.

Each is forked before any connection is opened, waits at the gate with the others, makes one call
to Xero, and prints the generation of the token that it went with.
"""

import os
import sys

import django


def main(count: int, token_id: int) -> None:
    django.setup()
    # Models need the line above.
    from xero_integration.client.api import Caller

    gate, key = os.pipe()
    pids = []
    for _ in range(count):
        pid = os.fork()
        if pid:
            pids.append(pid)
            continue
        os.close(key)
        os.read(gate, 1)  # ends when the last key is closed: the parent's
        with Caller(token_id) as caller:
            assert caller.connections()
            assert caller.token is not None
            os.write(1, f"{caller.token.generation}\n".encode())
        os._exit(0)
    os.close(key)
    sys.exit(any(os.waitpid(pid, 0)[1] for pid in pids))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
