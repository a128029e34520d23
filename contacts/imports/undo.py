"""Take an import back, as far as nobody has worked with its contacts since."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models, transaction

from businesses.models import Business
from contacts import registry
from contacts.imports.load import CHUNK, AlreadyDone
from contacts.models import Contact, ContactTag, ImportFile, ImportStatus


@dataclass(frozen=True)
class Undone:
    """What became of an import's contacts when it was undone."""

    deleted: int
    archived: int
    kept: list[str]


@transaction.atomic
def undo_import(imported: ImportFile) -> Undone:
    """Take the imported contacts back.

    Untouched ones that nothing points to are deleted; untouched ones in use (linked to another
    system, on an invoice, at a pool) are archived; those that somebody changed since stay, and
    are named. Raises AlreadyDone.
    """
    done = ImportFile.objects.filter(pk=imported.pk, status=ImportStatus.IMPORTED)
    if not done.update(status=ImportStatus.UNDONE):
        raise AlreadyDone
    imported.refresh_from_db()
    ids = [UUID(text) for text in imported.created_ids]
    untouched, kept = _sort_by_touch(imported.business, ids, since=imported.imported_at)
    used = _in_use(imported.business, untouched)
    archived = 0
    for chunk in _chunks(sorted(used)):
        for contact in Contact.objects.filter(pk__in=chunk):
            contact.archive()  # one by one: integrations hear of each
            archived += 1
    unused = [pk for pk in untouched if pk not in used]
    for chunk in _chunks(unused):
        ContactTag.objects.filter(contact__in=chunk).delete()
        Contact.objects.filter(pk__in=chunk).delete()
    result = Undone(len(unused), archived, kept)
    imported.result |= {"deleted": result.deleted, "archived": archived, "kept": kept}
    imported.save(update_fields=["result", "updated_at"])
    return result


def _sort_by_touch(
    business: Business, ids: Sequence[UUID], *, since: Any
) -> tuple[list[UUID], list[str]]:
    untouched: list[UUID] = []
    kept: list[str] = []
    for chunk in _chunks(ids):
        for contact in business.contacts.filter(pk__in=chunk):
            if contact.updated_at <= since:
                untouched.append(contact.pk)
            elif not contact.is_archived:
                kept.append(contact.name)
    return untouched, kept


def _in_use(business: Business, ids: Sequence[UUID]) -> set[UUID]:
    """Return those of `ids` that a row of any app points to; tags alone are no use."""
    used: set[UUID] = set()
    for chunk in _chunks(ids):
        for key in _keys_to_contacts():
            rows = key.model._base_manager.filter(**{f"{key.name}__in": chunk})
            used |= set(rows.values_list(f"{key.name}_id", flat=True))
        for use in registry.uses.values():
            used |= use(business, chunk)
    return used


def _keys_to_contacts() -> list[models.ForeignKey[Any, Any]]:
    """Return every foreign key to contacts, those of higher apps included."""
    relations = Contact._meta.get_fields(include_hidden=True)
    keys = [r.field for r in relations if isinstance(r, models.ManyToOneRel)]
    return [key for key in keys if key.model is not ContactTag]


def _chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
