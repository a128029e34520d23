"""Three-way comparison of a contact: what both sides agreed on last, ours now, theirs now. Pure.

Each side is compared with what it held itself when they last agreed, so that what the other side
cannot hold or spells in its own way is no change of anybody's. A blank never overwrites a value.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from xero_integration.both_sides.fields import (
    OURS,
    PAIRS,
    Difference,
    Pair,
    Values,
    acceptable,
    beside,
)
from xero_integration.models.connection import EditRule

# Ours alone, and sent: Xero's terms are not read back.
TERMS = "terms"


class Way(StrEnum):
    """What is to be done about one pair of fields."""

    REST = "rest"  # nothing new, or nothing that can be done
    TAKE = "take"  # theirs comes here
    SEND = "send"  # ours goes there
    ASK = "ask"  # a person chooses
    AGREE = "agree"  # from now on this is what they agreed on


@dataclass
class Agreed:
    """What each side held of each field, by our names, when the two last agreed."""

    ours: Values = field(default_factory=dict)
    theirs: Values = field(default_factory=dict)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Agreed":
        return cls(dict(stored.get("ours", {})), dict(stored.get("theirs", {})))

    def as_json(self) -> dict[str, Values]:
        return {"ours": self.ours, "theirs": self.theirs}

    def __bool__(self) -> bool:
        return bool(self.ours)

    def note(
        self, names: Iterable[str], ours: Mapping[str, str], theirs: Mapping[str, str]
    ) -> None:
        """Let what the sides hold of these fields now be what they agreed on."""
        for name in names:
            self.ours[name] = ours[name]
            if name in theirs:
                self.theirs[name] = theirs[name]

    def insist(self, names: Iterable[str], theirs: Mapping[str, str]) -> None:
        """Let ours stand in these fields: what is there is known, and ours is a change of it."""
        for name in names:
            self.theirs[name] = theirs[name]
            self.ours.setdefault(name, "")

    def knows(self, theirs: Mapping[str, str]) -> bool:
        """Say whether nothing changed there since."""
        return self.theirs == theirs


def way(
    pair: Pair,
    agreed: Agreed,
    ours: Mapping[str, str],
    theirs: Mapping[str, str],
    *,
    rule: EditRule,
) -> Way:
    """Say what is to be done about one pair. Without an agreement both sides count as changed."""
    both = beside(pair, ours, theirs)
    ours_changed = any(agreed.ours.get(name) != ours[name] for name in pair.ours)
    theirs_changed = any(agreed.theirs.get(name) != theirs[name] for name in pair.ours)
    if not theirs_changed:
        return Way.SEND if ours_changed and any(both.ours) else Way.REST
    if not ours_changed:
        return Way.TAKE if can_take(both) else Way.AGREE
    if both.is_alike:
        return Way.AGREE
    return _of_both(both, rule)


def _of_both(both: Difference, rule: EditRule) -> Way:
    """Both changed it, differently: a blank gives way, else the rule decides."""
    if not any(both.theirs):
        return Way.SEND
    if not can_take(both):
        return Way.SEND if any(both.ours) else Way.AGREE
    if not any(both.ours) or rule == EditRule.THEIRS:
        return Way.TAKE
    return Way.ASK if rule == EditRule.ASK else Way.SEND


def can_take(both: Difference) -> bool:
    return any(both.theirs) and acceptable(both)


def ways(
    agreed: Agreed, ours: Mapping[str, str], theirs: Mapping[str, str], *, rule: EditRule
) -> dict[Way, list[Pair]]:
    """Return the pairs by what is to be done about them."""
    found: dict[Way, list[Pair]] = {each: [] for each in Way}
    for pair in PAIRS:
        found[way(pair, agreed, ours, theirs, rule=rule)].append(pair)
    return found


def names_of(pairs: Iterable[Pair]) -> list[str]:
    return [name for pair in pairs for name in pair.ours]


def labels_of(names: Collection[str]) -> list[str]:
    """Return the words for the fields in `names`, in the order of the form."""
    return [pair.label for pair in PAIRS if {*pair.ours} & {*names}]


def to_send(
    agreed: Agreed, ours: Mapping[str, str], theirs: Mapping[str, str], *, rule: EditRule
) -> list[str]:
    """Return the fields of ours that Xero is to have; all of them where nothing was agreed on."""
    if not agreed:
        return list(ours)
    # What Xero has is not known yet: as it was.
    there = {**dict.fromkeys(OURS, ""), **(theirs or agreed.theirs)}
    names = names_of(ways(agreed, ours, there, rule=rule)[Way.SEND])
    has_new_terms = ours[TERMS] and agreed.ours.get(TERMS) != ours[TERMS]
    return [*names, TERMS] if has_new_terms else names
