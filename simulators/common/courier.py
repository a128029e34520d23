"""What posts webhooks beside a server: one task with a client, from its start to its end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
from aiohttp import web

# How soon a courier that found nothing looks again; a person does not notice.
PAUSE = 0.05

Carry = Callable[[web.Application, aiohttp.ClientSession], Awaitable[bool]]
Beside = Callable[[web.Application], AsyncIterator[None]]


def beside(carry: Carry, *, patience: float) -> Beside:
    """Return a context of the server that calls `carry` again and again.

    `carry` says whether it had anything to do. `patience` is what a receiver has to answer, in
    seconds.
    """

    async def rounds(app: web.Application, session: aiohttp.ClientSession) -> None:
        while True:
            if not await carry(app, session):
                await asyncio.sleep(PAUSE)

    async def context(app: web.Application) -> AsyncIterator[None]:
        # Without cookies: each delivery is a stranger's.
        jar = aiohttp.DummyCookieJar()
        timeout = aiohttp.ClientTimeout(total=patience)
        async with aiohttp.ClientSession(timeout=timeout, cookie_jar=jar) as session:
            task = asyncio.create_task(rounds(app, session))
            yield
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    return context


async def posted(
    session: aiohttp.ClientSession, url: str, body: bytes, headers: dict[str, str]
) -> int | None:
    """Return the status, or None when there was no answer in time."""
    try:
        async with session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
