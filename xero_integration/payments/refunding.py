"""Money that was given back, on its way to Xero: its credit note is paid out of the card balance.

The note goes first (`crediting`), then this payment of it (`paying_out`).
"""

from collections.abc import Collection
from uuid import UUID

from invoices.models import CreditNote, MoneyMovement
from xero_integration import outbox
from xero_integration.models import Connection, Kind, Lane
from xero_integration.payments.paying_out import PayingOutJudge


def queue(connection: Connection, note_ids: Collection[UUID]) -> dict[UUID, str]:
    """Queue paying out these notes; return which, by the movement's key."""
    notes = CreditNote.objects.filter(business_id=connection.business_id, pk__in=note_ids)
    labels = dict(notes.exclude(refund=None).values_list("refund_id", "number"))
    outbox.put(connection, Kind.REFUND, labels, lane=Lane.INTERACTIVE)
    return labels


class RefundJudge(PayingOutJudge):
    """Credit notes of money that was given back, paid out."""

    kind, document = Kind.REFUND, Kind.CREDIT_NOTE
    named, expected = ("CreditNote", "CreditNoteID"), "note"

    def document_of(self, movement: MoneyMovement) -> UUID:
        return movement.credit_note.pk
