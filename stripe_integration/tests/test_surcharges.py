"""Surcharges: what the law lets a business ask, and how much that is, to the cent."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pooltrackr.lib.money import CENT
from stripe_integration.surcharges.amounts import fee_of, gross_up, on_charge
from stripe_integration.surcharges.cards import Brand, Funding
from stripe_integration.surcharges.law import RULES, lawful_brands, verdict
from stripe_integration.surcharges.rates import ROWS, Rate, standard_rate

BEFORE, AFTER = dt.date(2026, 9, 30), dt.date(2026, 10, 1)
MINIMUM, MOST = Decimal("0.50"), Decimal(10_000)
RATES = sorted({(row.rate.percent, row.rate.fixed) for row in ROWS})


@pytest.mark.parametrize("brand", [Brand.VISA, Brand.MASTERCARD, Brand.EFTPOS])
@pytest.mark.parametrize("funding", [*Funding, None])
def test_australia_ends_surcharges_of_four_party_cards_in_october_2026(
    brand: Brand, funding: Funding | None
) -> None:
    assert verdict("AU", brand, funding, on=BEFORE).is_lawful
    found = verdict("AU", brand, funding, on=AFTER)
    assert not found.is_lawful
    assert "1 October 2026" in found.words
    assert "Reserve Bank of Australia" in found.source


def test_american_express_stays_free_to_be_surcharged_in_australia() -> None:
    assert verdict("AU", Brand.AMEX, Funding.CREDIT, on=AFTER).is_lawful
    assert lawful_brands("AU", [Brand.VISA, Brand.AMEX, Brand.MASTERCARD], on=AFTER) == [Brand.AMEX]


@pytest.mark.parametrize("country", ["", "US", "FR", "XX"])
def test_a_country_without_a_sourced_row_is_off(country: str) -> None:
    found = verdict(country, Brand.AMEX, None, on=AFTER)
    assert (found.is_lawful, found.source) == (False, "")


def test_each_rule_has_a_source_and_words() -> None:
    assert all(rule.source and rule.words and rule.country for rule in RULES)


def test_no_surcharge_before_the_first_rule() -> None:
    assert not verdict("NZ", Brand.VISA, None, on=dt.date(2020, 1, 1)).is_lawful


def amounts() -> list[Decimal]:
    """From Stripe's minimum to 10,000 dollars: each cent of the small ones, then by odd steps."""
    small = [MINIMUM + CENT * n for n in range(9_950)]
    large = [Decimal(100) + Decimal("0.97") * n for n in range(int((MOST - 100) / Decimal("0.97")))]
    return [*small, *large, MOST]


@pytest.mark.parametrize(("percent", "fixed"), RATES)
def test_gross_up_leaves_the_amount_whole_and_never_asks_for_more_than_the_fee(
    percent: Decimal, fixed: Decimal
) -> None:
    rate = Rate(percent, fixed)
    for amount in amounts():
        added = gross_up(amount, rate)
        fee = fee_of(amount + added, rate)
        assert added <= fee <= added + CENT, amount


@given(
    amount=st.decimals("0.50", "10000", places=2),
    percent=st.decimals("0", "12", places=2),
    fixed=st.decimals("0", "2", places=2),
    cost_percent=st.decimals("0", "6", places=2),
    cost_fixed=st.decimals("0", "1", places=2),
)
def test_a_percentage_never_exceeds_what_the_payment_costs(
    amount: Decimal, percent: Decimal, fixed: Decimal, cost_percent: Decimal, cost_fixed: Decimal
) -> None:
    cost = Rate(cost_percent, cost_fixed)
    added = on_charge(amount, Rate(percent, fixed), cost=cost)
    assert 0 <= added <= fee_of(amount + added, cost)
    assert added <= amount * percent / 100 + fixed


def test_nothing_is_added_to_nothing() -> None:
    rate = Rate(Decimal("1.7"), Decimal("0.30"))
    assert gross_up(Decimal(0), rate) == 0
    assert on_charge(Decimal("-5"), rate, cost=rate) == 0


def test_a_fee_of_everything_is_refused() -> None:
    with pytest.raises(ValueError, match="whole charge"):
        gross_up(Decimal(1), Rate(Decimal(100), Decimal(0)))


def test_the_latest_price_that_has_begun_counts() -> None:
    assert standard_rate("AU", on=dt.date(2024, 3, 31)) == Rate(Decimal("1.75"), Decimal("0.30"))
    assert standard_rate("AU", on=AFTER) == Rate(Decimal("1.70"), Decimal("0.30"))
    assert standard_rate("AU", domestic=False, on=AFTER) == Rate(Decimal("3.50"), Decimal("0.30"))
    assert standard_rate("US", on=AFTER) is None
