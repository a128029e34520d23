"""What two names have in common, in one phrase for a person."""

from rapidfuzz.distance import OSA

from contacts.matching.names import GIVEN, SURNAME
from contacts.matching.prepare import Prepared
from contacts.matching.word_lists import COMMON_IN_FIRMS, NICKNAME_KEYS

# A word and its role: given name, surname, or not known.
Word = tuple[str, int]

_PART = {GIVEN: "first name", SURNAME: "surname"}
# Shorter words that differ by a letter are other words.
_SHORTEST_MISTYPED = 4


def name_reason(a: Prepared, b: Prepared) -> str:
    """Return the phrase; blank where the names have nothing in common, or one is missing."""
    if not a.words or not b.words:
        return ""
    if sorted(a.words) == sorted(b.words):
        return "same name"
    if "".join(a.words) == "".join(b.words):
        return "same name, spaced differently"
    rest_a, rest_b = _without(a, b), _without(b, a)
    in_common = len(a.words) > len(rest_a)
    if not rest_a or not rest_b:
        return _part([word for word, _ in rest_a or rest_b])
    if len(rest_a) == len(rest_b) == 1 and (phrase := _one_word(rest_a[0], rest_b[0])):
        return phrase
    return _in_common(a, b, rest_a, rest_b) if in_common else ""


def _without(a: Prepared, b: Prepared) -> list[Word]:
    """Return the words of a that b does not have, with their roles."""
    theirs = list(b.words)
    rest = []
    for word, role in zip(a.words, a.roles, strict=True):
        if word in theirs:
            theirs.remove(word)
        else:
            rest.append((word, role))
    return rest


def _part(extra: list[str]) -> str:
    if set(extra) <= COMMON_IN_FIRMS:
        return f'same name but for "{" ".join(extra)}"'
    return "one name is part of the other"


def _one_word(a: Word, b: Word) -> str:
    """Say how the one word differs that is not the same; blank where it is another word."""
    (x, role), (y, other_role) = a, b
    part = _PART.get(role, "name") if role == other_role else "name"
    if min(len(x), len(y)) == 1 and x[0] == y[0]:
        return f"same name, {part} as an initial" if part != "name" else "same name, one initial"
    if x in NICKNAME_KEYS and NICKNAME_KEYS[x] == NICKNAME_KEYS.get(y):
        return "short form of the same name"
    distance = OSA.distance(x, y, score_cutoff=2)
    if distance > 2 or max(len(x), len(y)) < _SHORTEST_MISTYPED:
        return ""
    return f"{part} differs by {'one letter' if distance == 1 else 'two letters'}"


def _in_common(a: Prepared, b: Prepared, rest_a: list[Word], rest_b: list[Word]) -> str:
    """Say which part is the same, where the fields tell given names from surnames."""
    roles = {role for _, role in (*rest_a, *rest_b)}
    if roles == {SURNAME} and GIVEN in a.roles and GIVEN in b.roles:
        return "same first name"
    if roles == {GIVEN} and SURNAME in a.roles and SURNAME in b.roles:
        return "same surname"
    return "part of the name is the same"
