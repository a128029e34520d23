"""How invoices follow a merge of contacts, and come back when it is undone.

Drafts and issued ones move alike; what that means in Xero is decided there, not here.
"""

from uuid import UUID

from django.utils import timezone

from contacts.models import Contact
from contacts.registry import Moves
from invoices.models import Invoice
from invoices.signals import invoices_changed


class InvoicesFollow:
    name = "invoices"

    def describe(self, contact: Contact) -> str:
        count = contact.invoices.count()
        return f"{count} invoice{'' if count == 1 else 's'}" if count else ""

    def move(self, *, duplicate: Contact, primary: Contact) -> Moves:
        ids = list(duplicate.invoices.order_by("pk").values_list("pk", flat=True))
        _give(ids, to=primary)
        return [{"invoice": str(pk)} for pk in ids]

    def restore(self, moves: Moves, *, duplicate: Contact, primary: Contact) -> None:
        """Give back those that are still the primary's; the others have been moved on since."""
        ids = primary.invoices.filter(pk__in=_ids(moves)).values_list("pk", flat=True)
        _give(list(ids), to=duplicate)

    def conflicts(self, moves: Moves, *, duplicate: Contact, primary: Contact) -> list[str]:
        moved_on = (
            duplicate.business.invoices.filter(pk__in=_ids(moves))
            .exclude(contact=primary)
            .select_related("contact")
        )
        return [
            f"{invoice} now belongs to {invoice.contact} and would stay there."
            for invoice in moved_on
        ]


def _ids(moves: Moves) -> list[UUID]:
    return [UUID(str(move["invoice"])) for move in moves]


def _give(ids: list[UUID], *, to: Contact) -> None:
    Invoice.objects.filter(business=to.business, pk__in=ids).update(
        contact=to, updated_at=timezone.now()
    )
    if ids:
        invoices_changed.send(sender=Invoice, business=to.business, ids=ids)
