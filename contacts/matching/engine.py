"""Run the whole comparison of one or two lists: candidates, outcomes, model, log odds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from contacts.matching.bags import Aligned
from contacts.matching.candidates import find_candidates
from contacts.matching.compare import Compared, compare
from contacts.matching.compare_names import NamesCompared
from contacts.matching.encode import Encoded, Floats, Ints, encode
from contacts.matching.prepare import Prepared, prepare
from contacts.matching.records import Record
from contacts.matching.score import Model, evidence, fixed_model, log_odds, reestimate

Progress = Callable[[int, int], None]

# Pairs compared at a time: bounds the memory to some hundred MB.
_CHUNK = 100_000
# Steps reported besides the chunks: reading, encoding and candidates, scoring.
_STEPS_BEFORE, _STEPS_AFTER = 2, 1


@dataclass(slots=True)
class Scored:
    """The compared pairs (i, j) with their outcomes and the log odds of being one contact."""

    left: list[Prepared]
    right: list[Prepared]
    i: Ints
    j: Ints
    log_odds: Floats
    compared: Compared
    model: Model
    data: Encoded


def score_lists(
    left: Sequence[Record], right: Sequence[Record] | None, *, progress: Progress | None = None
) -> Scored:
    """Compare two lists, or one with itself (right is None), and return every candidate pair with its odds."""
    one_list = right is None
    mine = [prepare(record) for record in left]
    theirs = mine if right is None else [prepare(record) for record in right]
    i, j = find_candidates(mine, None if one_list else theirs)
    data = encode(mine, None if one_list else theirs)
    steps = _STEPS_BEFORE + _STEPS_AFTER + len(range(0, len(i), _CHUNK))
    tell = progress or _nobody
    tell(_STEPS_BEFORE, steps)
    parts = []
    for n, start in enumerate(range(0, len(i), _CHUNK), 1):
        parts.append(_compact(compare(data, i[start : start + _CHUNK], j[start : start + _CHUNK])))
        tell(_STEPS_BEFORE + n, steps)
    compared = _joined(parts) if parts else compare(data, i, j)
    odds, model = _odds(data, compared, one_list=one_list)
    tell(steps, steps)
    return Scored(mine, theirs, i, j, odds, compared, model, data)


def _nobody(done: int, total: int) -> None:
    """Report to nobody."""


def _odds(data: Encoded, compared: Compared, *, one_list: bool) -> tuple[Floats, Model]:
    model = fixed_model(data, one_list=one_list)
    first = log_odds(model, evidence(model, compared))
    model = reestimate(model, data, compared, probability(first), one_list=one_list)
    return log_odds(model, evidence(model, compared)), model


def probability(odds: Floats) -> Floats:
    """Return the probability of natural log odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -500, 500))))


def _compact(compared: Compared) -> Compared:
    """Keep a chunk in a quarter of the memory; the precision lost is far below any threshold."""
    aligned = Aligned(*(_small(getattr(compared.name.aligned, f.name)) for f in fields(Aligned)))
    name = compared.name
    return Compared(
        NamesCompared(aligned, _small(name.joined), name.persons, name.mixed),
        {k: v.astype(np.int8) for k, v in compared.outcomes.items()},
        {k: v.astype(np.float32) for k, v in compared.chances.items()},
        compared.records,
    )


def _small(column: Floats) -> Floats:
    return column.astype(np.float32) if column.dtype == np.float64 else column


def _joined(parts: Sequence[Compared]) -> Compared:
    names = [part.name for part in parts]
    aligned = Aligned(
        *(np.concatenate([getattr(n.aligned, f.name) for n in names]) for f in fields(Aligned))
    )
    name = NamesCompared(
        aligned,
        np.concatenate([n.joined for n in names]),
        np.concatenate([n.persons for n in names]),
        np.concatenate([n.mixed for n in names]),
    )
    return Compared(
        name,
        {k: np.concatenate([p.outcomes[k] for p in parts]) for k in parts[0].outcomes},
        {k: np.concatenate([p.chances[k] for p in parts]) for k in parts[0].chances},
        parts[0].records,
    )
