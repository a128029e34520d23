"""Xero's arithmetic: its own worked examples, and rules that hold for any invoice."""

from decimal import ROUND_DOWN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.totals import (
    EXCLUSIVE,
    INCLUSIVE,
    LARGEST_LINE,
    NO_TAX,
    LineTotals,
    Totals,
    line_amount,
    line_tax,
    line_totals,
    totals,
)

D = Decimal
ZERO = D(0)
CENT = D("0.01")

quantities = st.decimals(min_value=0, max_value=1000, places=4)
prices = st.decimals(min_value=-100_000, max_value=100_000, places=4)
discounts = st.decimals(min_value=0, max_value=100, places=2)
percents = st.sampled_from([D(0), D(5), D(10), D("12.5"), D(15), D(20), D("33.3333")])
modes = st.sampled_from([EXCLUSIVE, INCLUSIVE, NO_TAX])
amounts = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=2)
line_inputs = st.tuples(quantities, prices, discounts, percents)


def test_xeros_worked_example_taxes_each_line_before_it_sums() -> None:
    lines = [
        line_totals(D(1), D(price), ZERO, D(15), EXCLUSIVE) for price in ("25.06", "25.61", "25.63")
    ]
    assert [line.tax for line in lines] == [D("3.76"), D("3.84"), D("3.84")]
    assert totals(lines, tax_mode=EXCLUSIVE) == Totals(D("76.30"), D("11.44"), D("87.74"))


def test_a_discounted_line_rounds_half_away_from_zero_as_xeros_editor_does() -> None:
    assert line_amount(D(1), D("2120.44"), D(10)) == D("1908.40")


def test_the_discount_switch_gives_what_xeros_api_was_seen_to_store() -> None:
    amount = line_amount(D(1), D("2120.44"), D(10), discount_rounding=ROUND_DOWN)
    assert amount == D("1908.39")


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "percent", "mode", "amount", "tax"),
    [
        ("2", "45", "0", "10", EXCLUSIVE, "90.00", "9.00"),
        ("1", "110", "0", "10", INCLUSIVE, "110.00", "10.00"),
        ("1", "99.99", "0", "10", INCLUSIVE, "99.99", "9.09"),  # 90.90 without tax
        ("1", "0.05", "0", "10", INCLUSIVE, "0.05", "0.00"),  # 0.04545 rounds to 0.05
        ("1", "110", "0", "10", NO_TAX, "110.00", "0.00"),
        ("3", "10", "0", "0", EXCLUSIVE, "30.00", "0.00"),
        ("0.3333", "100", "0", "10", EXCLUSIVE, "33.33", "3.33"),
        ("1", "0.125", "0", "10", EXCLUSIVE, "0.13", "0.01"),  # half goes up
        ("1", "-0.125", "0", "10", EXCLUSIVE, "-0.13", "-0.01"),  # and away from zero
        ("1.5", "33.33", "12.5", "10", EXCLUSIVE, "43.75", "4.38"),
        ("7", "19.95", "100", "10", EXCLUSIVE, "0.00", "0.00"),
        ("0", "19.95", "0", "10", EXCLUSIVE, "0.00", "0.00"),
    ],
)
def test_lines_worked_by_hand(
    quantity: str, price: str, discount: str, percent: str, mode: str, amount: str, tax: str
) -> None:
    line = line_totals(D(quantity), D(price), D(discount), D(percent), mode)
    assert line == LineTotals(D(amount), D(tax))


def test_a_line_of_the_largest_size_keeps_its_cents() -> None:
    assert line_amount(D("999999999.9999"), D(10), ZERO) == D("10000000000.00")
    assert line_amount(D(1), LARGEST_LINE, ZERO) == LARGEST_LINE


def test_an_invoice_without_lines_is_nought() -> None:
    assert totals([], tax_mode=EXCLUSIVE) == Totals(D("0.00"), D("0.00"), D("0.00"))


@given(st.lists(line_inputs, max_size=12), modes)
def test_subtotal_and_tax_make_the_total(
    inputs: list[tuple[Decimal, Decimal, Decimal, Decimal]], mode: str
) -> None:
    lines = [line_totals(*values, mode) for values in inputs]
    sums = totals(lines, tax_mode=mode)
    assert sums.subtotal + sums.tax == sums.total
    assert sums.tax == sum((line.tax for line in lines), ZERO)
    stated = sums.total if mode == INCLUSIVE else sums.subtotal
    assert stated == sum((line.amount for line in lines), ZERO)


@given(st.lists(line_inputs, max_size=12), modes, st.randoms())
def test_the_order_of_lines_does_not_matter(inputs, mode, random) -> None:  # type: ignore[no-untyped-def]
    lines = [line_totals(*values, mode) for values in inputs]
    shuffled = list(lines)
    random.shuffle(shuffled)
    assert totals(lines, tax_mode=mode) == totals(shuffled, tax_mode=mode)


@given(quantities, prices, discounts, percents, modes)
def test_a_negative_price_mirrors_the_positive_one(
    quantity: Decimal, price: Decimal, discount: Decimal, percent: Decimal, mode: str
) -> None:
    line = line_totals(quantity, price, discount, percent, mode)
    mirror = line_totals(quantity, -price, discount, percent, mode)
    assert (mirror.amount, mirror.tax) == (-line.amount, -line.tax)


@given(amounts, percents)
def test_tax_is_within_half_a_cent_of_the_exact_tax(amount: Decimal, percent: Decimal) -> None:
    exclusive = line_tax(amount, percent, tax_mode=EXCLUSIVE)
    assert abs(exclusive - amount * percent / 100) <= CENT / 2
    inclusive = line_tax(amount, percent, tax_mode=INCLUSIVE)
    assert abs(inclusive - (amount - amount / (1 + percent / 100))) <= CENT / 2 + D("1e-12")
    assert abs(inclusive) <= abs(exclusive)


@given(quantities, prices, discounts)
def test_the_amount_has_cents_and_is_within_half_a_cent(
    quantity: Decimal, price: Decimal, discount: Decimal
) -> None:
    amount = line_amount(quantity, price, discount)
    assert amount == amount.quantize(CENT)
    assert abs(amount - quantity * price * (100 - discount) / 100) <= CENT / 2
    assert abs(amount) <= abs(quantity * price) + CENT / 2
