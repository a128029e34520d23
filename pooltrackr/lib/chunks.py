"""Cutting long lists into pieces."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield `items` in lists of at most `size` (itertools.batched, which Python 3.11 lacks)."""
    rest = iter(items)
    while piece := list(islice(rest, size)):
        yield piece
