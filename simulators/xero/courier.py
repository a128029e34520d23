"""The courier: posts what webhooks have to say, beside everything else the simulator does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from simulators.xero.webhooks import Webhooks
from simulators.xero.wire import Json
from simulators.xero.world import SIMULATOR

# How soon it looks again; a person does not notice, and Xero is slower.
PAUSE = 0.05
# Xero waits this long for a 2xx.
PATIENCE = aiohttp.ClientTimeout(total=5)
# How many of the intent's posts are signed wrongly, and the answer that each must get.
INTENT = ((True, 200), (False, 401), (True, 200), (False, 401))


async def courier(app: web.Application) -> AsyncIterator[None]:
    """Run beside the server, from its start to its end."""
    # Without cookies: each delivery is a stranger's.
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(timeout=PATIENCE, cookie_jar=jar) as session:
        task = asyncio.create_task(carry(app, session))
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def carry(app: web.Application, session: aiohttp.ClientSession) -> None:
    while True:
        webhooks = app[SIMULATOR].world.webhooks
        if webhooks.intent_wanted:
            webhooks.intent_wanted = False
            webhooks.intent = await intend(webhooks, session)
        elif not await deliver(webhooks, session):
            await asyncio.sleep(PAUSE)


async def deliver(webhooks: Webhooks, session: aiohttp.ClientSession) -> bool:
    """Send one batch, twice where that is asked for; False when there was none."""
    events = webhooks.due()
    if not events:
        return False
    # The address is for show: receivers fetch by id.
    body = webhooks.body(events, "https://api.xero.com")
    twice = webhooks.subscription.duplicate
    status = await post(webhooks, session, body, webhooks.signature(body))
    if twice:
        status = await post(webhooks, session, body, webhooks.signature(body))
    webhooks.answered(events, status)
    return True


async def intend(webhooks: Webhooks, session: aiohttp.ClientSession) -> Json:
    """Ask for the intent to receive, as when a person enters the address at Xero."""
    answers: list[Json] = []
    for is_right, wanted in INTENT:
        body = webhooks.body([], "")
        signature = webhooks.signature(body if is_right else body + b" ")
        status = await post(webhooks, session, body, signature)
        answers.append({"signed": is_right, "status": status, "wanted": wanted})
    passed = all(one["status"] == one["wanted"] for one in answers)
    return {"status": "ok" if passed else "failed", "answers": answers}


async def post(
    webhooks: Webhooks, session: aiohttp.ClientSession, body: bytes, signature: str
) -> int | None:
    """Return the status, or None when there was no answer in time."""
    headers = {"Content-Type": "application/json", "x-xero-signature": signature}
    try:
        url = webhooks.subscription.url
        async with session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
