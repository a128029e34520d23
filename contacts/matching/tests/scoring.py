"""Precision, recall and F1 of predicted pairs, for the tests and the benchmark."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """Shares in 0..1; with nothing predicted the precision is 1, nothing being wrong."""

    precision: float
    recall: float
    f1: float


def figures(
    predicted: Collection[tuple[str, str]], truth: Collection[tuple[str, str]], *, ordered: bool
) -> Figures:
    """Compare predicted with true pairs; unordered pairs (duplicates) match either way round."""
    found = {pair if ordered else tuple(sorted(pair)) for pair in predicted}
    wanted = {pair if ordered else tuple(sorted(pair)) for pair in truth}
    right = len(found & wanted)
    precision = right / len(found) if found else 1.0
    recall = right / len(wanted) if wanted else 1.0
    total = precision + recall
    return Figures(precision, recall, 2 * precision * recall / total if total else 0.0)
