"""Why two records may be one contact, in short phrases for a person."""

import math

from contacts.matching import fields as f
from contacts.matching.bags import INITIAL
from contacts.matching.compare import Compared
from contacts.matching.name_reasons import name_reason
from contacts.matching.prepare import Prepared
from contacts.matching.weights import WORDS
from contacts.matching.word_lists import DIRECTIONS

_SIMPLE = {
    "tax": {f.EQUAL: "same tax number", f.NEAR: "tax number differs by one digit"},
    "email": {
        f.EQUAL: "same e-mail",
        f.NEAR: "e-mail differs by a letter or two",
        f.SAME_LOCAL: "same e-mail name at another domain",
        f.SAME_DOMAIN: "same e-mail domain",
    },
    "mobile": {f.EQUAL: "same mobile", f.NEAR: "mobile differs by one digit"},
    "landline": {f.EQUAL: "same phone", f.NEAR: "phone differs by one digit"},
    "account": {f.EQUAL: "same account number"},
    "person": {f.EQUAL: "same contact person"},
}
_STREET = {
    4 * f.EQUAL + f.EQUAL: "same address",
    4 * f.EQUAL + f.NEAR: "same street, house number differs by one digit",
    4 * f.EQUAL + f.DIFFERENT: "same street, other house number",
    4 * f.EQUAL + f.MISSING: "same street",
    4 * f.NEAR + f.EQUAL: "similar street, same house number",
    4 * f.NEAR + f.NEAR: "similar street",
    4 * f.NEAR + f.MISSING: "similar street",
    f.OTHER_UNIT: "same building, other unit",
}
_PLACE = {
    4 * f.EQUAL + f.EQUAL: "same city and postcode",
    4 * f.EQUAL + f.NEAR: "same city",
    4 * f.EQUAL + f.DIFFERENT: "same city, other postcode",
    4 * f.EQUAL + f.MISSING: "same city",
    4 * f.NEAR + f.EQUAL: "same postcode, similar city",
    4 * f.DIFFERENT + f.EQUAL: "same postcode",
    4 * f.MISSING + f.EQUAL: "same postcode",
}
# Outcomes that support an identity: a street does, a town or a mail domain does not.
_SUPPORTS = {
    "tax": (f.EQUAL, f.NEAR),
    "email": (f.EQUAL, f.NEAR),
    "mobile": (f.EQUAL, f.NEAR),
    "landline": (f.EQUAL, f.NEAR),
    "account": (f.EQUAL,),
    "address": tuple(_STREET.keys() - {f.OTHER_UNIT}),
}


# What a firm gives to all its branches (a town is often the very word by which they differ), and
# what people of one home have in common.
_SHARED_BY_BRANCHES = {"tax", "email", "account", "place"}
_SHARED_AT_HOME = {"landline", "address", "place"}
# Evidence of an initial, with a margin for rounding.
_INITIAL = math.log(WORDS.rates[INITIAL] / WORDS.initial_chance) + 0.05


def reasons(a: Prepared, b: Prepared, compared: Compared, n: int) -> tuple[str, ...]:
    """Return the reasons for pair n, the name first, then the strongest fields first."""
    found = [name_reason(a, b)]
    for field, phrases in _SIMPLE.items():
        found.append(phrases.get(int(compared.outcomes[field][n]), ""))
    found.append(_STREET.get(int(compared.outcomes["address"][n]), ""))
    found.append(_PLACE.get(int(compared.outcomes["place"][n]) % 16, ""))
    return tuple(reason for reason in found if reason)


def corroborated(a: Prepared, b: Prepared, compared: Compared, n: int) -> bool:
    """Tell whether something besides the name agrees that its likeliest rivals would not share.

    Rivals are the branches of a firm, and relatives whose first names begin alike or who have one
    name. A town counts with its postcode only, and where no two streets speak against it.
    """
    if _are_told_apart(a, b):
        return False
    supports = {
        field
        for field, outcomes in _SUPPORTS.items()
        if int(compared.outcomes[field][n]) in outcomes
    }
    if _same_town(compared, n):
        supports.add("place")
    if compared.outcomes["email"][n] == f.NEAR and set(a.words) != set(b.words):
        # Firms take their domain from their name: two names a letter apart have such domains.
        supports.discard("email")
    if _may_be_branches(compared, n):
        supports -= _SHARED_BY_BRANCHES
    if a.generation != b.generation or _may_be_relatives(a, b, compared, n):
        supports -= _SHARED_AT_HOME
    if supports <= _SHARED_AT_HOME and _have_own_phones(compared, n):
        # Father and son of one name: nothing but the home agrees, and each has a mobile.
        return False
    return bool(supports)


def _have_own_phones(compared: Compared, n: int) -> bool:
    """Tell whether the mobiles, which people keep to themselves, differ by more than a slip."""
    return int(compared.outcomes["mobile"][n]) == f.DIFFERENT


def _same_town(compared: Compared, n: int) -> bool:
    place = int(compared.outcomes["place"][n])
    return place % 16 == 4 * f.EQUAL + f.EQUAL and place - place % 16 != f.STREET_DIFFERS


def _may_be_branches(compared: Compared, n: int) -> bool:
    """Tell whether a firm's name goes on with a word of its own, such as a town, on one side."""
    name = compared.name.aligned
    longer = max(float(name.left_over_a[n]), float(name.left_over_b[n]))
    return not compared.name.persons[n] and longer >= 1


def _may_be_relatives(a: Prepared, b: Prepared, compared: Compared, n: int) -> bool:
    """Tell whether all that the names share besides one word is an initial: J Lee, Jane Lee."""
    name = compared.name.aligned
    initials = [{word for word in record.words if len(word) == 1} for record in (a, b)]
    return initials[0] != initials[1] and bool(name.evidence[n] - name.best[n] < _INITIAL)


def _are_told_apart(a: Prepared, b: Prepared) -> bool:
    """Tell whether the names differ by what is written to tell two apart.

    Father and son, north and south (alone or in a longer word), numbers of units and plans.
    """
    marks = ({a.generation} - {""}, {b.generation} - {""})
    directions = (_directions(a, b), _directions(b, a))
    numbers = (_numbers(a), _numbers(b))
    return any(
        ours and theirs and ours.isdisjoint(theirs) for ours, theirs in (marks, directions, numbers)
    )


def _directions(own: Prepared, other: Prepared) -> set[str]:
    apart = set(own.words) - set(other.words)
    return {way for word in apart for way in DIRECTIONS if word.startswith(way)}


def _numbers(record: Prepared) -> set[str]:
    return {word for word in record.words if word.isdigit()}
