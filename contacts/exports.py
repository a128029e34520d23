"""Contacts as CSV, in columns that the import knows by name: what goes out comes back the same."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from contacts.imports.guard import guard
from contacts.imports.targets import TARGETS
from contacts.models import Contact
from contacts.models.contact import ContactQuerySet

# Contacts read at a time: the export of a long list must not fill the memory of a web process.
CHUNK = 500


class _Echo:
    """Hand each written line back to the caller, so that no file is ever built up."""

    def write(self, line: str) -> str:
        return line


def header() -> list[str]:
    return [target.heading for target in TARGETS]


def csv_lines(contacts: ContactQuerySet) -> Iterator[str]:
    """Yield the lines of the file. The byte order mark makes Excel read it as UTF-8."""
    write = csv.writer(_Echo()).writerow
    yield "\ufeff" + write(header())
    for contact in contacts.prefetch_related("tags").iterator(chunk_size=CHUNK):
        yield write(cells(contact))


def cells(contact: Contact) -> list[str]:
    """Return the cells of one contact, harmless to a spreadsheet."""
    return [guard(_text(contact, target.key)) for target in TARGETS]


def _text(contact: Contact, key: str) -> str:
    if key == "tags":
        return ", ".join(tag.name for tag in contact.tags.all())
    if key == "other_emails":
        return ", ".join(contact.other_emails)
    if key == "archived":
        return contact.archived_at.isoformat() if contact.archived_at else ""
    value: Any = getattr(contact, key)
    return "" if value is None else str(value)


def lines_of(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield CSV lines of `rows` of text as they are, for giving a list back to its owner."""
    write = csv.writer(_Echo()).writerow
    yield "\ufeff"
    for row in rows:
        yield write([guard(cell) for cell in row])
