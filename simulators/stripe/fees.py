"""What Stripe takes for a payment or a dispute, from tables kept as data with their sources."""

import csv
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path

from simulators.common.wire import Json
from simulators.stripe.cards import Card
from simulators.stripe.switches import Switches

DATA = Path(__file__).parent / "data"
ROUNDINGS = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
# Smallest charge in each currency's smallest unit: docs.stripe.com/currencies#minimum-and-maximum.
MINIMUM = {"aud": 50, "nzd": 50, "usd": 50, "gbp": 30}
SYMBOLS = {"aud": "A$", "nzd": "NZ$", "usd": "$", "gbp": "£"}
EEA = frozenset((DATA / "eea.txt").read_text().split())


@dataclass(frozen=True)
class Rate:
    country: str
    brand: str
    card: str
    percent: Decimal
    # In the smallest unit of the payment's currency.
    fixed: int
    source: str


@dataclass(frozen=True)
class Country:
    country: str
    currency: str
    tax_name: str
    tax_percent: Decimal
    dispute_fee: int
    counter_fee: int
    delay_days: int
    source: str


def read_rate(row: Json) -> Rate:
    percent = Decimal(str(row["percent"]))
    fixed, source = int(row["fixed"]), str(row.get("source", "set by a test"))
    return Rate(row["country"], row["brand"], row["card"], percent, fixed, source)


def read_country(row: Json) -> Country:
    return Country(
        country=row["country"],
        currency=row["currency"],
        tax_name=row["tax_name"],
        tax_percent=Decimal(row["tax_percent"]),
        dispute_fee=int(row["dispute_fee"]),
        counter_fee=int(row["counter_fee"]),
        delay_days=int(row["delay_days"]),
        source=row["source"],
    )


def rows_of(name: str) -> list[Json]:
    with (DATA / name).open(newline="") as lines:
        return list(csv.DictReader(lines))


COUNTRIES = {row["country"]: read_country(row) for row in rows_of("countries.csv")}


def new_rates() -> list[Rate]:
    return [read_rate(row) for row in rows_of("fees.csv")]


def card_class(card: Card, country: str) -> str:
    """Say how a card counts for an account of `country`."""
    if card.country == country:
        return "premium" if card.does == "premium" and country == "GB" else "domestic"
    return "eea" if country == "GB" and card.country in EEA else "international"


def rate_for(rates: list[Rate], card: Card, country: str) -> Rate:
    """Return the rate of a card: that of its brand before the one for all (`*`)."""
    wanted = card_class(card, country)
    fitting = [one for one in rates if one.country == country and one.card == wanted]
    return min(
        (one for one in fitting if one.brand in {card.brand, "*"}), key=lambda one: one.brand == "*"
    )


def with_rate(rates: list[Rate], rate: Rate) -> list[Rate]:
    key = (rate.country, rate.brand, rate.card)
    return [*(one for one in rates if (one.country, one.brand, one.card) != key), rate]


def rounded(amount: Decimal, switches: Switches) -> int:
    return int(amount.quantize(Decimal(1), ROUNDINGS[switches.fee_rounding]))


def payment_fees(
    amount: int, currency: str, rate: Rate, country: Country, switches: Switches
) -> list[Json]:
    """Return the fee details of a payment; `amount` in the smallest unit."""
    whole = rounded(amount * rate.percent / 100 + rate.fixed, switches)
    if country.country == "NZ" and not switches.nz_fee_tax:
        country = replace(country, tax_percent=Decimal(0))
    return details(whole, currency, "Stripe processing fees", country, switches)


def details(
    whole: int, currency: str, words: str, country: Country, switches: Switches
) -> list[Json]:
    """Split a fee into Stripe's part and the tax on it, within it or on top of it."""
    percent = country.tax_percent
    base = 100 + percent if switches.fee_tax == "included" else Decimal(100)
    tax = rounded(whole * percent / base, switches)
    own = whole - tax if switches.fee_tax == "included" else whole
    rows = [detail(own, currency, words, "stripe_fee")]
    return [*rows, detail(tax, currency, country.tax_name, "tax")] if tax else rows


def detail(amount: int, currency: str, words: str, kind: str) -> Json:
    return {
        "amount": amount,
        "application": None,
        "currency": currency,
        "description": words,
        "type": kind,
    }


def money(amount: int, currency: str) -> str:
    sign = "-" if amount < 0 else ""
    return f"{sign}{SYMBOLS.get(currency, '')}{abs(amount) / 100:,.2f}"
