"""From pairs to groups, without plain transitive closure: a chain of near neighbours would merge a whole street.

Pairs are taken best first; two groups are merged when the compared pairs between them are, on average, at least as
likely as not (average linkage; Christen, Data Matching, 2012, section 6.9).
"""

from collections import defaultdict

import numpy as np

from contacts.matching.decide import DUPLICATES_FROM
from contacts.matching.encode import Floats, Ints


def group(i: Ints, j: Ints, p: Floats) -> list[tuple[list[int], list[int]]]:
    """Return groups of two and more: their members, and the positions of the compared pairs inside."""
    of = {}
    members: dict[int, list[int]] = {}
    between: dict[int, dict[int, tuple[float, int]]] = defaultdict(dict)
    known = np.flatnonzero(p >= DUPLICATES_FROM)
    for n in known.tolist():
        for m in (int(i[n]), int(j[n])):
            of[m] = m
            members[m] = [m]
    for n in range(len(i)):
        a, b = int(i[n]), int(j[n])
        if a in of and b in of:
            between[a][b] = between[b][a] = (float(p[n]), 1)
    for n in known[np.argsort(-p[known], kind="stable")].tolist():
        a, b = of[int(i[n])], of[int(j[n])]
        if a != b and _average(between, a, b) >= DUPLICATES_FROM:
            _merge(of, members, between, a, b)
    return _collect(of, members, i, j)


def _average(between: dict[int, dict[int, tuple[float, int]]], a: int, b: int) -> float:
    total, count = between[a][b]
    return total / count


def _merge(
    of: dict[int, int], members: dict[int, list[int]], between: dict[int, dict[int, tuple[float, int]]],
    a: int, b: int,
) -> None:  # fmt: skip
    if len(members[a]) < len(members[b]):
        a, b = b, a
    for m in members[b]:
        of[m] = a
    members[a] += members.pop(b)
    for c, (total, count) in between.pop(b).items():
        between[c].pop(b)
        if c != a:
            old_total, old_count = between[a].get(c, (0.0, 0))
            between[a][c] = between[c][a] = (old_total + total, old_count + count)


def _collect(
    of: dict[int, int], members: dict[int, list[int]], i: Ints, j: Ints
) -> list[tuple[list[int], list[int]]]:
    inside = defaultdict(list)
    for n in range(len(i)):
        a = of.get(int(i[n]))
        if a is not None and a == of.get(int(j[n])):
            inside[a].append(n)
    return [(sorted(m), inside[a]) for a, m in sorted(members.items()) if len(m) > 1]
