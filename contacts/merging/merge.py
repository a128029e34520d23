"""Merge duplicates into their primary."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from businesses.models import User
from contacts import registry
from contacts.merging.snapshot import FIELDS, snapshot
from contacts.models import Contact, Merge


class NotMergeable(Exception):
    """These contacts cannot be merged any more; the text says why."""


@transaction.atomic
def merge(
    primary: Contact,
    duplicates: Iterable[Contact],
    *,
    values: Mapping[str, Any] | None,
    by: User | None,
    automatic: bool = False,
    batch: UUID | None = None,
) -> list[Merge]:
    """Take `duplicates` into `primary`, which gets `values`; return one Merge for each.

    All or nothing. Merges done together share `batch`; one is made up where none is given.
    Raises NotMergeable when a contact was archived, merged or taken elsewhere meanwhile.
    """
    primary, losers = _locked(primary, duplicates)
    unknown = set(values or {}) - set(FIELDS)
    if unknown:
        raise ValueError(f"Not a field of a merge: {', '.join(sorted(unknown))}")
    batch = batch or uuid4()
    merges: list[Merge] = []
    for duplicate in losers:
        # The first merge of the group carries the chosen values, and its undo takes them back.
        row = Merge(business=primary.business, batch=batch, primary=primary, duplicate=duplicate)
        row.automatic, row.done_by = automatic, by
        merges.append(_merge_one(row, values=values if not merges else None))
    return merges


def _locked(primary: Contact, duplicates: Iterable[Contact]) -> tuple[Contact, list[Contact]]:
    """Return the contacts as they stand now, locked in the order of their keys."""
    ids = list(dict.fromkeys(duplicate.pk for duplicate in duplicates))
    contacts = Contact.objects.select_for_update().filter(business=primary.business_id)
    rows = {row.pk: row for row in contacts.filter(pk__in=[primary.pk, *ids]).order_by("pk")}
    if primary.pk in ids or len(rows) != len(ids) + 1:
        raise NotMergeable("Choose contacts of one business, and a primary among them.")
    for row in rows.values():
        if row.is_archived:
            raise NotMergeable(f"{row.name} has been archived or merged in the meantime.")
    return rows[primary.pk], [rows[pk] for pk in ids]


def _merge_one(row: Merge, *, values: Mapping[str, Any] | None) -> Merge:
    primary, duplicate = row.primary, row.duplicate
    row.before = {"primary": snapshot(primary), "duplicate": snapshot(duplicate)}
    row.moves = {
        follower.name: follower.move(duplicate=duplicate, primary=primary)
        for follower in registry.followers.values()
    }
    for field, value in (values or {}).items():
        setattr(primary, field, value)
    # Saved also when no field changed: integrations look at the primary again.
    primary.save()
    row.after = snapshot(primary)
    duplicate.archived_at, duplicate.merged_into = timezone.now(), primary
    duplicate.save(update_fields=["archived_at", "merged_into"])
    row.save()
    return row
