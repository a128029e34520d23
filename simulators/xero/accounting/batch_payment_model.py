"""A batch payment: one amount at the bank that pays several invoices or bills."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from simulators.xero.table import Key


@dataclass(frozen=True, slots=True)
class BatchPayment:
    """The whole of it; its parts are payments that carry its id."""

    id: str
    type: str
    account_id: str
    day: date
    total: Decimal
    updated: datetime
    reference: str = ""
    details: str = ""
    status: str = "AUTHORISED"

    @property
    def received(self) -> Decimal:
        """Return what came in on the account; below zero what went out."""
        return self.total if self.type == "RECBATCH" else -self.total

    def keys(self) -> Iterable[Key]:
        yield "account", self.account_id
