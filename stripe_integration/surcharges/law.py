"""Where a surcharge for paying by card is lawful, as rows of data with their source.

A row says what holds for some cards in a country from a day on; the latest that has begun counts.
What no row speaks of is forbidden: a country is added with its source, never by guess. The country
is the business's own; payments are made online, by a link.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from stripe_integration.surcharges.cards import Brand, Funding

FOUR_PARTY = frozenset({Brand.VISA, Brand.MASTERCARD, Brand.EFTPOS})
ANY_FUNDING = frozenset(Funding)


@dataclass(frozen=True)
class Rule:
    """What holds for cards of `brands` and `fundings` from the day `starts`.

    Where it is allowed, no country listed here lets a surcharge be more than the payment costs.
    """

    country: str  # ISO 3166-1 alpha-2
    brands: frozenset[Brand]
    starts: dt.date
    allowed: bool
    words: str
    source: str
    fundings: frozenset[Funding] = ANY_FUNDING


RULES = (
    Rule(
        "AU",
        frozenset(Brand),
        dt.date(2017, 9, 1),
        allowed=True,
        words="A surcharge may be no more than what the payment costs the business.",
        source="Competition and Consumer Amendment (Payment Surcharges) Act 2016; RBA Standard 3",
    ),
    Rule(
        "AU",
        FOUR_PARTY,
        dt.date(2026, 10, 1),
        allowed=False,
        words="Since 1 October 2026 Visa, Mastercard and eftpos payments may not be surcharged.",
        source="Reserve Bank of Australia, Review of Merchant Card Payment Costs and Surcharging, "
        "Conclusions Paper, March 2026",
    ),
    Rule(
        "NZ",
        frozenset(Brand),
        dt.date(2025, 9, 3),
        allowed=True,
        words="A surcharge for an online payment may be no more than what the payment costs.",
        source="disclosure.legislation.govt.nz, statement of 3 September 2025 on bill 205: no law "
        "prevents surcharges that recover costs, and the bill is about payments in a shop",
    ),
    Rule(
        "GB",
        frozenset(Brand),
        dt.date(2018, 1, 13),
        allowed=False,
        words="Payments with consumers' cards may not be surcharged.",
        source="Consumer Rights (Payment Surcharges) Regulations 2012, regulation 6A",
    ),
)


@dataclass(frozen=True)
class Verdict:
    """Whether a surcharge is lawful, why, and who says so."""

    is_lawful: bool
    words: str
    source: str = ""


def verdict(country: str, brand: Brand, funding: Funding | None, *, on: dt.date) -> Verdict:
    """Say whether a payment with such a card may be surcharged on a day.

    A card's funding is known only once it was used: None asks for a card of whatever funding, and
    is lawful only where each of them is.
    """
    found = [_of_one(country, brand, one, on=on) for one in ([funding] if funding else Funding)]
    return next((one for one in found if not one.is_lawful), found[0])


def _of_one(country: str, brand: Brand, funding: Funding, *, on: dt.date) -> Verdict:
    holding = [
        rule
        for rule in RULES
        if rule.country == country
        and brand in rule.brands
        and funding in rule.fundings
        and rule.starts <= on
    ]
    if not holding:
        return Verdict(
            False, f"Pooltrackr has no rule about surcharges for {country or 'nowhere'}."
        )
    rule = max(holding, key=lambda one: one.starts)
    return Verdict(rule.allowed, rule.words, rule.source)


def lawful_brands(country: str, brands: Collection[Brand], *, on: dt.date) -> list[Brand]:
    """Return those of `brands` whose cards may be surcharged on a day, whatever their funding."""
    return [brand for brand in brands if verdict(country, brand, None, on=on).is_lawful]
