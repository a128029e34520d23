"""Find duplicates in a contact list from a file, offline: no database is read or written."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contacts.matching.files import UnreadableList, find_duplicates_in_file


class Command(BaseCommand):
    help = "Find duplicates in a contact list (csv); writes id_a,id_b,score."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("contacts", type=Path)
        parser.add_argument("--output", type=Path, required=True)

    def handle(self, *args: Any, contacts: Path, output: Path, **options: Any) -> None:
        try:
            pairs = find_duplicates_in_file(contacts, output)
        except UnreadableList as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{pairs} pairs written to {output}.")
