"""How invoices follow a merge of contacts or pools, and come back when it is undone.

Drafts and issued ones move alike; what that means in Xero is decided there, not here.
"""

from typing import Literal
from uuid import UUID

from django.utils import timezone

from contacts.merging.subject import Row
from contacts.models import Merge
from contacts.registry import Moves
from invoices.models import Invoice
from invoices.signals import invoices_changed


class InvoicesFollow:
    """Invoices of a contact, or of a pool: `end` names the field that points at what is merged."""

    name = "invoices"

    def __init__(self, *, end: Literal["contact", "pool"]) -> None:
        self.end = end

    def describe(self, row: Row, /) -> str:
        count = row.invoices.count()
        return f"{count} invoice{'' if count == 1 else 's'}" if count else ""

    def move(self, *, duplicate: Row, primary: Row) -> Moves:
        ids = list(duplicate.invoices.order_by("pk").values_list("pk", flat=True))
        self._give(ids, to=primary)
        return [{"invoice": str(pk)} for pk in ids]

    def restore(self, moves: Moves, *, duplicate: Row, primary: Row) -> None:
        """Give back those that are still the primary's; the others have been moved on since."""
        ids = primary.invoices.filter(pk__in=_ids(moves)).values_list("pk", flat=True)
        self._give(list(ids), to=duplicate)

    def conflicts(self, moves: Moves, *, duplicate: Row, primary: Row) -> list[str]:
        moved_on = (
            duplicate.business.invoices.filter(pk__in=_ids(moves))
            .exclude(**{self.end: primary})
            .select_related(self.end)
        )
        return [
            f"{invoice} now belongs to {getattr(invoice, self.end) or 'none'} and would stay there."
            for invoice in moved_on
        ]

    def _give(self, ids: list[UUID], *, to: Row) -> None:
        Invoice.objects.filter(business=to.business, pk__in=ids).update(
            **{self.end: to}, updated_at=timezone.now()
        )
        if ids:
            invoices_changed.send(sender=Invoice, business=to.business, ids=ids)


def invoices_moved(merge: Merge) -> list[UUID]:
    """Return the invoices that a merge of contacts took along."""
    return _ids(merge.moves.get(InvoicesFollow.name, []))


def _ids(moves: Moves) -> list[UUID]:
    return [UUID(str(move["invoice"])) for move in moves]
