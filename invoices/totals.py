"""The arithmetic of an invoice, by Xero's rule: tax is rounded per line, then summed.

Pure Python, Decimal only. Source: Xero, "Rounding in Xero". Tax modes are Xero's LineAmountTypes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from pooltrackr.lib.money import ZERO, rounded

EXCLUSIVE = "Exclusive"
INCLUSIVE = "Inclusive"
NO_TAX = "NoTax"

HUNDRED = Decimal(100)
# Xero refuses a larger line; within it 28 digits of precision lose nothing.
LARGEST_LINE = Decimal("9999999999.99")
# What the column of a total holds.
LARGEST_TOTAL = Decimal("999999999999.99")

# 2,120.44 less 10 % is 1,908.396. Xero was once seen to store 1,908.39 through the API
# (ROUND_DOWN) and 1,908.40 in its own editor (ROUND_HALF_UP): one report, so a named switch.
DISCOUNT_ROUNDING = ROUND_HALF_UP


@dataclass(frozen=True)
class LineTotals:
    """The amount of a line as its prices are given (with or without tax), and the tax in it."""

    amount: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Totals:
    """`subtotal` is always without tax; `subtotal + tax == total` to the cent."""

    subtotal: Decimal
    tax: Decimal
    total: Decimal


def line_amount(
    quantity: Decimal,
    unit_price: Decimal,
    discount_percent: Decimal,
    *,
    discount_rounding: str = DISCOUNT_ROUNDING,
) -> Decimal:
    gross = quantity * unit_price
    if not discount_percent:
        return rounded(gross)
    return rounded(gross * (HUNDRED - discount_percent) / HUNDRED, rounding=discount_rounding)


def line_tax(amount: Decimal, percent: Decimal, *, tax_mode: str) -> Decimal:
    if tax_mode == NO_TAX or not percent:
        return ZERO
    if tax_mode == INCLUSIVE:
        return amount - rounded(amount / (1 + percent / HUNDRED))
    return rounded(amount * percent / HUNDRED)


def line_totals(
    quantity: Decimal,
    unit_price: Decimal,
    discount_percent: Decimal,
    percent: Decimal,
    tax_mode: str,
) -> LineTotals:
    """Return the amount and the tax of one line; both percentages are like 10 for 10 %."""
    amount = line_amount(quantity, unit_price, discount_percent)
    return LineTotals(amount, line_tax(amount, percent, tax_mode=tax_mode))


def totals(lines: Iterable[LineTotals], *, tax_mode: str) -> Totals:
    amount, tax = ZERO, ZERO
    for line in lines:
        amount += line.amount
        tax += line.tax
    if tax_mode == INCLUSIVE:
        return Totals(amount - tax, tax, amount)
    return Totals(amount, tax, amount + tax)
