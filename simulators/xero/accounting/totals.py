"""Xero's arithmetic of an invoice: tax is computed and rounded per line, then summed.

Source: Xero, "Rounding in Xero". Written for the simulator alone, from that description, so that
a client's own arithmetic is compared with something it does not share.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from simulators.xero.switches import Switches

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
HUNDRED = Decimal(100)


def cents(amount: Decimal, switches: Switches) -> Decimal:
    half_even = switches.rounding == "half_even"
    return amount.quantize(CENT, ROUND_HALF_EVEN if half_even else ROUND_HALF_UP)


def unit_amount(amount: Decimal, *, decimals: int, switches: Switches) -> Decimal:
    """Round a unit price to the precision the call asked for, without telling, as Xero does."""
    half_even = switches.rounding == "half_even"
    step = Decimal(1).scaleb(-decimals)
    return amount.quantize(step, ROUND_HALF_EVEN if half_even else ROUND_HALF_UP)


def line_amount(
    quantity: Decimal,
    unit: Decimal,
    *,
    discount_rate: Decimal | None,
    discount_amount: Decimal | None,
    switches: Switches,
) -> Decimal:
    gross = quantity * unit
    if discount_amount is not None:
        return cents(gross - discount_amount, switches)
    if discount_rate and switches.discount_rounding == "subtract":
        return cents(gross - cents(gross * discount_rate / HUNDRED, switches), switches)
    if discount_rate:
        net = gross * (HUNDRED - discount_rate) / HUNDRED
        if switches.discount_rounding == "truncate":
            return net.quantize(CENT, ROUND_DOWN)
        return cents(net, switches)
    return cents(gross, switches)


def line_tax(amount: Decimal, rate: Decimal, *, types: str, switches: Switches) -> Decimal:
    """Return the tax of one line; `rate` is a percentage, `types` the LineAmountTypes."""
    if types == "NoTax" or not rate:
        return ZERO
    if types == "Inclusive":
        net = amount / (1 + rate / HUNDRED)
        return amount - cents(net, switches)
    return cents(amount * rate / HUNDRED, switches)


@dataclass(frozen=True)
class Totals:
    sub_total: Decimal
    total_tax: Decimal
    total: Decimal


def totals(amounts_and_taxes: Iterable[tuple[Decimal, Decimal]], *, types: str) -> Totals:
    """Sum lines; the subtotal is always without tax."""
    amount, tax = ZERO, ZERO
    for line_sum, line_tax_sum in amounts_and_taxes:
        amount += line_sum
        tax += line_tax_sum
    if types == "Inclusive":
        return Totals(amount - tax, tax, amount)
    return Totals(amount, tax, amount + tax)
