"""The courier: posts what webhooks have to say, beside everything else the simulator does."""

import aiohttp
from aiohttp import web

from simulators.common.courier import beside, posted
from simulators.xero.webhooks import Webhooks
from simulators.xero.wire import Json
from simulators.xero.world import SIMULATOR

# Xero waits this many seconds for a 2xx.
PATIENCE = 5.0
# How many of the intent's posts are signed wrongly, and the answer that each must get.
INTENT = ((True, 200), (False, 401), (True, 200), (False, 401))


async def carry(app: web.Application, session: aiohttp.ClientSession) -> bool:
    webhooks = app[SIMULATOR].world.webhooks
    if webhooks.intent_wanted:
        webhooks.intent_wanted = False
        webhooks.intent = await intend(webhooks, session)
        return True
    return await deliver(webhooks, session)


courier = beside(carry, patience=PATIENCE)


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
    headers = {"Content-Type": "application/json", "x-xero-signature": signature}
    return await posted(session, webhooks.subscription.url, body, headers)
