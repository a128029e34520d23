"""Compare the names of pairs: word by word, run together, and persons named beside firms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from contacts.matching import fields as f
from contacts.matching.arrays import Bools, Floats, Ints
from contacts.matching.bags import Aligned, align
from contacts.matching.encode import Bags, Encoded, Side
from contacts.matching.names import GIVEN, SURNAME

# A name of one word run together is its word; shorter ones meet others by chance.
_SHORTEST_JOINED = 6


@dataclass(slots=True)
class NamesCompared:
    """Names aligned word by word, and what else is known of the pair.

    `joined` is the evidence of two names that are equal, or nearly, with their spaces taken out; 0
    where they are not. `persons` holds where both are persons by their own fields, `mixed` where
    one is and the other is not.
    """

    aligned: Aligned
    joined: Floats
    persons: Bools
    mixed: Bools

    def compact(self) -> "NamesCompared":
        """Keep half the memory."""
        return NamesCompared(
            self.aligned.compact(), self.joined.astype(np.float32), self.persons, self.mixed
        )

    @classmethod
    def concatenated(cls, parts: Sequence["NamesCompared"]) -> "NamesCompared":
        """Put the parts one after another."""
        return cls(
            Aligned.concatenated([p.aligned for p in parts]),
            np.concatenate([p.joined for p in parts]),
            np.concatenate([p.persons for p in parts]),
            np.concatenate([p.mixed for p in parts]),
        )


def compare_names(data: Encoded, i: Ints, j: Ints) -> NamesCompared:
    """Compare the names of records i of the left and j of the right."""
    floor = 1 / max(data.records, 1)
    aligned = align(data.left.names, i, data.right.names, j, data.codes["word"], data.words, floor)
    person_a, person_b = _is_person(data.left)[i], _is_person(data.right)[j]
    return NamesCompared(
        aligned, joined_evidence(data, i, j, aligned), person_a & person_b, person_a ^ person_b
    )


def _is_person(side: Side) -> Bools:
    bags = side.names
    known = np.concatenate([[0], np.cumsum((bags.roles & (GIVEN | SURNAME)) > 0)])
    return np.asarray(known[bags.offsets[1:]] > known[bags.offsets[:-1]])


def joined_evidence(data: Encoded, i: Ints, j: Ints, aligned: Aligned) -> Floats:
    """Return the evidence of names that are equal, or nearly, once their spaces are taken out."""
    evidence = np.zeros(len(i))
    codes = data.codes["joined"]
    a, b = data.left.columns["joined"][i], data.right.columns["joined"][j]
    length = np.minimum(codes.length[a], codes.length[b])
    # Only where words found no partner can the spaces be the reason.
    apart = np.minimum(aligned.left_over_a, aligned.left_over_b) > 0
    ask = np.flatnonzero(apart & (length >= _SHORTEST_JOINED) & (a >= 0) & (b >= 0))
    if not len(ask):
        return evidence
    distance = cpdist(
        codes.texts[a[ask]].tolist(),
        codes.texts[b[ask]].tolist(),
        scorer=OSA.distance,
        score_cutoff=2,
        dtype=np.uint8,
    )
    share = np.maximum(codes.share[a[ask]], 1 / max(data.records, 1))
    for most, shortest, rate in ((2, 12, 0.05), (1, 8, 0.1), (0, _SHORTEST_JOINED, 0.3)):
        at = (distance <= most) & (length[ask] >= shortest)
        evidence[ask[at]] = np.maximum(np.log(rate / share[at]), 0.0)
    return evidence


def compare_persons(data: Encoded, i: Ints, j: Ints) -> tuple[Ints, Floats]:
    """Compare persons beside the names, or one with the other side's name if that has none."""
    left, right = data.left, data.right
    outcome = np.zeros(len(i), np.int64)
    chance = np.full(len(i), np.nan)
    has_a, has_b = left.persons.sizes[i] > 0, right.persons.sizes[j] > 0
    both, only_a, only_b = has_a & has_b, has_a & ~has_b, ~has_a & has_b
    _meet(data, (left.persons, i), (right.persons, j), np.flatnonzero(both), outcome, chance)
    outcome[both & (outcome == f.MISSING)] = f.DIFFERENT
    _meet(data, (left.persons, i), (right.names, j), np.flatnonzero(only_a), outcome, chance)
    _meet(data, (right.persons, j), (left.names, i), np.flatnonzero(only_b), outcome, chance)
    # A person beside one name says nothing against another name.
    outcome[~both & (outcome == f.NEAR)] = f.MISSING
    return outcome, chance


def _meet(
    data: Encoded,
    person: tuple[Bags, Ints],
    other: tuple[Bags, Ints],
    at: Ints,
    outcome: Ints,
    chance: Floats,
) -> None:
    """Mark EQUAL where every word of the person has a partner, NEAR where some have."""
    floor = 1 / max(data.records, 1)
    found = align(
        person[0], person[1][at], other[0], other[1][at], data.codes["word"], data.words, floor
    )
    whole = (found.partners > 0) & (found.left_over_a < 0.5)
    outcome[at[(found.partners > 0) & ~whole]] = f.NEAR
    outcome[at[whole]] = f.EQUAL
    # The words' evidence already is log(rate / chance); turned back into a chance for the table's
    # rate.
    chance[at[whole]] = np.clip(
        f.PERSON.rates[0, f.EQUAL] / np.exp(found.evidence[whole]), 1e-6, 0.5
    )
