"""How the rows of contacts/ itself follow a merge: pools, tags and pairs that are not duplicates.

Pool links move to the primary. Tags and "not duplicates" are copied: the duplicate keeps its own,
so that an undo has only to take the copies away.
"""

from typing import Any

from contacts.models import Contact, ContactTag, NotDuplicates, Pool, PoolContact
from contacts.registry import Moves


class PoolFollower:
    name = "pools"

    def describe(self, contact: Contact) -> str:
        count = contact.pool_contacts.values("pool").distinct().count()
        return f"{count} pool{'' if count == 1 else 's'}" if count else ""

    def move(self, *, duplicate: Contact, primary: Contact) -> Moves:
        held = set(primary.pool_contacts.values_list("pool_id", "role"))
        moves = []
        for link in duplicate.pool_contacts.order_by("pk"):
            dropped = (link.pool_id, link.role) in held
            moves.append(self._move(link, dropped=dropped))
            if dropped:
                link.delete()
            else:
                link.contact = primary
                link.save(update_fields=["contact"])
        return moves

    def _move(self, link: PoolContact, *, dropped: bool) -> dict[str, Any]:
        return {"id": link.pk, "pool": str(link.pool_id), "role": link.role, "dropped": dropped}

    def restore(self, moves: Moves, *, duplicate: Contact, primary: Contact) -> None:
        for move in moves:
            if not move["dropped"]:
                self._standing(move, primary).update(contact=duplicate)
            elif not duplicate.pool_contacts.filter(pool=move["pool"], role=move["role"]).exists():
                # With its old key: an earlier merge may name it.
                key = None if PoolContact.objects.filter(pk=move["id"]).exists() else move["id"]
                PoolContact.objects.create(
                    pk=key,
                    business=duplicate.business,
                    pool_id=move["pool"],
                    contact=duplicate,
                    role=move["role"],
                )

    def conflicts(self, moves: Moves, *, duplicate: Contact, primary: Contact) -> list[str]:
        names = dict(
            Pool.objects.filter(pk__in=[m["pool"] for m in moves]).values_list("pk", "name")
        )
        by_text = {str(pk): name for pk, name in names.items()}
        gone = [m for m in moves if not m["dropped"] and not self._standing(m, primary).exists()]
        return [f"The link to the pool {by_text.get(m['pool'], '')}" for m in gone]

    def _standing(self, move: dict[str, Any], primary: Contact) -> Any:
        return primary.pool_contacts.filter(pk=move["id"], pool=move["pool"], role=move["role"])


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

    def describe(self, contact: Contact) -> str:
        return ""

    def move(self, *, duplicate: Contact, primary: Contact) -> Moves:
        others = _differing_from(duplicate) - _differing_from(primary) - {primary.pk}
        added = []
        for other in sorted(others):
            first, second = sorted((primary.pk, other))
            added.append(
                NotDuplicates.objects.create(
                    business=primary.business, first_id=first, second_id=second
                )
            )
        return [{"id": row.pk} for row in added]

    def restore(self, moves: Moves, *, duplicate: Contact, primary: Contact) -> None:
        NotDuplicates.objects.filter(pk__in=[move["id"] for move in moves]).delete()

    def conflicts(self, moves: Moves, *, duplicate: Contact, primary: Contact) -> list[str]:
        return []


def _differing_from(contact: Contact) -> set[Any]:
    pairs = NotDuplicates.objects.filter(business=contact.business_id)
    first = pairs.filter(first=contact).values_list("second_id", flat=True)
    second = pairs.filter(second=contact).values_list("first_id", flat=True)
    return {*first, *second}
