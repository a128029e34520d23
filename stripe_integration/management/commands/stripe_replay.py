"""`stripe_replay`: have events of Stripe worked on again."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stripe_integration import events
from stripe_integration.models import EventStatus, StripeEvent


class Command(BaseCommand):
    help = "Have events that Stripe told of worked on again, by the workers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--failed", action="store_true", help="those whose last try failed")
        parser.add_argument("--since", metavar="TIME", help="received since then: 2026-11-26T10:00")
        parser.add_argument(
            "--id", action="append", default=[], metavar="evt_…", help="this one; may be repeated"
        )

    def handle(self, *, failed: bool, since: str | None, **options: Any) -> None:
        ids: list[str] = options["id"]
        if not (failed or since or ids):
            raise CommandError("Say which: --failed, --since TIME or --id evt_….")
        chosen = StripeEvent.objects.all()
        if failed:
            chosen = chosen.filter(status=EventStatus.FAILED)
        if since:
            chosen = chosen.filter(received_at__gte=moment(since))
        if ids:
            chosen = chosen.filter(event_id__in=ids)
        self.stdout.write(f"{events.replay(chosen)} events are worked on again.")


def moment(text: str) -> dt.datetime:
    """Read a day or a moment; without a zone it is UTC."""
    try:
        given = dt.datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is not a time: write 2026-11-26T10:00.") from None
    return given if given.tzinfo else timezone.make_aware(given, dt.UTC)
