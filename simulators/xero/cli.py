"""`python -m simulators.xero`: the simulator on the command line."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from aiohttp import web

from simulators.common.serving import say, serve
from simulators.common.switches import from_text
from simulators.xero import keeping, switches
from simulators.xero.identity.model import ClientApp
from simulators.xero.server import create_app
from simulators.xero.webhooks import Subscription
from simulators.xero.world import SIMULATOR, Options

# Known to everybody and good for nothing but the simulator.
DEMO_CLIENT_ID = "pooltrackr-demo"
DEMO_CLIENT_SECRET = "pooltrackr-demo-secret"  # noqa: S105 - no secret: it is in the manual
DEFAULT_PORT = 8010
# More than this many mended values are counted, not listed; /_control/state has them all.
MENDS_SHOWN = 5


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(
        prog="python -m simulators.xero",
        description="A local server that behaves like Xero. See docs/simulators.md.",
    )
    add = described.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=int, default=DEFAULT_PORT, help="0 takes a free one (default: %(default)s)")
    add("--seed", choices=("demo", "empty"), default="demo", help="what it holds at the start")
    add("--contacts", type=Path, metavar="FILE.csv", help="contacts of the first organisation")
    add("--invoices", type=int, metavar="N", help="random invoices to add at the start")
    add("--organisations", type=int, default=0, metavar="N", help="empty ones beside the two")
    add("--latency-ms", type=int, default=0, metavar="N", help="time each API call takes")
    add("--client-id", default=os.environ.get("XERO_CLIENT_ID") or DEMO_CLIENT_ID)
    add("--client-secret", default=os.environ.get("XERO_CLIENT_SECRET") or DEMO_CLIENT_SECRET)
    add("--app-name", default="Pooltrackr", help="the name its consent page shows")
    add(
        "--redirect-uri",
        action="append",
        default=[],
        metavar="URI",
        help="a registered redirect address; without any, all that Xero would take are good",
    )
    add("--state", type=Path, metavar="FILE", help="go on from this file, and keep the end in it")
    add("--journal", type=Path, metavar="FILE", help="add every write carried out to this file")
    add("--webhook-url", default="", metavar="URL", help="where events are posted to")
    add("--webhook-key", default="", metavar="KEY", help="signs them")
    add("--switch", action="append", default=[], metavar="NAME=VALUE", help="see the manual")
    return described


def options_from(arguments: argparse.Namespace) -> Options:
    chosen = switches.Switches()
    for assignment in arguments.switch:
        chosen = switches.changed(chosen, from_text(assignment))
    return Options(
        client=ClientApp(
            arguments.client_id,
            arguments.client_secret,
            arguments.app_name,
            tuple(arguments.redirect_uri),
        ),
        seed=arguments.seed,
        contacts=arguments.contacts,
        invoices=arguments.invoices,
        organisations=arguments.organisations,
        latency_ms=arguments.latency_ms,
        journal=arguments.journal,
        switches=chosen,
        subscription=Subscription(arguments.webhook_url, arguments.webhook_key),
    )


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING)
    try:
        options = options_from(arguments)
        kept = keeping.load(arguments.state, options) if arguments.state else None
        app = create_app(options, world=kept)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The Xero simulator cannot start: {error}\n")
        return 2
    try:
        asyncio.run(serve(app, arguments.host, arguments.port, partial(announce, app)))
    except OSError as error:
        sys.stderr.write(f"The Xero simulator cannot listen: {error}\n")
        return 1
    if arguments.state:
        keeping.save(app[SIMULATOR].world, arguments.state)
    return 0


def announce(app: web.Application, host: str, port: int) -> None:
    world = app[SIMULATOR].world
    for organisation in world.organisations.values():
        mended = organisation.mended
        if mended:
            say(f"{organisation.name}: {len(mended)} values of the file made lawful for Xero")
        for mend in mended[:MENDS_SHOWN]:
            say(f"  {mend['sourceId']} {mend['member']}: {mend['given']!r} -> {mend['became']!r}")
    counts = sum(len(one.contacts) for one in world.organisations.values())
    say(f"Xero simulator ready at http://{host}:{port}/ with {counts} contacts")
