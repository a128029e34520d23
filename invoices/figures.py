"""Numbers as people write them."""

from decimal import Decimal


def figure(number: Decimal, *, places: int = 0, grouped: bool = False) -> str:
    """Return `number` without needless zeros behind the first `places` decimals."""
    whole, _, decimals = (f"{number:,f}" if grouped else f"{number:f}").partition(".")
    decimals = decimals.rstrip("0").ljust(places, "0")
    return f"{whole}.{decimals}" if decimals else whole
