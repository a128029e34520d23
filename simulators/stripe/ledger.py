"""The ledger: every movement of an account's money is one balance transaction, and only here.

The balance is nothing but the sum of their nets.
"""

from collections.abc import Sequence

from simulators.common.wire import Json
from simulators.stripe.book import Book
from simulators.stripe.wire import new_id
from simulators.stripe.world import World

# docs.stripe.com/reports/reporting-categories, where they are not the type itself.
CATEGORIES = {
    "stripe_fee": "fee",
    "payout_failure": "payout_reversal",
    "payout_cancel": "payout_reversal",
}


def post(
    world: World,
    book: Book,
    kind: str,
    amount: int,
    source: Json,
    *,
    words: str | None,
    fees: Sequence[Json] = (),
    available_on: int | None = None,
    category: str = "",
) -> Json:
    """Add a transaction; `amount` is the gross in the smallest unit, `fees` are fee details."""
    fee = sum(int(one["amount"]) for one in fees)
    when = world.now if available_on is None else available_on
    row = book.add(
        {
            "id": new_id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": when,
            "balance_type": "payments",
            "created": world.now,
            "currency": source["currency"],
            "description": words,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": list(fees),
            "net": amount - fee,
            "reporting_category": category or CATEGORIES.get(kind, kind),
            "source": source["id"],
            "status": "pending" if when > world.now else "available",
            "type": kind,
        }
    )
    if when > world.now:
        world.agenda.add(when, "available", book.id, row["id"])
    return row


def become_available(world: World, book: Book, id: str) -> None:
    row = book.get("balance_transaction", id)
    row["status"] = "available"
    world.emit(book, "balance.available", balance(book))


def beside(world: World, book: Book, charge: Json) -> int:
    """Return when what follows a payment counts: with the payment's own money, or now."""
    payment = book.find("balance_transaction", charge["balance_transaction"])
    return max(world.now, payment["available_on"]) if payment else world.now


def balance(book: Book) -> Json:
    def rows(status: str) -> list[Json]:
        held = [(book.held(one, status), one) for one in book.currencies]
        return [
            {"amount": amount, "currency": currency, "source_types": {"card": amount}}
            for amount, currency in held
        ]

    return {
        "object": "balance",
        "available": rows("available"),
        "livemode": False,
        "pending": rows("pending"),
    }
