"""What two names have in common, in one phrase for a person."""

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from contacts.matching.word_lists import COMMON_IN_FIRMS, NICKNAME_KEYS


def name_reason(a: Sequence[str], b: Sequence[str]) -> str:
    """Return the phrase; blank where the names have nothing in common, or one is missing."""
    if not a or not b:
        return ""
    if sorted(a) == sorted(b):
        return "same name"
    if "".join(a) == "".join(b):
        return "same name, spaced differently"
    rest_a, rest_b = _without(a, b), _without(b, a)
    same = len(a) > len(rest_a)
    if not rest_a or not rest_b:
        return _part(rest_a or rest_b)
    return _difference(rest_a, rest_b, same=same)


def _without(a: Sequence[str], b: Sequence[str]) -> list[str]:
    rest = list(a)
    for word in b:
        if word in rest:
            rest.remove(word)
    return rest


def _part(extra: Sequence[str]) -> str:
    if set(extra) <= COMMON_IN_FIRMS:
        return f'same name but for "{" ".join(extra)}"'
    return "one name is part of the other"


def _difference(a: Sequence[str], b: Sequence[str], *, same: bool) -> str:
    if len(a) == len(b) == 1:
        x, y = a[0], b[0]
        if x in NICKNAME_KEYS and NICKNAME_KEYS[x] == NICKNAME_KEYS.get(y):
            return "short form of the same name" if not same else "same name, one in short form"
        if min(len(x), len(y)) == 1 and x[0] == y[0]:
            return "same name, one as an initial"
        distance = OSA.distance(x, y, score_cutoff=2)
        if distance <= 2 and max(len(x), len(y)) >= 4:
            return f"name differs by {'one letter' if distance == 1 else 'two letters'}"
    return "part of the name is the same" if same else ""
