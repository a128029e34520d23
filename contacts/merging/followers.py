"""How the rows of contacts/ itself follow a merge: pools, tags and pairs that are not duplicates.

Links between contacts and pools move to the primary. Tags and "not duplicates" are copied: the
duplicate keeps its own, so that an undo has only to take the copies away.
"""

from typing import Any, Literal

from contacts.merging.subject import Row, subject_of
from contacts.models import Contact, ContactTag, Pool, PoolContact
from contacts.registry import Moves


class PoolLinksFollow:
    """Links between contacts and pools: `end` is what is merged, `other` what it is linked to."""

    def __init__(self, *, end: Literal["contact", "pool"]) -> None:
        self.end: str = end
        self.other = "pool" if end == "contact" else "contact"
        self.name = f"{self.other}s"

    def describe(self, row: Row, /) -> str:
        count = row.pool_contacts.values(self.other).distinct().count()
        return f"{count} {self.other}{'' if count == 1 else 's'}" if count else ""

    def move(self, *, duplicate: Row, primary: Row) -> Moves:
        held = set(primary.pool_contacts.values_list(f"{self.other}_id", "role"))
        moves = []
        for link in duplicate.pool_contacts.order_by("pk"):
            dropped = (getattr(link, f"{self.other}_id"), link.role) in held
            moves.append(self._move(link, dropped=dropped))
            if dropped:
                link.delete()
            else:
                setattr(link, self.end, primary)
                link.save(update_fields=[self.end])
        return moves

    def _move(self, link: PoolContact, *, dropped: bool) -> dict[str, Any]:
        other = str(getattr(link, f"{self.other}_id"))
        return {"id": link.pk, self.other: other, "role": link.role, "dropped": dropped}

    def restore(self, moves: Moves, *, duplicate: Row, primary: Row) -> None:
        for move in moves:
            other = {f"{self.other}_id": move[self.other], "role": move["role"]}
            if not move["dropped"]:
                self._standing(move, primary).update(**{self.end: duplicate})
            elif not duplicate.pool_contacts.filter(**other).exists():
                # With its old key: an earlier merge may name it.
                key = None if PoolContact.objects.filter(pk=move["id"]).exists() else move["id"]
                PoolContact.objects.create(
                    pk=key, business=duplicate.business, **other, **{self.end: duplicate}
                )

    def conflicts(self, moves: Moves, *, duplicate: Row, primary: Row) -> list[str]:
        model: type[Any] = Pool if self.other == "pool" else Contact
        found = model.objects.filter(pk__in=[move[self.other] for move in moves])
        names = {str(pk): name for pk, name in found.values_list("pk", "name")}
        gone = [m for m in moves if not m["dropped"] and not self._standing(m, primary).exists()]
        return [f"The link to the {self.other} {names.get(m[self.other], '')}" for m in gone]

    def _standing(self, move: dict[str, Any], primary: Row) -> Any:
        links = primary.pool_contacts.filter(pk=move["id"], role=move["role"])
        return links.filter(**{self.other: move[self.other]})


class TagFollower:
    name = "tags"

    def describe(self, contact: Contact) -> str:
        return ""  # tags are seen on the page itself

    def move(self, *, duplicate: Contact, primary: Contact) -> Moves:
        held = set(primary.contact_tags.values_list("tag_id", flat=True))
        missing = duplicate.contact_tags.exclude(tag__in=held).order_by("pk")
        added = [
            ContactTag.objects.create(business=primary.business, contact=primary, tag_id=row.tag_id)
            for row in missing
        ]
        return [{"id": row.pk} for row in added]

    def restore(self, moves: Moves, *, duplicate: Contact, primary: Contact) -> None:
        primary.contact_tags.filter(pk__in=[move["id"] for move in moves]).delete()

    def conflicts(self, moves: Moves, *, duplicate: Contact, primary: Contact) -> list[str]:
        return []  # a tag taken off since stays off


class NotDuplicatesFollower:
    name = "not_duplicates"

    def describe(self, row: Row, /) -> str:
        return ""

    def move(self, *, duplicate: Row, primary: Row) -> Moves:
        apart = subject_of(primary).apart
        others = _differing_from(duplicate) - _differing_from(primary) - {primary.pk}
        added = []
        for other in sorted(others):
            first, second = sorted((primary.pk, other))
            added.append(
                apart.objects.create(business=primary.business, first_id=first, second_id=second)
            )
        return [{"id": row.pk} for row in added]

    def restore(self, moves: Moves, *, duplicate: Row, primary: Row) -> None:
        apart = subject_of(primary).told_apart(primary.business)
        apart.filter(pk__in=[move["id"] for move in moves]).delete()

    def conflicts(self, moves: Moves, *, duplicate: Row, primary: Row) -> list[str]:
        return []


def _differing_from(row: Row) -> set[Any]:
    pairs = subject_of(row).told_apart(row.business)
    first = pairs.filter(first=row).values_list("second_id", flat=True)
    second = pairs.filter(second=row).values_list("first_id", flat=True)
    return {*first, *second}
