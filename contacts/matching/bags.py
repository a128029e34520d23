"""Compare names word by word, free of order, for many pairs at once.

Each word of one name looks for a partner in the other: the same word, a short form (Bob, Robert),
an initial, or a word one or two letters away (optimal string alignment distance). Partners are
taken greedily, best first. The evidence of a pair of words is log(m / u): m the rate at which true
matches look like this (weights.py), u the chance that an unrelated name holds such a word, which is
its share of the lists. Words left over on both sides contradict; words left over on one side only
are mostly additions and cost little.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from contacts.matching.arrays import Bools, Floats, Ints
from contacts.matching.encode import Bags, Codes, WordTable
from contacts.matching.names import GIVEN, TOWN
from contacts.matching.weights import WORDS

EXACT, TYPO, TWO_TYPOS, SHORT_FORM, INITIAL = 1, 2, 3, 4, 5


@dataclass(slots=True)
class Aligned:
    """The outcome per pair: evidence of all partners, that of the best one, and what was left over.

    `best` counts two given names for less: relatives share a surname. `roles` has a bit for each
    role shared.
    """

    evidence: Floats
    best: Floats
    partners: Ints
    roles: Ints
    left_over_a: Floats
    left_over_b: Floats
    known: Bools

    def compact(self) -> "Aligned":
        """Keep half the memory; the precision lost is far below any threshold."""
        return Aligned(
            self.evidence.astype(np.float32),
            self.best.astype(np.float32),
            self.partners.astype(np.int8),
            self.roles.astype(np.int8),
            self.left_over_a.astype(np.float32),
            self.left_over_b.astype(np.float32),
            self.known,
        )

    @classmethod
    def concatenated(cls, parts: Sequence["Aligned"]) -> "Aligned":
        """Put the parts one after another."""
        return cls(
            np.concatenate([p.evidence for p in parts]),
            np.concatenate([p.best for p in parts]),
            np.concatenate([p.partners for p in parts]),
            np.concatenate([p.roles for p in parts]),
            np.concatenate([p.left_over_a for p in parts]),
            np.concatenate([p.left_over_b for p in parts]),
            np.concatenate([p.known for p in parts]),
        )


@dataclass(slots=True)
class _Combinations:
    """Every word of one name with every word of the other.

    For each: its pair, the word codes, the words' spots in their bags, and their places among the
    words compared.
    """

    pair: Ints
    a: Ints
    b: Ints
    spot_a: Ints
    spot_b: Ints
    place_a: Ints
    place_b: Ints


def align(
    left: Bags, i: Ints, right: Bags, j: Ints, codes: Codes, table: WordTable, floor: float
) -> Aligned:
    """Align the bags of records i and j; `floor` is the least share a word is credited with."""
    n = len(i)
    every = _combinations(left, i, right, j)
    evidence = _word_evidence(every, codes, table, floor)
    chosen = _greedy(every, evidence)
    pair = every.pair[chosen]
    won = evidence[chosen]
    role_a, role_b = left.roles[every.spot_a[chosen]], right.roles[every.spot_b[chosen]]
    # That both are in one town is evidence already, by the place: here it is only their habit.
    won = np.where((role_a == TOWN) & (role_b == TOWN), np.minimum(won, WORDS.town_in_name), won)
    won[_two_real_words(every.a[chosen], every.b[chosen], codes, table, floor)] = WORDS.typo_to_real
    both_given = (role_a == GIVEN) & (role_b == GIVEN)
    best = np.zeros(n)
    np.maximum.at(best, pair, won - WORDS.given_name_shared * both_given)
    roles = np.zeros(n, np.int64)
    np.bitwise_or.at(roles, pair, np.where(role_a == role_b, role_a, 0))
    return Aligned(
        evidence=np.bincount(pair, weights=won, minlength=n).astype(np.float64),
        best=best,
        partners=np.bincount(pair, minlength=n),
        roles=roles,
        left_over_a=_left_over(left, i, table, every.a[chosen], pair),
        left_over_b=_left_over(right, j, table, every.b[chosen], pair),
        known=(left.sizes[i] > 0) & (right.sizes[j] > 0),
    )


def count_levels(
    left: Bags, i: Ints, right: Bags, j: Ints, codes: Codes, table: WordTable, floor: float
) -> Ints:
    """Return how many partners of each level every pair has, shape (pairs, levels)."""
    every = _combinations(left, i, right, j)
    chosen = _greedy(every, _word_evidence(every, codes, table, floor))
    levels = word_levels(every.a[chosen], every.b[chosen], codes, table)
    counts = np.zeros((len(i), len(WORDS.rates)), np.int64)
    np.add.at(counts, (every.pair[chosen], levels), 1)
    return counts


def _combinations(left: Bags, i: Ints, right: Bags, j: Ints) -> _Combinations:
    size_a, size_b = left.sizes[i], right.sizes[j]
    total = size_a * size_b
    pair = np.repeat(np.arange(len(i)), total)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(total) - total, total)
    at_a, at_b = within // np.maximum(size_b[pair], 1), within % np.maximum(size_b[pair], 1)
    spot_a, spot_b = left.offsets[i][pair] + at_a, right.offsets[j][pair] + at_b
    return _Combinations(
        pair,
        left.words[spot_a],
        right.words[spot_b],
        spot_a,
        spot_b,
        (np.cumsum(size_a) - size_a)[pair] + at_a,
        (np.cumsum(size_b) - size_b)[pair] + at_b,
    )


def _word_evidence(every: _Combinations, codes: Codes, table: WordTable, floor: float) -> Floats:
    level = word_levels(every.a, every.b, codes, table)
    share = np.maximum(np.maximum(codes.share[every.a], codes.share[every.b]), floor)
    length = np.minimum(np.maximum(table.length[every.a], table.length[every.b]), 12)
    chance = np.choose(
        level,
        [
            np.ones_like(share),
            share,
            2 * share + WORDS.one_letter_away[length],
            2 * share + WORDS.two_letters_away[length],
            np.maximum(table.group_share[every.a], 2 * share),
            np.full_like(share, WORDS.initial_chance),
        ],
    )
    rate = WORDS.rates[level]
    # A word never speaks against its own partner: a common typo is at worst no evidence.
    return np.where(level > 0, np.maximum(np.log(rate / np.minimum(chance, 1.0)), 0.05), 0.0)


def _two_real_words(a: Ints, b: Ints, codes: Codes, table: WordTable, floor: float) -> Ints:
    """Return where two words a letter or two apart are both in use: Mark and Mary, Karl and Carl.

    A mistyped word is rare beside the one that was meant; `floor` is the share of one record.
    """
    rarer = np.minimum(codes.share[a], codes.share[b])
    commoner = np.maximum(codes.share[a], codes.share[b])
    used = (a != b) & (rarer >= 2 * floor) & (rarer >= WORDS.typo_share * commoner)
    ask = np.flatnonzero(used)
    level = word_levels(a[ask], b[ask], codes, table)
    return np.asarray(ask[(level == TYPO) | (level == TWO_TYPOS)], np.int64)


def word_levels(a: Ints, b: Ints, codes: Codes, table: WordTable) -> Ints:
    """Classify pairs of words; 0 where they have nothing to do with one another."""
    level = np.zeros(len(a), np.int64)
    if not len(a):
        return level
    shortest = np.minimum(table.length[a], table.length[b])
    same_first = table.first[a] == table.first[b]
    initial = (shortest == 1) & same_first & ~table.numeric[a] & ~table.numeric[b]
    level[initial] = INITIAL
    level[(table.group[a] >= 0) & (table.group[a] == table.group[b])] = SHORT_FORM
    _mark_typos(level, a, b, codes, table)
    level[a == b] = EXACT
    return level


def _mark_typos(level: Ints, a: Ints, b: Ints, codes: Codes, table: WordTable) -> None:
    longest = np.maximum(table.length[a], table.length[b])
    near = np.bitwise_count(table.letters[a] ^ table.letters[b]) <= 4
    near &= np.abs(table.length[a] - table.length[b]) <= 2
    near &= (longest >= 4) & (a != b) & ~table.numeric[a] & ~table.numeric[b]
    ask = np.flatnonzero(near)
    if not len(ask):
        return
    distance = cpdist(
        codes.texts[a[ask]].tolist(),
        codes.texts[b[ask]].tolist(),
        scorer=OSA.distance,
        score_cutoff=2,
        dtype=np.uint8,
    )
    two = ask[(distance == 2) & (longest[ask] >= 6)]
    level[two] = np.where(level[two] == 0, TWO_TYPOS, level[two])
    one = ask[distance == 1]
    level[one] = np.where(level[one] == SHORT_FORM, SHORT_FORM, TYPO)


def _greedy(every: _Combinations, evidence: Floats) -> Ints:
    """Choose partners best first, each word once; return the chosen combinations."""
    alive = np.flatnonzero(evidence > 0)
    alive = alive[np.lexsort((-evidence[alive], every.pair[alive]))]
    used_a = np.zeros(int(every.place_a.max()) + 1 if len(every.place_a) else 0, np.bool_)
    used_b = np.zeros(int(every.place_b.max()) + 1 if len(every.place_b) else 0, np.bool_)
    chosen = []
    while len(alive):
        pair = every.pair[alive]
        first = alive[np.concatenate([[True], pair[1:] != pair[:-1]])]
        chosen.append(first)
        used_a[every.place_a[first]] = True
        used_b[every.place_b[first]] = True
        alive = alive[~used_a[every.place_a[alive]] & ~used_b[every.place_b[alive]]]
    return np.concatenate(chosen) if chosen else np.zeros(0, np.int64)


def _left_over(bags: Bags, i: Ints, table: WordTable, chosen: Ints, pair: Ints) -> Floats:
    """Return the summed importance of the words without a partner, for each record i."""
    running = np.concatenate([[0.0], np.cumsum(table.importance[bags.words])])
    total = running[bags.offsets[i + 1]] - running[bags.offsets[i]]
    partnered = np.bincount(pair, weights=table.importance[chosen], minlength=len(i))
    # Importances are tenths; what is less is rounding, and must not look like a word.
    return np.asarray(np.round(total - partnered, 3), np.float64)
