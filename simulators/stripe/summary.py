"""What an account's movements add up to, from its objects and from its ledger apart.

For tests: both sides have to agree, and with what the product made of them.
"""

from collections import Counter

from simulators.common.wire import Json
from simulators.stripe.book import Book, net

# Types of transactions by what a bookkeeper calls them.
PARTS = {
    "charge": "charges",
    "refund": "refunds",
    "refund_failure": "refunds",
    "payout": "payouts",
    "payout_failure": "payouts",
    "payout_cancel": "payouts",
}


def summary(book: Book) -> Json:
    """Return sums by currency, in the smallest unit."""
    return {currency: of_currency(book, currency) for currency in book.currencies}


def of_currency(book: Book, currency: str) -> Json:
    rows = list(book.all("balance_transaction", currency=currency))
    gross: Counter[str] = Counter({"charges": 0, "refunds": 0, "disputes": 0, "payouts": 0})
    fees: Counter[str] = Counter({"stripe_fee": 0, "tax": 0})
    for row in rows:
        gross[PARTS.get(row["type"], part_of(row))] += row["amount"]
        for fee in row["fee_details"]:
            fees[fee["type"]] += fee["amount"]
    return {
        "gross": dict(gross),
        "fees": dict(fees),
        "net": net(rows),
        "available": book.held(currency),
        "pending": book.held(currency, "pending"),
        "unpaid": net(book.unpaid(currency)),
        "payouts": payouts_by_status(book, currency),
        "counts": {
            kind: sum(1 for _ in book.all(kind, currency=currency))
            for kind in ("charge", "refund", "dispute", "payout", "balance_transaction")
        },
    }


def part_of(row: Json) -> str:
    return "disputes" if row["reporting_category"].startswith("dispute") else "other"


def payouts_by_status(book: Book, currency: str) -> Json:
    sums: Counter[str] = Counter()
    for payout in book.all("payout", currency=currency):
        sums[payout["status"]] += payout["amount"]
    return dict(sums)


def brand_sums(book: Book) -> Json:
    """Return what each card brand brought, paid charges only, in the smallest unit."""
    sums: Counter[str] = Counter()
    for charge in book.all("charge", status="succeeded"):
        sums[charge["payment_method_details"]["card"]["brand"]] += charge["amount"]
    return dict(sums)
