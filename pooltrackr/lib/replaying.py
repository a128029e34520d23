"""The command that has stored events of a webhook worked on again; each integration has its own."""

import datetime as dt
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils import timezone


class ReplayCommand(BaseCommand):
    """Choose events with `status` and `received_at`, and give them to `replay`."""

    id_field = "pk"
    id_type: Callable[[str], Any] = int
    id_shown = "N"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--failed", action="store_true", help="those whose last try failed")
        parser.add_argument("--since", metavar="TIME", help="received since then: 2026-11-26T10:00")
        parser.add_argument(
            "--id",
            type=type(self).id_type,
            action="append",
            default=[],
            metavar=self.id_shown,
            help="this one; may be repeated",
        )

    def handle(self, *, failed: bool, since: str | None, **options: Any) -> None:
        ids: list[Any] = options["id"]
        if not (failed or since or ids):
            raise CommandError(f"Say which: --failed, --since TIME or --id {self.id_shown}.")
        chosen = self.events()
        if failed:
            chosen = chosen.filter(status="failed")
        if since:
            chosen = chosen.filter(received_at__gte=moment(since))
        if ids:
            chosen = chosen.filter(**{f"{self.id_field}__in": ids})
        self.stdout.write(f"{self.replay(chosen)} events are worked on again.")

    def events(self) -> QuerySet[Any]:
        """Return all events there are."""
        raise NotImplementedError

    def replay(self, chosen: QuerySet[Any]) -> int:
        """Have these worked on again; return how many."""
        raise NotImplementedError


def moment(text: str) -> dt.datetime:
    """Read a day or a moment; without a zone it is UTC, as the admin shows it."""
    try:
        given = dt.datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is not a time: write 2026-11-26T10:00.") from None
    return given if given.tzinfo else timezone.make_aware(given, dt.UTC)
