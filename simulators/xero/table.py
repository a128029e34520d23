"""Rows of one kind in memory, found by id or by any of their keys without a scan.

Rows are immutable values: a change saves a new row under the same id. That makes a batch that
must leave nothing behind a matter of putting the old values back.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Generic, Protocol, TypeVar

Key = tuple[str, str]


class Row(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def updated(self) -> datetime: ...
    def keys(self) -> Iterable[Key]: ...


RowT = TypeVar("RowT", bound=Row)


class UndoLog:
    """Steps that put things back, kept only while a batch is open."""

    def __init__(self) -> None:
        self._steps: list[Callable[[], None]] | None = None

    def begin(self) -> None:
        self._steps = []

    def note(self, step: Callable[[], None]) -> None:
        if self._steps is not None:
            self._steps.append(step)

    def mark(self) -> int:
        """Return the place to roll back to if what follows fails."""
        return len(self._steps or ())

    def roll_back(self, mark: int) -> None:
        steps = self._steps or []
        while len(steps) > mark:
            steps.pop()()

    def end(self) -> None:
        self._steps = None


class Table(Generic[RowT]):
    def __init__(self, undo: UndoLog) -> None:
        self._rows: dict[str, RowT] = {}
        # A dict of ids instead of a set: iteration order stays the order of saving.
        self._index: dict[Key, dict[str, None]] = {}
        self._undo = undo
        self._by_age: list[RowT] | None = None
        # What was saved since it was last asked, with the row as it was before.
        self._touched: dict[str, RowT | None] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[RowT]:
        return iter(self._rows.values())

    def get(self, row_id: str) -> RowT | None:
        return self._rows.get(row_id.lower())

    def find(self, kind: str, key: str) -> RowT | None:
        """Return the row saved first under a key, or None."""
        for row_id in self._index.get((kind, key), ()):
            return self._rows[row_id]
        return None

    def find_all(self, kind: str, key: str) -> list[RowT]:
        return [self._rows[row_id] for row_id in self._index.get((kind, key), ())]

    def has(self, kind: str, key: str) -> bool:
        return bool(self._index.get((kind, key)))

    def by_age(self) -> list[RowT]:
        """Return all rows in Xero's default order: least recently updated first, then by id."""
        if self._by_age is None:
            self._by_age = sorted(self._rows.values(), key=lambda row: (row.updated, row.id))
        return self._by_age

    def save(self, row: RowT) -> None:
        old = self._rows.get(row.id)
        self._touched.setdefault(row.id, old)
        self._put(row)
        if old is None:
            self._undo.note(lambda: self._drop(row.id))
        else:
            self._undo.note(lambda: self._put(old))

    def remove(self, row_id: str) -> None:
        """Take a row away for good, as a person in Xero can with an account."""
        old = self._rows[row_id]
        self._touched.setdefault(row_id, old)
        self._drop(row_id)
        self._undo.note(lambda: self._put(old))

    def take_touched(self) -> list[tuple[RowT, RowT | None]]:
        """Return rows changed since the last call, each with what it was; not the undone."""
        touched, self._touched = self._touched, {}
        there = [(self._rows.get(row_id), old) for row_id, old in touched.items()]
        return [(row, old) for row, old in there if row is not None and row is not old]

    def _put(self, row: RowT) -> None:
        old = self._rows.get(row.id)
        if old is not None:
            self._unindex(old)
        self._rows[row.id] = row
        for key in row.keys():  # noqa: SIM118 - a row is no dict
            self._index.setdefault(key, {})[row.id] = None
        self._by_age = None

    def _drop(self, row_id: str) -> None:
        self._unindex(self._rows.pop(row_id))
        self._by_age = None

    def _unindex(self, row: RowT) -> None:
        for key in row.keys():  # noqa: SIM118 - a row is no dict
            ids = self._index[key]
            del ids[row.id]
            if not ids:
                del self._index[key]
