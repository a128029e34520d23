"""Records as columns of small integers, so that millions of comparisons run in numpy and not in
Python.

Every value of a field becomes a code; -1 stands for "not known". Both lists share one set of codes,
and each code carries its chance rate: the share of all records that hold the value, which is the
probability that two unrelated records agree on it (Fellegi and Sunter 1969; frequency weights:
Winkler 1990).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from contacts.matching.addresses import Address
from contacts.matching.arrays import Bools, Floats, Ints
from contacts.matching.prepare import SLOTS, Place, Prepared
from contacts.matching.shares import EXPERIENCE, counted_shares
from contacts.matching.word_lists import COMMON_IN_FIRMS, NICKNAME_KEYS

# Share of a value given from outside (an index over a long list); blank kind and value are never
# asked.
ShareOf = Callable[[str, str], float]


@dataclass(slots=True)
class Codes:
    """The codes of one kind of value, their texts and how many records hold each."""

    kind: str
    ids: dict[str, int] = field(default_factory=dict)
    share: Floats = field(default_factory=lambda: np.zeros(0))
    texts: npt.NDArray[np.object_] = field(default_factory=lambda: np.zeros(0, dtype=object))
    length: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def code(self, value: str) -> int:
        """Return the code of a value, a new one if it is new; -1 for blank."""
        return self.ids.setdefault(value, len(self.ids)) if value else -1

    def finish(self, uses: Sequence[Ints], records: int, share_of: ShareOf | None) -> None:
        """Fix texts and shares once all values are in."""
        self.texts = np.array([*self.ids, ""], dtype=object)
        self.length = np.array([len(value) for value in self.texts], np.int64)
        if share_of is not None:
            self.share = np.array([share_of(self.kind, value) for value in self.ids] + [1.0])
            return
        used = np.concatenate([u.ravel() for u in uses]) if uses else np.zeros(0, np.int64)
        counts = np.bincount(used[used >= 0], minlength=len(self.ids) + 1)
        self.share = np.append(counted_shares(self.kind, [*self.ids], counts[:-1], records), 1.0)


@dataclass(slots=True)
class Bags:
    """For each record a bag of word codes: words[offsets[i]:offsets[i + 1]]."""

    offsets: Ints
    words: Ints
    roles: Ints

    @property
    def sizes(self) -> Ints:
        """Return the number of words of each record."""
        return np.diff(self.offsets)


@dataclass(slots=True)
class Side:
    """One list in columns. Slotted kinds are arrays of shape (records, SLOTS)."""

    size: int
    names: Bags
    persons: Bags
    firm: Bools
    columns: dict[str, Ints]


# Slotted columns and their kinds of code, in the order in which `_email_values` and
# `_address_values` give values.
_EMAIL_COLUMNS = (("email", "email"), ("local", "local"), ("domain", "domain"))
_ADDRESS_COLUMNS = (
    ("number", "number"),
    ("street", "street"),
    ("unit", "unit"),
    ("box", "box"),
    ("other", "street"),
    ("city", "city"),
    ("postcode", "postcode"),
    ("town", "town"),
)
_PHONE_COLUMNS = (("landline", "phone"), ("mobile", "phone"))
_SINGLE_COLUMNS = (("tax", "tax"), ("account", "account"), ("joined", "joined"))
_COLUMNS = (*_EMAIL_COLUMNS, *_ADDRESS_COLUMNS, *_PHONE_COLUMNS, *_SINGLE_COLUMNS)


def _address_values(entry: tuple[Address, Place]) -> tuple[str, ...]:
    address, place = entry
    # City and postcode together: how often they go together tells how much they say together.
    town = f"{place.city} {place.postcode}" if place.city and place.postcode else ""
    return (*address, *place, town)


@dataclass(slots=True)
class WordTable:
    """What is needed of each word to compare it with another."""

    length: Ints
    letters: Ints
    group: Ints
    group_share: Floats
    first: Ints
    numeric: Bools
    importance: Floats


@dataclass(slots=True)
class Encoded:
    """Both sides and the codes they share; for one list, both sides are the same object."""

    left: Side
    right: Side
    codes: dict[str, Codes]
    words: WordTable
    records: int


def encode(
    left: Sequence[Prepared],
    right: Sequence[Prepared] | None,
    *,
    share_of: ShareOf | None = None,
    records: int | None = None,
) -> Encoded:
    """Turn one list (right is None) or two into columns."""
    codes = {kind: Codes(kind) for kind in ("word", *(k for _, k in _COLUMNS))}
    sides = [_encode_side(rows, codes) for rows in ((left,) if right is None else (left, right))]
    total = records or sum(side.size for side in sides)
    for kind, table in codes.items():
        table.finish(_uses(sides, kind), total, share_of)
    return Encoded(sides[0], sides[-1], codes, _word_table(codes["word"]), total + EXPERIENCE)


def _encode_side(rows: Sequence[Prepared], codes: dict[str, Codes]) -> Side:
    columns = {
        **_slotted(_EMAIL_COLUMNS, [r.emails for r in rows], codes),
        **_slotted(
            _ADDRESS_COLUMNS, [[_address_values(a) for a in r.addresses] for r in rows], codes
        ),
        **_slotted(_PHONE_COLUMNS[:1], [[(n,) for n in r.landlines] for r in rows], codes),
        **_slotted(_PHONE_COLUMNS[1:], [[(n,) for n in r.mobiles] for r in rows], codes),
    }
    for name, values in (
        ("tax", [r.tax for r in rows]),
        ("account", [r.account for r in rows]),
        ("joined", ["".join(r.words) for r in rows]),
    ):
        columns[name] = np.array([codes[name].code(value) for value in values], np.int64)
    return Side(
        len(rows),
        _bags([r.words for r in rows], [r.roles for r in rows], codes["word"]),
        _bags([r.person for r in rows], [(0,) * len(r.person) for r in rows], codes["word"]),
        np.array([r.firm for r in rows], np.bool_),
        columns,
    )


def _slotted(
    names: Sequence[tuple[str, str]],
    values: Sequence[Sequence[Sequence[str]]],
    codes: dict[str, Codes],
) -> dict[str, Ints]:
    """Return columns of shape (records, SLOTS); an entry holds one value for each column."""
    columns = {name: np.full((len(values), SLOTS), -1, np.int64) for name, _ in names}
    coders = [codes[kind].code for _, kind in names]
    # Hardly a record fills the second slot, so slots are filled by record and not by column.
    for slot in range(SLOTS):
        at = [n for n, entries in enumerate(values) if len(entries) > slot]
        for k, (name, _) in enumerate(names):
            code = coders[k]
            columns[name][at, slot] = [code(values[n][slot][k]) for n in at]
    return columns


def _bags(bags: Sequence[tuple[str, ...]], roles: Sequence[tuple[int, ...]], codes: Codes) -> Bags:
    offsets = np.zeros(len(bags) + 1, np.int64)
    np.cumsum([len(bag) for bag in bags], out=offsets[1:])
    return Bags(
        offsets,
        np.array([codes.code(word) for bag in bags for word in bag], np.int64),
        np.array([role for bag in roles for role in bag], np.int64),
    )


def _uses(sides: Sequence[Side], kind: str) -> list[Ints]:
    if kind == "word":
        return [bag for side in sides for bag in (side.names.words, side.persons.words)]
    names = [name for name, k in _COLUMNS if k == kind]
    return [side.columns[name] for side in sides for name in names]


def _word_table(codes: Codes) -> WordTable:
    values = list(codes.ids)
    groups: dict[str, int] = {}
    group = [
        groups.setdefault(NICKNAME_KEYS[w], len(groups)) if w in NICKNAME_KEYS else -1
        for w in values
    ]
    group_array = np.array(group, np.int64)
    per_group = np.bincount(
        group_array[group_array >= 0],
        weights=codes.share[:-1][group_array >= 0],
        minlength=len(groups) + 1,
    )
    return WordTable(
        length=np.array([len(w) for w in values], np.int64),
        letters=np.array([_letter_bits(w) for w in values], np.int64),
        group=group_array,
        group_share=np.where(group_array >= 0, per_group[group_array], 0.0)
        if values
        else np.zeros(0),
        first=np.array([ord(w[0]) for w in values], np.int64),
        numeric=np.array([w.isdigit() for w in values], np.bool_),
        importance=np.array([_importance(w) for w in values]),
    )


def _letter_bits(word: str) -> int:
    # One bit for each letter or digit that occurs: an edit changes at most two bits, which rules
    # most pairs out.
    bits = 0
    for c in word:
        bits |= 1 << (ord(c) - 87 if c > "9" else ord(c) - 48)
    return bits


def _importance(word: str) -> float:
    """Return how much it says that a word has no partner: 1 for a name, less for common words."""
    if word in COMMON_IN_FIRMS:
        return 0.3
    return 0.7 if len(word) == 1 else 1.0
