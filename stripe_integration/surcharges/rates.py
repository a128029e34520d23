"""Stripe's standard prices for a card payment, as rows of data with their source.

An estimate for what to ask the payer: what Stripe took is known only after the charge, from its
balance transaction. A business with prices of its own enters them.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

OCTOBER_2023 = "support.stripe.com, October 2023 pricing updates for global standard pricing users"
APRIL_2024 = "support.stripe.com, April 2024 pricing update for standard pricing in Australia"


@dataclass(frozen=True)
class Rate:
    """A share of the amount, in per cent, and a fixed part in the account's currency."""

    percent: Decimal
    fixed: Decimal


@dataclass(frozen=True)
class Row:
    """The price from a day on, for cards of the account's own country or for those from abroad."""

    country: str  # of the Stripe account
    currency: str
    domestic: bool
    starts: dt.date
    rate: Rate
    source: str


def _rate(percent: str, fixed: str) -> Rate:
    return Rate(Decimal(percent), Decimal(fixed))


ROWS = (
    Row("AU", "AUD", True, dt.date(2023, 10, 15), _rate("1.75", "0.30"), OCTOBER_2023),
    Row("AU", "AUD", True, dt.date(2024, 4, 1), _rate("1.70", "0.30"), APRIL_2024),
    Row("AU", "AUD", False, dt.date(2023, 10, 15), _rate("3.50", "0.30"), OCTOBER_2023),
    Row("NZ", "NZD", True, dt.date(2023, 10, 15), _rate("2.70", "0.30"), OCTOBER_2023),
    Row("NZ", "NZD", False, dt.date(2023, 10, 15), _rate("3.70", "0.30"), OCTOBER_2023),
)


def standard_rate(country: str, *, domestic: bool = True, on: dt.date) -> Rate | None:
    """Return Stripe's standard price in a country on a day, or None where none is known.

    All brands cost the same in the countries listed (source: the April 2024 page). The payer's card
    may come from abroad and cost more: the domestic price never asks for too much.
    """
    begun = [
        row
        for row in ROWS
        if row.country == country and row.domestic == domestic and row.starts <= on
    ]
    return max(begun, key=lambda row: row.starts).rate if begun else None
