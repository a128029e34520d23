"""How much a payer is asked on top: a percentage, or as much as makes up for Stripe's fee.

Rounded down, and never more than what the payment will cost by the rate: that is the cap wherever
a surcharge is allowed (`law`).
"""

from decimal import ROUND_FLOOR, Decimal

from pooltrackr.lib.money import ZERO, rounded
from stripe_integration.surcharges.rates import Rate

HUNDRED = Decimal(100)


def fee_of(charge: Decimal, rate: Rate) -> Decimal:
    """Return what Stripe keeps of a charge by `rate`, to the cent."""
    return rounded(_exact_fee(charge, rate))


def gross_up(amount: Decimal, rate: Rate) -> Decimal:
    """Return what to add to `amount` so that Stripe's fee leaves it whole, but for part of a cent.

    The fee is taken of amount and addition: s = p * (a + s) + f, so s = (p * a + f) / (1 - p).
    Raises ValueError for a rate of 100 % or more.
    """
    if rate.percent >= HUNDRED:
        raise ValueError("A fee of the whole charge cannot be made up for.")
    if amount <= 0:
        return ZERO
    exact = _exact_fee(amount, rate) / (1 - rate.percent / HUNDRED)
    return rounded(exact, rounding=ROUND_FLOOR)


def on_charge(amount: Decimal, asked: Rate, *, cost: Rate) -> Decimal:
    """Return a percentage and a fixed part of `amount`, as far as it is covered by the `cost`."""
    if amount <= 0:
        return ZERO
    wanted = rounded(_exact_fee(amount, asked), rounding=ROUND_FLOOR)
    return min(wanted, gross_up(amount, cost))


def _exact_fee(charge: Decimal, rate: Rate) -> Decimal:
    return charge * rate.percent / HUNDRED + rate.fixed
