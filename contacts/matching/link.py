"""Link two lists: for every left record the right one that is the same contact, if any."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from contacts.matching.arrays import Floats
from contacts.matching.assign import compete, one_to_one
from contacts.matching.decide import SUGGEST_FROM, decide
from contacts.matching.engine import Progress, Scored, score_lists
from contacts.matching.reasons import corroborated, reasons
from contacts.matching.records import Record
from contacts.matching.results import Candidate, LinkResult, Suggestion

# Shown beside a suggestion; a person looks at no more, and searches instead.
ALTERNATIVES = 5
# Below this a candidate is not worth a person's look.
ALTERNATIVE_FROM = 0.01

NAMES_ONLY = (
    "One of the lists holds hardly anything but names. Names alone cannot decide whether two "
    "contacts are the same, so nothing is preselected: please look at each suggestion."
)


def link(
    left: Sequence[Record], right: Sequence[Record], *, progress: Progress | None = None
) -> LinkResult:
    """Suggest links between two lists, one to one, with ranked alternatives and reasons.

    `progress(done, total)` is called a few times to a few dozen times while it runs.
    """
    if not left or not right:
        return LinkResult()
    scored = score_lists(left, right, progress=progress)
    probability = compete(scored.i, scored.j, scored.log_odds)
    worth = np.flatnonzero(probability >= ALTERNATIVE_FROM)
    by_pair: dict[int, tuple[str, ...]] = {}
    suggestions = _suggestions(scored, probability, worth, by_pair)
    return LinkResult(
        suggestions, _alternatives(scored, probability, worth, by_pair), _notes(scored)
    )


def _suggestions(
    scored: Scored, probability: Floats, worth: np.ndarray, by_pair: dict[int, tuple[str, ...]]
) -> dict[str, Suggestion]:
    found = {}
    shown = worth[probability[worth] >= SUGGEST_FROM]
    chosen = one_to_one(
        scored.i[shown], scored.j[shown], probability[shown], scored.log_odds[shown]
    )
    for n in (int(shown[c]) for c in chosen):
        a, b = scored.left[scored.i[n]], scored.right[scored.j[n]]
        by_pair[n] = reasons(a, b, scored.compared, n)
        certain = corroborated(a, b, scored.compared, n)
        decision = decide(float(probability[n]), corroborated=certain)
        found[a.id] = Suggestion(a.id, b.id, float(probability[n]), decision, by_pair[n])
    return found


def _alternatives(
    scored: Scored, probability: Floats, worth: np.ndarray, by_pair: dict[int, tuple[str, ...]]
) -> dict[str, tuple[Candidate, ...]]:
    ranked: dict[int, list[int]] = defaultdict(list)
    for n in worth[np.argsort(-probability[worth], kind="stable")].tolist():
        if len(ranked[scored.i[n]]) < ALTERNATIVES:
            ranked[scored.i[n]].append(n)
    return {
        scored.left[a].id: tuple(_candidate(scored, probability, n, by_pair) for n in best)
        for a, best in ranked.items()
    }


def _candidate(
    scored: Scored, probability: Floats, n: int, by_pair: dict[int, tuple[str, ...]]
) -> Candidate:
    a, b = scored.left[scored.i[n]], scored.right[scored.j[n]]
    why = by_pair.get(n) or reasons(a, b, scored.compared, n)
    return Candidate(b.id, float(probability[n]), why)


def _notes(scored: Scored) -> tuple[str, ...]:
    """Say so when a list has hardly a field besides the name to decide by."""
    for rows in (scored.left, scored.right):
        bare = sum(
            not (r.emails or r.landlines or r.mobiles or r.addresses or r.tax or r.account)
            for r in rows
        )
        if bare > 0.9 * len(rows):
            return (NAMES_ONLY,)
    return ()
