"""Running a simulator as a program: one line when it is ready, and an orderly end."""

import asyncio
import signal
import sys
from collections.abc import Callable

from aiohttp import web

# Held requests of a test must not hold up the end.
STOP_SECONDS = 2.0


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def serve(
    app: web.Application, host: str, port: int, announce: Callable[[str, int], None]
) -> None:
    """Serve until asked to stop; `announce` is called once, with where, when all is ready."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    # Handled by the loop: the default would end in a traceback in the middle of a request.
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_SECONDS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        announce(host, runner.addresses[0][1])
        await stop.wait()
    finally:
        await runner.cleanup()
