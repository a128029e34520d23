"""A transfer between two bank accounts, as Xero holds it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from simulators.xero.table import Key


@dataclass(frozen=True, slots=True)
class BankTransfer:
    id: str
    from_id: str
    to_id: str
    amount: Decimal
    day: date
    updated: datetime
    reference: str = ""
    status: str = "AUTHORISED"

    def keys(self) -> Iterable[Key]:
        yield "account", self.from_id
        yield "account", self.to_id
