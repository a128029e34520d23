"""Find duplicates inside one list: groups of records that are one contact."""

from collections.abc import Sequence

import numpy as np

from contacts.matching.decide import DUPLICATES_FROM, decide
from contacts.matching.engine import Progress, Scored, probability, score_lists
from contacts.matching.groups import group
from contacts.matching.reasons import corroborated, reasons
from contacts.matching.records import Record
from contacts.matching.results import Decision, DuplicateGroup, DuplicatePair
from contacts.matching.strict import strict_groups


__all__ = ["find_duplicates", "strict_groups"]


def find_duplicates(
    records: Sequence[Record], *, progress: Progress | None = None
) -> list[DuplicateGroup]:
    """Return groups of likely duplicates, the most probable first.

    `progress(done, total)` is called a few times to a few dozen times while it runs.
    """
    if len(records) < 2:
        return []
    scored = score_lists(records, None, progress=progress)
    p = probability(scored.log_odds)
    groups = [_group(scored, p, members, pairs) for members, pairs in group(scored.i, scored.j, p)]
    return sorted(groups, key=lambda g: -g.probability)


def _group(scored: Scored, p: np.ndarray, members: list[int], pairs: list[int]) -> DuplicateGroup:
    found = [_pair(scored, float(p[n]), n) for n in pairs]
    weakest = min(pair.probability for pair in found)
    decision: Decision = "sure" if all(pair.decision == "sure" for pair in found) else "likely"
    return DuplicateGroup(
        tuple(scored.left[m].id for m in members), tuple(found), decision, weakest
    )


def _pair(scored: Scored, p: float, n: int) -> DuplicatePair:
    a, b = scored.left[scored.i[n]], scored.left[scored.j[n]]
    decision = decide(
        p, corroborated=corroborated(scored.compared, n), shown_from=DUPLICATES_FROM
    )
    return DuplicatePair(a.id, b.id, p, decision, reasons(a, b, scored.compared, n))
