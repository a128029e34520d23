"""Link two contact lists from files, offline: no database is read or written."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contacts.matching.files import UnreadableList, link_files


class Command(BaseCommand):
    help = "Link two contact lists (csv), one to one; writes left_id,right_id,score."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("left", type=Path)
        parser.add_argument("right", type=Path)
        parser.add_argument("--output", type=Path, required=True)

    def handle(self, *args: Any, left: Path, right: Path, output: Path, **options: Any) -> None:
        try:
            links = link_files(left, right, output)
        except UnreadableList as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{links} links written to {output}.")
