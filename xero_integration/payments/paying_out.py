"""The second of two calls for card money: what was entered as a document is paid from the balance.

It is queued once the document has arrived, and found again on it by our id in its Reference. It
never changes.
"""

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from invoices.models import MoneyMovement
from xero_integration.models import BatchOperation, Connection, Kind, OutboxRow
from xero_integration.payloads import Payload, digest_of
from xero_integration.payments.movements import Places, reference_of
from xero_integration.sending.batches import Ready
from xero_integration.sending.judging import Judgement, Nothing, links_of

Json = dict[str, Any]


class PayingOutJudge:
    """Judges rows of such payments; the object of each is the money movement."""

    kind: ClassVar[Kind]
    # The document's kind, the members that name it in a payment, and what a look-up goes by.
    document: ClassVar[Kind]
    named: ClassVar[tuple[str, str]]
    expected: ClassVar[str]

    def __init__(self, connection: Connection, rows: Iterable[OutboxRow]) -> None:
        ids = [row.object_id for row in rows]
        movements = MoneyMovement.objects.filter(business_id=connection.business_id)
        self.movements = movements.select_related("credit_note").in_bulk(ids)
        self.links = links_of(connection, self.kind, ids)
        documents = [self.document_of(one) for one in self.movements.values()]
        self.documents = links_of(connection, self.document, documents)
        self.places = Places(connection)

    def document_of(self, movement: MoneyMovement) -> UUID:
        """Return the key of our object that is the document in Xero."""
        raise NotImplementedError

    def of(self, row: OutboxRow) -> Judgement:
        movement = self.movements.get(row.object_id)
        if movement is None or row.object_id in self.links:
            return Nothing()
        document = self.documents.get(self.document_of(movement))
        if document is None:
            # It is queued again once the document has arrived.
            return Nothing()
        if problem := self.places.payment_problem(movement):
            return problem
        body = self._body(movement, document.xero_id)
        expected = {"object": str(movement.pk), self.expected: document.xero_id}
        payload = Payload(body, digest_of(body), expected)
        return Ready(row, BatchOperation.CREATE, payload, movement.updated_at)

    def _body(self, movement: MoneyMovement, document_id: str) -> Json:
        assert self.places.clearing is not None
        member, id_member = self.named
        return {
            member: {id_member: document_id},
            "Account": {"AccountID": self.places.clearing.xero_id},
            "Date": movement.date.isoformat(),
            "Amount": float(-movement.amount),
            "Reference": reference_of(movement),
        }
