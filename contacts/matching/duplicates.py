"""Find duplicates inside one list: groups of records that are one contact."""

from collections.abc import Sequence

from contacts.matching.arrays import Floats
from contacts.matching.decide import decide
from contacts.matching.engine import Progress, Scored, probability, score_lists
from contacts.matching.groups import Group, group
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
    groups = [_described(scored, p, found) for found in group(scored.i, scored.j, p)]
    return sorted(groups, key=lambda g: -g.probability)


def _described(scored: Scored, p: Floats, found: Group) -> DuplicateGroup:
    pairs = [
        _pair(scored, float(p[n]), supported, n, torn=found.torn)
        for n, supported in sorted(found.pairs)
    ]
    decision: Decision = "sure" if all(pair.decision == "sure" for pair in pairs) else "likely"
    return DuplicateGroup(
        tuple(scored.left[m].id for m in found.members),
        tuple(pairs),
        decision,
        min(pair.probability for pair in pairs),
    )


def _pair(scored: Scored, own: float, supported: float, n: int, *, torn: bool) -> DuplicatePair:
    a, b = scored.left[scored.i[n]], scored.left[scored.j[n]]
    certain = not torn and corroborated(a, b, scored.compared, n)
    decision = decide(own, corroborated=certain, shown_from=0.0)
    return DuplicatePair(a.id, b.id, supported, decision, reasons(a, b, scored.compared, n))
