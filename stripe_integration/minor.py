"""Amounts as Stripe wants them: whole cents, within its limits."""

from decimal import Decimal

from pooltrackr.lib.money import rounded

# Source: docs.stripe.com/currencies, "Minimum and maximum charge amounts". A currency without a
# row is not offered; all of these have two decimals.
SMALLEST = {
    "AUD": Decimal("0.50"),
    "EUR": Decimal("0.50"),
    "GBP": Decimal("0.30"),
    "NZD": Decimal("0.50"),
    "USD": Decimal("0.50"),
}
LARGEST = Decimal("999999.99")


def to_cents(amount: Decimal) -> int:
    return int(rounded(amount) * 100)


def from_cents(cents: int) -> Decimal:
    return rounded(Decimal(cents) / 100)


def can_be_charged(amount: Decimal, currency: str) -> bool:
    smallest = SMALLEST.get(currency)
    return smallest is not None and smallest <= amount <= LARGEST
