"""`make demo`: all of Pooltrackr on this machine, with demo data and simulated services."""

import os
import shutil
import signal
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from businesses.models import Business
from pooltrackr.demo import seed
from pooltrackr.demo.businesses import ADMINISTRATOR_EMAIL, OWNER_EMAIL, PASSWORD
from pooltrackr.supervisor import ChildError, Stack
from pooltrackr.supervisor.ports import is_taken
from pooltrackr.supervisor.probes import answers_ping
from pooltrackr.supervisor.stack import ALL_PARTS

# Name of the variable, its default, what listens there.
WEB_PORT = ("PORT", 8000, "Pooltrackr")
XERO_PORT = ("XERO_PORT", 8010, "the Xero simulator")
STRIPE_PORT = ("STRIPE_PORT", 8020, "the Stripe simulator")

BANNER = """
  Pooltrackr        {web}
  Log in with       {email}
  Password          {password}
                    (the same for office@bluelagoon.example, reader@bluelagoon.example,
                    owner@sundowner.example, and {administrator} in {web}/admin/)
  Xero              {xero}
  Stripe            {stripe}
  Mail, logs        {folder}
  Stop              Ctrl-C
"""


class Command(BaseCommand):
    help = "Run Pooltrackr with demo data: broker, simulators, worker and web server."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--fresh", action="store_true", help="throw the demo's data away and start again"
        )
        parser.add_argument(
            "--xero",
            choices=["simulator", "real"],
            default="simulator",
            help="real: the Xero app named in the environment or .env, without the simulator",
        )

    def handle(self, *, fresh: bool, xero: str, **options: Any) -> None:
        try:
            with interrupted_once():
                stack = self.stack(real_xero=xero == "real")
                self.prepare(fresh=fresh)
                self.run(stack)
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")

    def stack(self, *, real_xero: bool) -> Stack:
        """Return what to run, or say which setting stands against it."""
        if real_xero and not settings.XERO_CLIENT_ID:
            raise CommandError("Set XERO_CLIENT_ID and XERO_CLIENT_SECRET in .env first.")
        redis_url = os.environ.get("REDIS_URL", "")
        if redis_url and not answers_ping(redis_url):
            host = urlsplit(redis_url).hostname or redis_url
            raise CommandError(
                f"No Redis answers at REDIS_URL ({host}). Start it, or unset REDIS_URL to use "
                "the server that comes with the demo."
            )
        return Stack(
            folder=settings.VAR_DIR,
            web_port=port(*WEB_PORT),
            xero_port=0 if real_xero else port(*XERO_PORT),
            xero_arguments=("--seed", "demo", "--state", str(xero_state())),
            stripe_port=port(*STRIPE_PORT),
            stripe_arguments=("--state", str(stripe_state())),
            parts=ALL_PARTS,
            redis_url=redis_url,
            real_xero=real_xero,
        )

    def prepare(self, *, fresh: bool) -> None:
        try:
            call_command("migrate", verbosity=0)
            if fresh:
                self.empty()
            if not Business.objects.exists():
                self.stdout.write("Making demo data ...")
                # A service that remembers an earlier database would not fit.
                for state in (xero_state(), stripe_state()):
                    state.unlink(missing_ok=True)
                seed.make_everything()
        except DatabaseError as error:
            raise CommandError(f"The database did not do its part: {error}") from error
        # The children open their own; this one would only hold PostgreSQL's slot.
        connections.close_all()

    def empty(self) -> None:
        """Delete all rows, but only of a database that holds nothing but the demo."""
        others = Business.objects.exclude(slug__in=seed.SLUGS).values_list("slug", flat=True)
        if others:
            raise CommandError(
                f"The database holds more than the demo: {', '.join(others[:5])}. --fresh would "
                "delete it. Nothing was changed; point DATABASE_URL at another database."
            )
        call_command("flush", interactive=False, verbosity=0)

    def run(self, stack: Stack) -> None:
        parts = ", ".join(part for part in stack.parts if stack.runs(part))
        self.stdout.write(f"Starting {parts} ...")
        shutil.rmtree(stack.folder / "log", ignore_errors=True)
        try:
            with stack:
                self.stdout.write(self.banner(stack))
                self.stdout.flush()
                try:
                    stack.supervisor.watch()
                finally:
                    self.stdout.write("Stopping ...")
        except ChildError as error:
            raise CommandError(f"{error}\nEverything was stopped.") from error

    def banner(self, stack: Stack) -> str:
        return BANNER.format(
            web=stack.web_url,
            email=OWNER_EMAIL,
            password=PASSWORD,
            administrator=ADMINISTRATOR_EMAIL,
            xero=f"{stack.xero_url} (simulator)" if not stack.real_xero else "your own Xero app",
            stripe=f"{stack.stripe_url} (simulator)",
            folder=f"{settings.VAR_DIR}/mail, {stack.folder}/log",
        )


def xero_state() -> Path:
    """The file that the simulated Xero goes on from."""
    return settings.VAR_DIR / "xero-state"


def stripe_state() -> Path:
    """The file that the simulated Stripe goes on from."""
    return settings.VAR_DIR / "stripe-state"


def port(variable: str, default: int, program: str) -> int:
    """Return the port that `variable` names, or its default, when it is free."""
    text = os.environ.get(variable, "") or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CommandError(f"{variable}={text} is not a port: give a number from 1 to 65535.")
    if is_taken(int(text)):
        raise CommandError(
            f"Port {text} is taken by another program, and {program} wants it. "
            f"Choose another: {variable}={int(text) + 1} make demo"
        )
    return int(text)


@contextmanager
def interrupted_once() -> Iterator[None]:
    """Turn the first SIGINT or SIGTERM into KeyboardInterrupt and ignore the rest.

    Python's own handler is missing where SIGINT was ignored at the start (a background job), and
    a second Ctrl-C would break off the orderly stop.
    """
    signals = (signal.SIGINT, signal.SIGTERM)

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = [signal.signal(each, interrupt) for each in signals]
    try:
        yield
    finally:
        for each, handler in zip(signals, before, strict=True):
            signal.signal(each, handler)
