"""Undo a merge: the duplicate comes back, and everything that moved returns to it."""

from collections.abc import Iterable
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from businesses.models import User
from contacts import registry
from contacts.merging.snapshot import changed, snapshot
from contacts.merging.subject import AnyMerge, Row, subject_of
from contacts.models import Merge

MergeT = TypeVar("MergeT", bound=AnyMerge)


class ChangedSince(Exception):
    """Something changed after the merge: a person decides whether to undo it nevertheless.

    With `force` the undo goes ahead, and what changed since stays as it is now.
    """

    def __init__(self, what: list[str]) -> None:
        super().__init__("; ".join(what))
        self.what = what


class StillMerged(ChangedSince):
    """The primary was itself merged afterwards: that merge is undone first, force or not."""


@transaction.atomic
def undo(merge: MergeT, *, by: User | None, force: bool = False) -> MergeT:
    """Bring the duplicate of `merge` back. Undoing twice changes nothing.

    Raises ChangedSince when fields or rows of the merge were changed since, unless `force`.
    """
    subject = subject_of(merge)
    row: MergeT = subject.merge.objects.select_for_update().get(pk=merge.pk)
    if row.undone_at is not None:
        return row
    ends = subject.model.objects.filter(pk__in=[row.primary_id, row.duplicate_id])
    rows = {end.pk: end for end in ends.select_for_update().order_by("pk")}
    primary, duplicate = rows[row.primary_id], rows[row.duplicate_id]
    if primary.merged_into_id is not None:
        raise StillMerged([f"{primary.name} was itself merged afterwards. Undo that merge first."])
    conflicts = _conflicts(row, primary=primary, duplicate=duplicate)
    if conflicts and not force:
        raise ChangedSince(conflicts)
    _bring_back(duplicate)
    _put_back(row, primary=primary, duplicate=duplicate)
    row.undone_by, row.undone_at = by, timezone.now()
    row.save(update_fields=["undone_by", "undone_at"])
    return row


@transaction.atomic
def undo_all(merges: Iterable[MergeT], *, by: User | None, force: bool = False) -> list[MergeT]:
    """Undo several merges, the latest first, all or nothing."""
    standing = [merge for merge in merges if merge.undone_at is None]
    return [undo(merge, by=by, force=force) for merge in sorted(standing, key=lambda m: -m.pk)]


def sent_since(merges: Iterable[AnyMerge]) -> list[str]:
    """Say what left the house between these merges and now; it does not come back by an undo."""
    contacts = (merge for merge in merges if isinstance(merge, Merge))
    return list(dict.fromkeys(text for merge in contacts for text in registry.sent_since(merge)))


def _conflicts(row: AnyMerge, *, primary: Row, duplicate: Row) -> list[str]:
    subject = subject_of(row)
    found = [f"{subject.label(field)} of {primary.name}" for field in _kept(row, primary)]
    for name, moves in row.moves.items():
        if follower := subject.followers.get(name):
            found += follower.conflicts(moves, duplicate=duplicate, primary=primary)
    return found


def _kept(row: AnyMerge, primary: Row) -> list[str]:
    """Return fields that the merge set and somebody changed since: an undo leaves them."""
    set_by_merge = changed(row.before["primary"], row.after)
    now = snapshot(primary)
    return [field for field in set_by_merge if now[field] != row.after[field]]


def _bring_back(duplicate: Row) -> None:
    # First, so that followers move rows to a contact that is active again.
    duplicate.archived_at, duplicate.merged_into = None, None
    duplicate.save(update_fields=["archived_at", "merged_into"])


def _put_back(row: AnyMerge, *, primary: Row, duplicate: Row) -> None:
    followers = subject_of(row).followers
    before, kept = row.before["primary"], set(_kept(row, primary))
    for field in changed(before, row.after):
        if field not in kept:
            setattr(primary, field, before[field])
    for name, moves in reversed(row.moves.items()):
        if follower := followers.get(name):
            follower.restore(moves, duplicate=duplicate, primary=primary)
    primary.save()
