"""How likely two names are one name, with nothing else known: no lists, no other fields.

The same alignment of words as in the engine, with every word taken to be equally rare. It is what
the search box and the tests of names use; lists are compared by link.py and duplicates.py.
"""

from collections.abc import Sequence

import numpy as np

from contacts.matching.arrays import Bools, Floats
from contacts.matching.bags import align, count_levels
from contacts.matching.compare_names import joined_evidence
from contacts.matching.encode import encode
from contacts.matching.engine import probability
from contacts.matching.prepare import prepare
from contacts.matching.records import Record
from contacts.matching.weights import WORDS

# Every word is taken for one in a thousand: a name of middling rarity in a list of any size.
_SHARE = 0.001
# What a pair of words that is not the same word costs: one letter, two letters, short form,
# initial.
_COSTS = np.array([0.0, 0.0, 0.5, 1.2, 0.2, 0.4])
_JOINED_COST = 0.3
# Log odds of two identical names; from here one left-over word on both sides (3.0) tips the
# balance.
_SAME_NAME = 2.2


def name_probabilities(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """Return for each pair the probability, 0 to 1, that they name one person or firm."""
    if not pairs:
        return []
    left = [prepare(Record(id="", name=a)) for a, _ in pairs]
    right = [prepare(Record(id="", name=b)) for _, b in pairs]
    data = encode(left, right, share_of=lambda kind, value: _SHARE, records=round(1 / _SHARE))
    n = np.arange(len(pairs))
    words, table = data.codes["word"], data.words
    found = align(data.left.names, n, data.right.names, n, words, table, _SHARE)
    kinds = count_levels(data.left.names, n, data.right.names, n, words, table, _SHARE)
    contradiction = np.minimum(found.left_over_a, found.left_over_b)
    addition = np.abs(found.left_over_a - found.left_over_b)
    cost = WORDS.both_left_over * contradiction + WORDS.one_left_over * addition + kinds @ _COSTS
    joined = joined_evidence(data, n, n, found) > 0
    return [float(p) for p in probability(_odds(cost, joined, found.partners > 0, found.known))]


def _odds(cost: Floats, joined: Bools, partners: Bools, known: Bools) -> Floats:
    cost = np.where(joined, np.minimum(cost, _JOINED_COST), np.where(partners, cost, np.inf))
    return np.where(known, _SAME_NAME - cost, -np.inf)
