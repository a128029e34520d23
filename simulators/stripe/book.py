"""What one Stripe account holds.

Objects are kept in the shape in which the API shows them, so that an answer is a copy; what the
API never shows (a card's number, which payout took a transaction) lies beside them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from simulators.common.wire import Json
from simulators.stripe.errors import missing

# What an id begins with says what it names.
KINDS = {
    "cus": "customer",
    "pm": "payment_method",
    "pi": "payment_intent",
    "ch": "charge",
    "txn": "balance_transaction",
    "re": "refund",
    "du": "dispute",
    "po": "payout",
    "cs": "checkout.session",
    "evt": "event",
}


@dataclass
class Book:
    account: Json
    rows: dict[str, dict[str, Json]] = field(default_factory=dict)
    # The test card behind each payment method.
    cards: dict[str, str] = field(default_factory=dict)
    # What was paid out (transaction: payout), and the payout's own transaction with it.
    paid_out: dict[str, str] = field(default_factory=dict)
    line_items: dict[str, list[Json]] = field(default_factory=dict)
    # What a session wants of the payment to come.
    wishes: dict[str, Json] = field(default_factory=dict)
    # Refunds that wait for money.
    waiting: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.account["id"])

    @property
    def country(self) -> str:
        return str(self.account["country"])

    def add(self, row: Json) -> Json:
        self.rows.setdefault(row["object"], {})[row["id"]] = row
        return row

    def find(self, kind: str, id: str | None) -> Json | None:
        return self.rows.get(kind, {}).get(id or "")

    def get(self, kind: str, id: str | None, *, param: str = "id", status: int = 404) -> Json:
        """Return an object, or raise StripeError in Stripe's words."""
        row = self.find(kind, id)
        if row is None:
            raise missing(kind, id or "", param, status=status)
        return row

    def all(self, kind: str, **members: object) -> Iterator[Json]:
        """Return objects, oldest first, whose members are as named; None stands for any."""
        wanted = {name: value for name, value in members.items() if value is not None}
        for row in self.rows.get(kind, {}).values():
            if all(row.get(name) == value for name, value in wanted.items()):
                yield row

    def by_id(self, id: str) -> Json | None:
        """Return whatever an id names, by its prefix."""
        if id == self.id:
            return self.account
        return self.find(KINDS.get(id.split("_")[0], ""), id)

    def unpaid(self, currency: str) -> list[Json]:
        """Return the available transactions that no payout took yet."""
        listed = self.all("balance_transaction", currency=currency, status="available")
        return [one for one in listed if one["id"] not in self.paid_out]

    def held(self, currency: str, status: str = "available") -> int:
        return net(self.all("balance_transaction", currency=currency, status=status))

    @property
    def currencies(self) -> list[str]:
        used = {one["currency"] for one in self.all("balance_transaction")}
        return sorted(used | {str(self.account["default_currency"])})


def net(transactions: Iterable[Json]) -> int:
    return sum(int(one["net"]) for one in transactions)
