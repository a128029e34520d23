"""Run the whole comparison of one or two lists: candidates, outcomes, model, log odds."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from contacts.matching.arrays import Floats, Ints
from contacts.matching.candidates import find_candidates
from contacts.matching.compare import Compared, compare
from contacts.matching.encode import Encoded, encode
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
    """Compare two lists, or one with itself (right is None), and return the candidate pairs."""
    with _collector_paused():
        return _score_lists(left, right, progress or _nobody)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the garbage collector: nothing here makes cycles, and it took a sixth of the time.

    It would walk millions of small tuples again and again, only to find all of them alive.
    """
    was_running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_running:
            gc.enable()


def _score_lists(left: Sequence[Record], right: Sequence[Record] | None, tell: Progress) -> Scored:
    one_list = right is None
    mine = [prepare(record) for record in left]
    theirs = mine if right is None else [prepare(record) for record in right]
    i, j = find_candidates(mine, None if one_list else theirs)
    data = encode(mine, None if one_list else theirs)
    steps = _STEPS_BEFORE + _STEPS_AFTER + len(range(0, len(i), _CHUNK))
    tell(_STEPS_BEFORE, steps)
    parts = []
    for n, start in enumerate(range(0, len(i), _CHUNK), 1):
        parts.append(compare(data, i[start : start + _CHUNK], j[start : start + _CHUNK]).compact())
        tell(_STEPS_BEFORE + n, steps)
    compared = Compared.concatenated(parts) if parts else compare(data, i, j)
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
