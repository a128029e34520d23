"""A payment of an invoice or a refund of a credit, as Xero holds it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from simulators.xero.table import Key


@dataclass(frozen=True, slots=True)
class Payment:
    """Money on `account_id` for the document `document_id`; never changed, only deleted."""

    id: str
    document_id: str
    # The document's type, such as ACCREC: it says which way the money went.
    document_type: str
    account_id: str
    day: date
    amount: Decimal
    updated: datetime
    reference: str = ""
    is_reconciled: bool = False
    status: str = "AUTHORISED"
    # Of the batch payment it is a part of, if any.
    batch_id: str = ""

    @property
    def received(self) -> Decimal:
        """Return what came in on the account; below zero what went out."""
        return self.amount if self.document_type == "ACCREC" else -self.amount

    def keys(self) -> Iterable[Key]:
        yield "document", self.document_id
        yield "account", self.account_id
        if self.batch_id:
            yield "batch", self.batch_id
