"""Names as bags of words: order, case, titles and legal forms do not count; initials and short
forms are kept.

Whole-string scorers do not pass F1 .78 on adversarial name pairs (docs/matching.md), because they
cannot tell a re-ordered name from another one. Words are compared one by one instead, in bags.py.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz.distance import OSA

from contacts.matching.text import fold, words
from contacts.matching.word_lists import (
    ABBREVIATIONS,
    COMMON_IN_FIRMS,
    FILLERS,
    LEGAL_FORMS,
    LEGAL_PHRASES,
    NICKNAME_KEYS,
    PARTICLES,
    TITLES,
)

# Words beyond this many are ignored: it bounds the work, and no real name has more.
MOST_WORDS = 12

_TRADING_AS = re.compile(
    r"\b(?:t/as?|t\.a\.|trading as|trading name|also known as|a/k/a|aka|dba|d/b/a)\b"
)
_DOTTED_LETTERS = re.compile(r"\b(?:[a-z0-9]\.\s?){2,}")
_LETTER_SLASH = re.compile(r"\b([a-z])/([a-z])\b")
_PHRASES = re.compile(r"\b(?:" + "|".join(LEGAL_PHRASES) + r")\b")
_DROPPED = TITLES | LEGAL_FORMS | FILLERS


# What a word is, where the record says so: a given name, a surname, or the town of its address. As
# bits, since the roles that two names share are collected in one number.
UNKNOWN_ROLE, GIVEN, SURNAME, TOWN = 0, 1, 2, 4


class Name(NamedTuple):
    """The words of the name itself, and of a person named beside it (contact person, "J Smith T/A
    ...").

    `roles` stand beside `words`; `firm` says that the name has a legal form or a word that only
    firms use.
    """

    words: tuple[str, ...]
    person: tuple[str, ...]
    roles: tuple[int, ...]
    firm: bool


def read_name(name: str, first_name: str = "", last_name: str = "") -> Name:
    """Read a contact's name; without one, the person's name serves."""
    given, surname = name_words(first_name), name_words(last_name)
    person = (*given, *surname)
    folded = fold(name)
    trading = _TRADING_AS.split(folded, maxsplit=1) if "t" in folded or "k" in folded else [folded]
    if len(trading) == 2 and trading[1].strip():
        person = name_words(trading[0]) or person
        folded = trading[1]
    own = name_words(folded) or person
    # Only what the person adds: the founder's surname in a firm's name must not count twice.
    beside = tuple(word for word in person if not any(_alike(word, other) for other in own))
    if not beside and len(own) <= len(person):
        return Name(own, (), _roles(own, given, surname), False)
    return Name(own, beside, (UNKNOWN_ROLE,) * len(own), _is_firm(folded))


def _alike(word: str, other: str) -> bool:
    if word == other:
        return True
    if min(len(word), len(other)) == 1:
        return word[0] == other[0]
    return NICKNAME_KEYS.get(word, word) == NICKNAME_KEYS.get(other, other) or OSA.distance(
        word, other, score_cutoff=2
    ) <= min(2, (max(len(word), len(other)) - 2) // 2)


def _roles(own: Sequence[str], given: Sequence[str], surname: Sequence[str]) -> tuple[int, ...]:
    """Tell for each word of a person's name whether it is a given name or a surname."""
    exact = {**dict.fromkeys(given, GIVEN), **dict.fromkeys(surname, SURNAME)}
    return tuple(exact.get(word) or _role_alike(word, given, surname) for word in own)


def _role_alike(word: str, given: Sequence[str], surname: Sequence[str]) -> int:
    if any(_alike(word, other) for other in surname):
        return SURNAME
    return GIVEN if any(_alike(word, other) for other in given) else UNKNOWN_ROLE


def _is_firm(folded: str) -> bool:
    return any(word in LEGAL_FORMS or word in COMMON_IN_FIRMS for word in words(folded))


def name_words(value: str) -> tuple[str, ...]:
    """Return the words that identify: no titles, legal forms or fillers, unless all are such."""
    folded = fold(value)
    if "." in folded:
        folded = _DOTTED_LETTERS.sub(_join_letters, folded)
    if "/" in folded:
        folded = _LETTER_SLASH.sub(r"\1\2", folded)
    split = words(folded)
    if len(split) > 2:
        split = words(_PHRASES.sub(" ", " ".join(split))) or split
    kept = [ABBREVIATIONS.get(w, w) for w in split if w not in _DROPPED]
    if not PARTICLES.isdisjoint(kept):
        kept = _with_particles(kept)
    return tuple((kept or split)[:MOST_WORDS])


def _with_particles(split: Sequence[str]) -> list[str]:
    """Run "van der berg" together as one word; a particle at the end stands alone."""
    joined, before = [], ""
    for word in split:
        if word in PARTICLES:
            before += word
        else:
            joined.append(before + word)
            before = ""
    return [*joined, before] if before else joined


def _join_letters(match: re.Match[str]) -> str:
    return match.group().replace(".", "").replace(" ", "") + " "
