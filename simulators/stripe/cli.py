"""`python -m simulators.stripe`: the simulator on the command line."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from aiohttp import web

from simulators.common import keeping
from simulators.common.serving import say, serve
from simulators.common.switches import from_text
from simulators.stripe.fees import COUNTRIES
from simulators.stripe.server import create_app
from simulators.stripe.switches import Switches, changed
from simulators.stripe.webhooks import Subscription
from simulators.stripe.world import SIMULATOR, Options, World

# Known to everybody and good for nothing but the simulator.
DEMO_SECRET_KEY = "sk_test_pooltrackrdemo"  # noqa: S105 - no secret: it is in the manual
DEMO_CLIENT_ID = "ca_pooltrackrdemo"
DEFAULT_PORT = 8020
PROGRAM = Path(__file__).parent


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(
        prog="python -m simulators.stripe",
        description="A local server that behaves like Stripe. See docs/simulators.md.",
    )
    add = described.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=int, default=DEFAULT_PORT, help="0 takes a free one (default: %(default)s)")
    add("--secret-key", default=os.environ.get("STRIPE_SECRET_KEY") or DEMO_SECRET_KEY)
    add("--client-id", default=os.environ.get("STRIPE_CLIENT_ID") or DEMO_CLIENT_ID)
    add("--country", choices=tuple(COUNTRIES), default="AU", help="where its accounts are")
    add("--accounts", type=int, default=1, metavar="N", help="connected accounts at the start")
    add("--app-name", default="Pooltrackr", help="the name its consent page shows")
    add("--latency-ms", type=int, default=0, metavar="N", help="time each API call takes")
    add("--state", type=Path, metavar="FILE", help="go on from this file, and keep the end in it")
    add("--journal", type=Path, metavar="FILE", help="add every write carried out to this file")
    add("--webhook-url", default="", metavar="URL", help="where all events are posted to")
    add("--webhook-secret", default="", metavar="SECRET", help="signs them")
    add("--switch", action="append", default=[], metavar="NAME=VALUE", help="see the manual")
    return described


def options_from(arguments: argparse.Namespace) -> Options:
    chosen = Switches()
    for assignment in arguments.switch:
        chosen = changed(chosen, from_text(assignment))
    return Options(
        secret_key=arguments.secret_key,
        client_id=arguments.client_id,
        country=arguments.country,
        accounts=arguments.accounts,
        app_name=arguments.app_name,
        latency_ms=arguments.latency_ms,
        journal=arguments.journal,
        switches=chosen,
        subscription=Subscription(arguments.webhook_url, arguments.webhook_secret),
    )


def kept_world(path: Path, options: Options) -> World | None:
    """Return the world kept in `path` under today's options, or None when there is none to use."""
    world = keeping.load(path, World, PROGRAM)
    if world is None or world.options.secret_key != options.secret_key:
        return None
    world.options, world.switches = options, options.switches
    world.journal.file = options.journal
    world.latency_seconds = options.latency_ms / 1000
    sent = {"url": options.subscription.url, "secret": options.subscription.secret}
    before = world.webhooks.subscription
    if options.subscription.url and (before.url, before.secret) != tuple(sent.values()):
        world.webhooks.subscription = replace(before, url="", secret="")
        world.webhooks.configure(dict(sent))
    return world


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING)
    try:
        options = options_from(arguments)
        kept = kept_world(arguments.state, options) if arguments.state else None
        app = create_app(options, world=kept)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The Stripe simulator cannot start: {error}\n")
        return 2
    try:
        asyncio.run(serve(app, arguments.host, arguments.port, partial(announce, app)))
    except OSError as error:
        sys.stderr.write(f"The Stripe simulator cannot listen: {error}\n")
        return 1
    if arguments.state:
        keeping.save(app[SIMULATOR].world, arguments.state, PROGRAM)
    return 0


def announce(app: web.Application, host: str, port: int) -> None:
    number = len(app[SIMULATOR].world.books)
    say(f"Stripe simulator ready at http://{host}:{port}/ with {number} accounts")
