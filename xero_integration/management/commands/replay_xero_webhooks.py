"""`replay_xero_webhooks`: have events of Xero's webhooks read again."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from xero_integration import events
from xero_integration.models import EventStatus, XeroEvent


class Command(BaseCommand):
    help = "Have events that Xero's webhooks delivered read again, by the workers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--failed", action="store_true", help="those whose last try failed")
        parser.add_argument("--since", metavar="TIME", help="received since then: 2026-11-26T10:00")
        parser.add_argument(
            "--id", type=int, action="append", default=[], help="this one; may be repeated"
        )

    def handle(self, *, failed: bool, since: str | None, **options: Any) -> None:
        ids: list[int] = options["id"]
        if not (failed or since or ids):
            raise CommandError("Say which: --failed, --since TIME or --id N.")
        chosen = XeroEvent.objects.all()
        if failed:
            chosen = chosen.filter(status=EventStatus.FAILED)
        if since:
            chosen = chosen.filter(received_at__gte=moment(since))
        if ids:
            chosen = chosen.filter(pk__in=ids)
        self.stdout.write(f"{events.replay(chosen)} events are read again.")


def moment(text: str) -> dt.datetime:
    """Read a day or a moment; without a zone it is UTC, as the admin shows it."""
    try:
        given = dt.datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is not a time: write 2026-11-26T10:00.") from None
    return given if given.tzinfo else timezone.make_aware(given, dt.UTC)
