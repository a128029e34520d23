"""Merge duplicates into their primary."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from businesses.models import User
from contacts import registry
from contacts.merging.snapshot import snapshot
from contacts.merging.subject import Subject, subject_of
from contacts.models import Merge


class NotMergeable(Exception):
    """These contacts or pools cannot be merged any more; the text says why."""


@transaction.atomic
def merge(
    primary: Any,
    duplicates: Iterable[Any],
    *,
    values: Mapping[str, Any] | None,
    by: User | None,
    automatic: bool = False,
    batch: UUID | None = None,
    archive_in: Collection[str] = (),
) -> list[Any]:
    """Take `duplicates` into `primary`, which gets `values`; return one merge for each.

    All contacts, or all pools; all or nothing. Merges done together share `batch`; one is made up
    where none is given. `archive_in` names the systems in which the duplicates are to be archived
    (contacts.registry, an Elsewhere). Raises NotMergeable when one was archived, merged or taken
    elsewhere meanwhile.
    """
    subject = subject_of(primary)
    primary, losers = _locked(subject, primary, duplicates)
    unknown = set(values or {}) - set(subject.fields)
    if unknown:
        raise ValueError(f"Not a field of a merge: {', '.join(sorted(unknown))}")
    batch = batch or uuid4()
    merges: list[Any] = []
    for duplicate in losers:
        # The first merge of the group carries the chosen values, and its undo takes them back.
        row = subject.merge(
            business=primary.business, batch=batch, primary=primary, duplicate=duplicate
        )
        row.automatic, row.done_by = automatic, by
        merges.append(_merge_one(subject, row, values=values if not merges else None))
    registry.archive_elsewhere(archive_in, [row for row in merges if isinstance(row, Merge)])
    return merges


def _locked(subject: Subject, primary: Any, duplicates: Iterable[Any]) -> tuple[Any, list[Any]]:
    """Return the rows as they stand now, locked in the order of their keys."""
    ids = list(dict.fromkeys(duplicate.pk for duplicate in duplicates))
    all_rows = subject.rows(primary.business_id).select_for_update()
    rows = {row.pk: row for row in all_rows.filter(pk__in=[primary.pk, *ids]).order_by("pk")}
    if primary.pk in ids or len(rows) != len(ids) + 1:
        raise NotMergeable(f"Choose {subject.plural} of one business, and a primary among them.")
    for row in rows.values():
        if row.is_archived:
            raise NotMergeable(f"{row.name} has been archived or merged in the meantime.")
    return rows[primary.pk], [rows[pk] for pk in ids]


def _merge_one(subject: Subject, row: Any, *, values: Mapping[str, Any] | None) -> Any:
    primary, duplicate = row.primary, row.duplicate
    row.before = {"primary": snapshot(primary), "duplicate": snapshot(duplicate)}
    row.moves = {
        follower.name: follower.move(duplicate=duplicate, primary=primary)
        for follower in subject.followers.values()
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
