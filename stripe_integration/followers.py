"""What of a contact's card payments follows a merge, and comes back when it is undone."""

from contacts.models import Contact
from contacts.registry import Moves
from stripe_integration.models import ContactPaying, SavedCard


class PayingFollows:
    """The duplicate's switches become the primary's where that has none of its own."""

    name = "stripe_paying"

    def describe(self, contact: Contact, /) -> str:
        return "its choice about card payment" if _of(contact) else ""

    def move(self, *, duplicate: Contact, primary: Contact) -> Moves:
        row = _of(duplicate)
        if row is None or _of(primary) is not None:
            return []
        row.contact = primary
        row.save(update_fields=["contact"])
        return [{"row": row.pk}]

    def restore(self, moves: Moves, *, duplicate: Contact, primary: Contact) -> None:
        if _of(duplicate) is not None:
            return
        ids = [move["row"] for move in moves]
        ContactPaying.objects.filter(pk__in=ids, contact=primary).update(contact=duplicate)

    def conflicts(self, moves: Moves, *, duplicate: Contact, primary: Contact) -> list[str]:
        if not moves or _of(duplicate) is None:
            return []
        return [f"{duplicate} has a choice about card payment of its own again, which would stay."]


class SavedCardsFollow:
    """The duplicate's saved cards become the primary's: it is the same customer."""

    name = "stripe_cards"

    def describe(self, contact: Contact, /) -> str:
        count = contact.saved_cards.kept().count()
        return f"{count} saved card{'' if count == 1 else 's'}" if count else ""

    def move(self, *, duplicate: Contact, primary: Contact) -> Moves:
        pks = list(duplicate.saved_cards.values_list("pk", flat=True))
        SavedCard.objects.filter(pk__in=pks).update(contact=primary)
        return [{"row": pk} for pk in pks]

    def restore(self, moves: Moves, *, duplicate: Contact, primary: Contact) -> None:
        pks = [move["row"] for move in moves]
        SavedCard.objects.filter(pk__in=pks, contact=primary).update(contact=duplicate)

    def conflicts(self, moves: Moves, *, duplicate: Contact, primary: Contact) -> list[str]:
        return []


def _of(contact: Contact) -> ContactPaying | None:
    return ContactPaying.objects.filter(contact=contact).first()
