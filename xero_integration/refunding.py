"""Money that was given back, on its way to Xero: its credit note is paid out of the card balance.

The note goes first (`crediting`); this payment of it is queued once the note has arrived, and found
again on the note by our id in its Reference. It never changes.
"""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from invoices.models import CreditNote, MoneyMovement
from xero_integration import outbox
from xero_integration.batches import Ready
from xero_integration.judging import Judgement, Nothing, links_of
from xero_integration.models import BatchOperation, Connection, Kind, Lane, OutboxRow
from xero_integration.movements import Places, reference_of
from xero_integration.payloads import Payload, digest_of

Json = dict[str, Any]


def queue(connection: Connection, note_ids: Collection[UUID]) -> dict[UUID, str]:
    """Queue paying out these notes; return which, by the movement's key."""
    notes = CreditNote.objects.filter(business_id=connection.business_id, pk__in=note_ids)
    labels = dict(notes.exclude(refund=None).values_list("refund_id", "number"))
    outbox.put(connection, Kind.REFUND, labels, lane=Lane.INTERACTIVE)
    return labels


class RefundJudge:
    """Judges rows of notes to be paid out; the object is the money movement."""

    def __init__(self, connection: Connection, rows: Iterable[OutboxRow]) -> None:
        ids = [row.object_id for row in rows]
        movements = MoneyMovement.objects.filter(business_id=connection.business_id)
        self.movements = movements.select_related("credit_note").in_bulk(ids)
        self.links = links_of(connection, Kind.REFUND, ids)
        notes = {one.credit_note.pk for one in self.movements.values()}
        self.notes = links_of(connection, Kind.CREDIT_NOTE, notes)
        self.places = Places(connection)

    def of(self, row: OutboxRow) -> Judgement:
        movement = self.movements.get(row.object_id)
        if movement is None or row.object_id in self.links:
            return Nothing()
        note = self.notes.get(movement.credit_note.pk)
        if note is None:
            # It is queued again once the note has arrived.
            return Nothing()
        if problem := self.places.refund_problem(movement):
            return problem
        body = self._body(movement, note.xero_id)
        expected = {"object": str(movement.pk), "note": note.xero_id}
        payload = Payload(body, digest_of(body), expected)
        return Ready(row, BatchOperation.CREATE, payload, movement.updated_at)

    def _body(self, movement: MoneyMovement, note_id: str) -> Json:
        assert self.places.clearing is not None
        return {
            "CreditNote": {"CreditNoteID": note_id},
            "Account": {"AccountID": self.places.clearing.xero_id},
            "Date": movement.date.isoformat(),
            "Amount": float(-movement.amount),
            "Reference": reference_of(movement),
        }
