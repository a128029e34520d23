"""Make the contacts of an import, all in one transaction."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from businesses.models import Business, User
from contacts.imports.plan import Plan, make_plan
from contacts.imports.reading import read_sheet
from contacts.imports.rows import ParsedRow
from contacts.imports.targets import guess
from contacts.models import Contact, ContactTag, ImportFile, ImportStatus, Tag
from contacts.signals import contacts_imported

# Rows for each INSERT: well under SQLite's 32,766 variables a statement.
CHUNK = 500


class BadRows(Exception):
    """Some rows cannot be imported, and the user did not choose to take the others alone."""


class AlreadyDone(Exception):
    """The list has been imported, or its import undone, meanwhile."""


def receive(data: bytes, *, name: str, business: Business, by: User | None) -> ImportFile:
    """Keep an uploaded list with a guess of its columns. Raises Unreadable."""
    sheet = read_sheet(data)
    return ImportFile.objects.create(
        business=business,
        name=name[:255],
        encoding=sheet.encoding,
        header=sheet.header,
        rows=sheet.rows,
        mapping=guess(sheet.header),
        uploaded_by=by,
    )


@transaction.atomic
def load(imported: ImportFile, *, good_rows_only: bool, skip_known: bool) -> ImportFile:
    """Import the list: every row, or nothing unless `good_rows_only`; then the bad ones stay out.

    With `skip_known`, rows that look like a contact there is stay out too. Raises BadRows and
    AlreadyDone.
    """
    # First, so that a second click finds nothing to do.
    waiting = ImportFile.objects.filter(pk=imported.pk, status=ImportStatus.UPLOADED)
    if not waiting.update(status=ImportStatus.IMPORTED, imported_at=timezone.now()):
        raise AlreadyDone
    imported.refresh_from_db()
    plan = make_plan(imported)
    if plan.bad and not good_rows_only:
        raise BadRows
    skipped = {known.row.number for known in plan.known} if skip_known else set()
    rows = [row for row in plan.good if row.number not in skipped]
    ids = _create(imported.business, rows)
    imported.created_ids = [str(pk) for pk in ids]
    imported.left_out = _left_out(plan, skipped=skipped)
    imported.result = _counts(plan, created=len(ids), skipped=len(skipped))
    imported.imported_at = timezone.now()
    imported.save()
    if ids:
        contacts_imported.send(sender=Contact, business=imported.business, ids=ids)
    return imported


def _create(business: Business, rows: Sequence[ParsedRow]) -> list[UUID]:
    contacts = [Contact(business=business, **row.values) for row in rows]
    for contact in contacts:
        contact.refresh_search_key()
    Contact.objects.bulk_create(contacts, batch_size=CHUNK)
    _tag(business, zip(contacts, (row.tags for row in rows), strict=True))
    return [contact.pk for contact in contacts]


def _tag(business: Business, tagged: Iterable[tuple[Contact, list[str]]]) -> None:
    pairs = [(contact, name) for contact, names in tagged for name in names]
    tags = {tag.name.casefold(): tag for tag in business.tags.all()}
    for _contact, name in pairs:
        if name.casefold() not in tags:
            tags[name.casefold()] = Tag.objects.create(business=business, name=name)
    ContactTag.objects.bulk_create(
        (
            ContactTag(business=business, contact=contact, tag=tags[name.casefold()])
            for contact, name in pairs
        ),
        batch_size=CHUNK,
    )


def _left_out(plan: Plan, *, skipped: set[int]) -> list[dict[str, Any]]:
    """Return row number and reason of each row that stayed outside, in the list's order."""
    reasons = {row.number: " ".join(row.errors) for row in plan.bad}
    for known in plan.known:
        if known.row.number in skipped:
            reasons[known.row.number] = f"{known.contact_name} has {known.shared}."
    return [{"number": number, "reason": reasons[number]} for number in sorted(reasons)]


def _counts(plan: Plan, *, created: int, skipped: int) -> dict[str, int]:
    return {
        "rows": len(plan.rows),
        "created": created,
        "bad": len(plan.bad),
        "skipped": skipped,
        "blank": plan.blank,
        "warned": len(plan.warned),
        "named": len(plan.named),
        "repeated": plan.repeated,
    }
