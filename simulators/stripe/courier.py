"""The courier: posts events to webhook endpoints, and lets pass what happens by itself."""

import aiohttp
from aiohttp import web

from simulators.common.courier import beside, posted
from simulators.stripe.passing import let_pass
from simulators.stripe.webhooks import Delivery
from simulators.stripe.world import SIMULATOR, World

# docs.stripe.com/webhooks: the endpoint answers before a time-out; the simulator's patience.
PATIENCE = 10.0


async def carry(app: web.Application, session: aiohttp.ClientSession) -> bool:
    world = app[SIMULATOR].world
    let_pass(world)
    delivery = world.webhooks.due(world.clock.now().timestamp())
    if delivery is None:
        return False
    await deliver(world, session, delivery)
    return True


courier = beside(carry, patience=PATIENCE)


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
    body = world.webhooks.body(delivery.event)
    signature = world.webhooks.signature(secret, body)
    headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}
    return await posted(session, url, body, headers)
