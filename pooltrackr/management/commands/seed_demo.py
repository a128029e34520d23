"""The demo's data alone, for a database that is empty: `manage.py demo` does this by itself."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from businesses.models import Business
from pooltrackr.demo import seed


class Command(BaseCommand):
    help = "Fill an empty, migrated database with the demo's businesses."

    def handle(self, **options: Any) -> None:
        if Business.objects.exists():
            raise CommandError("The database is not empty. Nothing was changed.")
        seed.make_everything()
        self.stdout.write(f"Made {', '.join(seed.SLUGS)}.")
