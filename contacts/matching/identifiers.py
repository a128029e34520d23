"""Tax and account numbers: compared as letters and digits only."""

import re

from stdnum.au import abn

_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]")


def read_identifier(value: str) -> str:
    """Return the number's letters and digits, lower case; blank where fewer than three are left."""
    compact = _NOT_ALPHANUMERIC.sub("", value[:60].lower())
    return compact if len(compact) >= 3 else ""


def both_valid_abns(a: str, b: str) -> bool:
    """Tell whether both are Australian Business Numbers with right check digits.

    The check digits find every single mistyped digit, so two valid numbers are two businesses.
    """
    return bool(abn.is_valid(a) and abn.is_valid(b))
