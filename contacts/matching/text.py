"""Fold any text to plain lower-case Latin words: spelling habits are no differences."""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

from contacts.matching.records import LONGEST_VALUE

# Letters and digits of the folded text; everything else separates words.
_WORD = re.compile(r"[a-z0-9]+")
_NOT_A_DIGIT = re.compile(r"[^0-9]+")
# Marks inside a word that people leave out as often as they write them: O'Brien, Int'l, A.B.C.,
# al-Qa'ida.
_INNER_MARKS = str.maketrans("", "", "'`\u00b4\u2018\u2019\u02bc\u02b9\u02bb")


def fold(value: str) -> str:
    """Return the value in lower-case ASCII, other scripts transliterated (anyascii)."""
    value = value[:LONGEST_VALUE].translate(_INNER_MARKS)
    if value.isascii():
        return value.lower()
    return _fold_other_scripts(value)


@lru_cache(maxsize=4096)
def _fold_other_scripts(value: str) -> str:
    composed = unicodedata.normalize("NFKC", value)
    plain = "".join(
        c for c in unicodedata.normalize("NFD", composed) if not unicodedata.combining(c)
    )
    return anyascii(plain).lower().translate(_INNER_MARKS)


def words(value: str) -> list[str]:
    """Split folded text into words of letters and digits."""
    return _WORD.findall(value)


def digits(value: str) -> str:
    """Return only the decimal digits, those of other scripts read as 0 to 9."""
    value = value[:LONGEST_VALUE]
    if value.isascii():
        return _NOT_A_DIGIT.sub("", value)
    return "".join(
        c if c.isascii() else str(unicodedata.decimal(c)) for c in value if c.isdecimal()
    )
