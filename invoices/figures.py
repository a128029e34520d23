"""Numbers as people write them."""

from decimal import Decimal


def figure(number: Decimal, *, places: int = 0) -> str:
    """A number as one types it: no needless zeros behind the first `places` decimals."""
    whole, _, decimals = f"{number:f}".partition(".")
    decimals = decimals.rstrip("0").ljust(places, "0")
    return f"{whole}.{decimals}" if decimals else whole
