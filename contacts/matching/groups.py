"""From pairs to groups, without plain transitive closure: a chain of near neighbours would merge a
whole street.

Pairs are taken best first; two groups are merged when the compared pairs between them are, on
average, at least as likely as not (average linkage; Christen, Data Matching, 2012, section 6.9).
A pair inside a group is as likely as the better of what its own fields say and that average: two
records that each agree with a third one are supported by it.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from contacts.matching.arrays import Floats, Ints
from contacts.matching.decide import DUPLICATES_FROM


@dataclass(frozen=True, slots=True)
class Group:
    """Members in list order; the compared pairs inside, each with its supported probability.

    A group is `torn` when a member is as likely one with a record outside: "S Young" may be Sharon
    or Stephanie, whichever of the two it was merged with.
    """

    members: list[int]
    pairs: list[tuple[int, float]]
    torn: bool = False


@dataclass(slots=True)
class _Clusters:
    """Growing groups: of each record, their members, and the pairs inside and between them."""

    of: dict[int, int] = field(default_factory=dict)
    members: dict[int, list[int]] = field(default_factory=dict)
    inside: dict[int, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    between: dict[int, dict[int, list[int]]] = field(default_factory=lambda: defaultdict(dict))


def group(i: Ints, j: Ints, p: Floats) -> list[Group]:
    """Return groups of two and more records from compared pairs (i, j) with probabilities p."""
    likely = np.flatnonzero(p >= DUPLICATES_FROM)
    in_question = np.zeros(int(max(i.max(), j.max())) + 1 if len(i) else 0, np.bool_)
    in_question[i[likely]] = in_question[j[likely]] = True
    clusters = _Clusters()
    for m in np.flatnonzero(in_question).tolist():
        clusters.of[m] = m
        clusters.members[m] = [m]
    for n in np.flatnonzero(in_question[i] & in_question[j]).tolist():
        a, b = int(i[n]), int(j[n])
        clusters.between[a][b] = clusters.between[b][a] = [n]
    for n in likely[np.argsort(-p[likely], kind="stable")].tolist():
        _merge_if_likely(clusters, clusters.of[int(i[n])], clusters.of[int(j[n])], p)
    torn = {
        clusters.of[m]
        for n in likely.tolist()
        if clusters.of[int(i[n])] != clusters.of[int(j[n])]
        for m in (int(i[n]), int(j[n]))
    }
    return [
        Group(sorted(members), clusters.inside[a], a in torn)
        for a, members in sorted(clusters.members.items())
        if len(members) > 1
    ]


def _merge_if_likely(clusters: _Clusters, a: int, b: int, p: Floats) -> None:
    if a == b:
        return
    joining = clusters.between[a][b]
    average = float(p[joining].mean())
    if average >= DUPLICATES_FROM:
        _merge(clusters, a, b)
        into = clusters.inside[clusters.of[a]]
        into += [(n, max(float(p[n]), average)) for n in joining]


def _merge(clusters: _Clusters, a: int, b: int) -> None:
    """Merge the smaller group into the larger, so that a record moves log2(n) times at most."""
    if len(clusters.members[a]) < len(clusters.members[b]):
        a, b = b, a
    for m in clusters.members[b]:
        clusters.of[m] = a
    clusters.members[a] += clusters.members.pop(b)
    clusters.inside[a] += clusters.inside.pop(b, [])
    clusters.between[a].pop(b)
    for c, pairs in clusters.between.pop(b).items():
        if c != a:
            both = clusters.between[a].get(c, []) + pairs
            clusters.between[c].pop(b)
            clusters.between[a][c] = clusters.between[c][a] = both
