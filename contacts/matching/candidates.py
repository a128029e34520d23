"""Find the pairs worth comparing without a loop over all pairs.

An inverted index (Christen, Data Matching, 2012, chapter 4): records that share a key meet, keys
that too many records share are passed over, and of all that a record meets the few with the
greatest summed inverse frequency are kept. Time and memory grow with the number of records,
whatever they hold.
"""

from array import array
from collections.abc import Iterator, Sequence

import numpy as np

from contacts.matching.arrays import Floats, Ints
from contacts.matching.keys import keys
from contacts.matching.prepare import Prepared

# A key held by more records than this on one side tells too little to be worth their pairs.
LARGEST_BLOCK = 100
# Kept per record. True partners ranked below this were not seen on any list (docs/matching.md).
KEPT = 16
# Neighbours taken on each side in the order of the whole text; finds copies whose every key is too
# common.
NEIGHBOURS = 3
# Meetings worked on at a time: bounds the memory to some hundred MB.
_CHUNK = 3_000_000


def find_candidates(
    left: Sequence[Prepared], right: Sequence[Prepared] | None
) -> tuple[Ints, Ints]:
    """Return positions (i in left, j in right) of pairs to compare; i < j for one list."""
    other = left if right is None else right
    codes: dict[str, int] = {}
    mine = _memberships(left, codes)
    theirs = mine if right is None else _memberships(other, codes)
    found = [
        _best_of(i, j, weight)
        for i, j, weight in _meetings(
            mine, theirs, len(codes), len(left), len(other), right is None
        )
    ]
    found.append(_text_neighbours(left, right))
    i = np.concatenate([f[0] for f in found])
    j = np.concatenate([f[1] for f in found])
    if right is None:
        i, j = np.minimum(i, j), np.maximum(i, j)
    pairs = np.unique((i * len(other) + j)[(i != j) | (right is not None)])
    return pairs // max(len(other), 1), pairs % max(len(other), 1)


class _Memberships:
    """Which record holds which key, once ordered by record and once by key."""

    def __init__(self, records: Ints, keys_: Ints) -> None:
        self.records, self.keys = records, keys_
        order = np.argsort(keys_, kind="stable")
        self.by_key = records[order]


def _memberships(rows: Sequence[Prepared], codes: dict[str, int]) -> _Memberships:
    # One flat array: a list per record would cost most of the memory, and the collector's time.
    flat = array("q")
    sizes = np.zeros(len(rows), np.int64)
    for n, row in enumerate(rows):
        held = keys(row)
        sizes[n] = len(held)
        flat.extend([codes.setdefault(k, len(codes)) for k in held])
    return _Memberships(np.repeat(np.arange(len(rows)), sizes), np.array(flat, np.int64))


def _meetings(
    mine: _Memberships, theirs: _Memberships, keys_: int, left: int, right: int, one_list: bool
) -> Iterator[tuple[Ints, Ints, Floats]]:
    my_sizes = np.bincount(mine.keys, minlength=keys_)
    sizes = np.bincount(theirs.keys, minlength=keys_)
    starts = np.cumsum(sizes) - sizes
    usable = (my_sizes <= LARGEST_BLOCK) & (sizes <= LARGEST_BLOCK) & (sizes > int(one_list))
    # Inverse frequency: a key shared by few is worth more (Spaerck Jones 1972).
    worth = np.log1p((left + right) / np.maximum(my_sizes + sizes, 1))
    use = usable[mine.keys]
    records, held = mine.records[use], mine.keys[use]
    counts = sizes[held]
    ends = np.cumsum(counts)
    at = 0
    while at < len(held):
        # Always whole records, so that a record's meetings are counted together.
        to = int(np.searchsorted(ends, (ends[at - 1] if at else 0) + _CHUNK, side="right"))
        to = max(to, at + 1)
        to = int(np.searchsorted(records, records[to - 1], side="right"))
        yield _expand(records[at:to], held[at:to], counts[at:to], starts, worth, theirs.by_key)
        at = to


def _expand(
    records: Ints, held: Ints, counts: Ints, starts: Ints, worth: Floats, by_key: Ints
) -> tuple[Ints, Ints, Floats]:
    i = np.repeat(records, counts)
    within = np.arange(len(i)) - np.repeat(np.cumsum(counts) - counts, counts)
    j = by_key[np.repeat(starts[held], counts) + within]
    return i, j, np.repeat(worth[held], counts)


def _best_of(i: Ints, j: Ints, weight: Floats) -> tuple[Ints, Ints]:
    """Sum the weights of each pair and keep the best KEPT of each record i."""
    if not len(i):
        return i, j
    span = int(j.max()) + 1
    code = i * span + j
    order = np.argsort(code)
    code, weight = code[order], weight[order]
    starts = np.flatnonzero(np.concatenate([[True], code[1:] != code[:-1]]))
    total = np.add.reduceat(weight, starts)
    i, j = code[starts] // span, code[starts] % span
    best = np.lexsort((-total, i))
    i, j = i[best], j[best]
    first = np.flatnonzero(np.concatenate([[True], i[1:] != i[:-1]]))
    rank = np.arange(len(i)) - np.repeat(first, np.diff(np.append(first, len(i))))
    return i[rank < KEPT], j[rank < KEPT]


def _text_neighbours(
    left: Sequence[Prepared], right: Sequence[Prepared] | None
) -> tuple[Ints, Ints]:
    """Pair each record with its neighbours in the order of the whole text."""
    rows = [*left, *(right or ())]
    order = sorted(range(len(rows)), key=lambda n: rows[n][1:])
    place = np.array(order, np.int64)
    i = np.concatenate([place[:-step] for step in range(1, NEIGHBOURS + 1)] or [place])
    j = np.concatenate([place[step:] for step in range(1, NEIGHBOURS + 1)] or [place])
    if right is None:
        return i, j
    across = (i < len(left)) != (j < len(left))
    i, j = i[across], j[across]
    return np.minimum(i, j), np.maximum(i, j) - len(left)
