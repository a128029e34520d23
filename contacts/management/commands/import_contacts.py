"""Import a contact list from a CSV file, as the page does, in one go."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from businesses.models import Business
from contacts.imports import targets
from contacts.imports.load import BadRows, load, receive
from contacts.imports.plan import Plan, make_plan
from contacts.imports.reading import Unreadable
from contacts.models import ImportFile


class Command(BaseCommand):
    help = "Import contacts from a CSV file with column names in its first row."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--business", required=True, metavar="SLUG")
        parser.add_argument(
            "--good-rows", action="store_true", help="leave bad rows out instead of stopping"
        )
        parser.add_argument(
            "--skip-known",
            action="store_true",
            help="leave out rows that look like a contact there is",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        imported = self._receive(options["file"], options["business"])
        self._print_columns(imported)
        self._print_rows(make_plan(imported))
        try:
            load(imported, good_rows_only=options["good_rows"], skip_known=options["skip_known"])
        except BadRows as error:
            imported.delete()
            raise CommandError(
                "Nothing was imported. Correct the bad rows, or pass --good-rows to leave them out."
            ) from error
        counts = imported.result
        self.stdout.write(
            f"{counts['created']} of {counts['rows']} rows imported, {counts['bad']} bad, "
            f"{counts['skipped']} skipped, {counts['blank']} blank."
        )

    def _receive(self, file: Path, slug: str) -> ImportFile:
        business = Business.objects.filter(slug=slug).first()
        if business is None:
            raise CommandError(f"There is no business “{slug}”.")
        try:
            imported = receive(file.read_bytes(), name=file.name, business=business, by=None)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except Unreadable as error:
            raise CommandError(str(error)) from error
        if problem := targets.check(imported.mapping):
            raise CommandError(problem)
        return imported

    def _print_columns(self, imported: ImportFile) -> None:
        pairs = zip(imported.header, imported.mapping, strict=True)
        if unknown := [heading for heading, key in pairs if key == targets.SKIP]:
            self.stdout.write(f"Columns left out: {', '.join(unknown)}")

    def _print_rows(self, plan: Plan) -> None:
        for row in plan.rows:
            if row.named_from:
                self.stdout.write(f"Row {row.number}: named from its {row.named_from}: {row.name}")
            for text in row.warnings:
                self.stdout.write(f"Row {row.number}: {text}")
            for text in row.errors:
                self.stdout.write(self.style.ERROR(f"Row {row.number}: {text}"))
