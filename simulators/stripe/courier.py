"""The courier: posts events to webhook endpoints, and lets pass what happens by itself."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from simulators.stripe.passing import let_pass
from simulators.stripe.webhooks import Delivery
from simulators.stripe.world import SIMULATOR, World

# How soon it looks again; a person does not notice.
PAUSE = 0.05
# docs.stripe.com/webhooks: the endpoint answers before a time-out; the simulator's patience.
PATIENCE = aiohttp.ClientTimeout(total=10)


async def courier(app: web.Application) -> AsyncIterator[None]:
    """Run beside the server, from its start to its end."""
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(timeout=PATIENCE, cookie_jar=jar) as session:
        task = asyncio.create_task(carry(app, session))
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def carry(app: web.Application, session: aiohttp.ClientSession) -> None:
    while True:
        world = app[SIMULATOR].world
        let_pass(world)
        delivery = world.webhooks.due(world.clock.now().timestamp())
        if delivery is None:
            await asyncio.sleep(PAUSE)
        else:
            await deliver(world, session, delivery)


async def deliver(world: World, session: aiohttp.ClientSession, delivery: Delivery) -> None:
    webhooks = world.webhooks
    endpoint = webhooks.endpoints.get(delivery.endpoint)
    if endpoint is None:
        webhooks.forget(delivery)
        return
    status = await post(world, session, endpoint["url"], endpoint["secret"], delivery)
    if webhooks.subscription.duplicate:
        status = await post(world, session, endpoint["url"], endpoint["secret"], delivery)
    webhooks.answered(delivery, status, world.clock.now().timestamp())


async def post(
    world: World, session: aiohttp.ClientSession, url: str, secret: str, delivery: Delivery
) -> int | None:
    """Return the status, or None when there was no answer in time."""
    body = world.webhooks.body(delivery.event)
    signature = world.webhooks.signature(secret, body)
    headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}
    try:
        async with session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
