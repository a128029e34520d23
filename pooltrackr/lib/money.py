"""The one rounding function. Money is Decimal, never float."""

from decimal import ROUND_HALF_UP, Decimal

# Xero's documents show half away from zero; a named switch in one place until it is confirmed.
ROUNDING = ROUND_HALF_UP

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def rounded(amount: Decimal, step: Decimal = CENT, *, rounding: str = ROUNDING) -> Decimal:
    """Return `amount` rounded to `step` (cents unless told), half away from zero."""
    return amount.quantize(step, rounding=rounding)
