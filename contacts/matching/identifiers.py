"""Tax and account numbers: compared as letters and digits only."""

import re

_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]")
# Weights and modulus of the Australian Business Number (ABR, "Format of the ABN").
_ABN_WEIGHTS = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)
_ABN_MODULUS = 89


def read_identifier(value: str) -> str:
    """Return the number's letters and digits, lower case; blank where fewer than three are left."""
    compact = _NOT_ALPHANUMERIC.sub("", value[:60].lower())
    return compact if len(compact) >= 3 else ""


def is_abn(number: str) -> bool:
    """Check the eleven digits of an Australian Business Number by its weighted sum (subtract 1 first)."""
    if len(number) != 11 or not (number.isascii() and number.isdigit()):
        return False
    first, *rest = (int(c) for c in number)
    return sum(w * d for w, d in zip(_ABN_WEIGHTS, (first - 1, *rest), strict=True)) % _ABN_MODULUS == 0
