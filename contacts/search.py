"""The search key: one folded text per row, so that search is the same on every database."""

import re
import unicodedata
from collections.abc import Iterable

from django.db import models

PUNCTUATION = re.compile(r"[^\w@.+-]+")
# Each word is a condition, and SQLite takes a statement of 1,000 at most: a pasted letter would be
# an error. Nobody finds more by a thirteenth word.
MOST_WORDS = 12


def fold(text: str, *, accents: bool = False) -> str:
    """Return `text` in lower case, with single spaces, and without accents unless asked for."""
    plain = unicodedata.normalize("NFKC" if accents else "NFKD", text.casefold())
    if not accents:
        plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return PUNCTUATION.sub(" ", plain).strip()


def digits(text: str) -> str:
    """Return the digits of `text`, which is how phones are compared and found."""
    return re.sub(r"\D", "", text)


def search_key(values: Iterable[str], *, phones: Iterable[str] = ()) -> str:
    """Join what a row can be found by; phones are found by their digits alone."""
    numbers = map(digits, phones)
    return " ".join(part for part in (*map(fold, values), *numbers) if part)[:4000]


def words_of(query: str) -> list[str]:
    """Return the words that a search looks for: folded, each once, up to MOST_WORDS."""
    return list(dict.fromkeys(fold(query).split()))[:MOST_WORDS]


def matching(query: str) -> models.Q:
    """Return the condition that every word of `query` stands somewhere in `search_key`.

    A query that is a phone number with spaces or brackets is looked up by its digits.
    """
    number = digits(query)
    if len(number) >= 6 and not re.search(r"[A-Za-z@]", query):
        return models.Q(search_key__contains=number)
    condition = models.Q()
    for word in words_of(query):
        condition &= models.Q(search_key__contains=word)
    return condition
