"""An index of one list, for looking up one contact at a time while somebody types or imports it."""

from collections.abc import Sequence

import numpy as np

from contacts.matching.arrays import Ints
from contacts.matching.candidates import LARGEST_BLOCK
from contacts.matching.compare import compare
from contacts.matching.encode import encode
from contacts.matching.engine import probability
from contacts.matching.keys import keys
from contacts.matching.prepare import Prepared, prepare
from contacts.matching.reasons import reasons
from contacts.matching.records import Record
from contacts.matching.results import Candidate
from contacts.matching.score import evidence, fixed_model, log_odds
from contacts.matching.shares import EXPERIENCE, usual_share

# Found records that are compared in full; the rest share less with the record asked for.
_COMPARED = 25
# A candidate less likely than this is not shown.
_SHOWN_FROM = 0.01


class Index:
    """One list, indexed once, searched many times; it does not see later changes of the list."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._rows = [prepare(record) for record in records]
        self._codes: dict[str, int] = {}
        held = [[self._codes.setdefault(k, len(self._codes)) for k in keys(r)] for r in self._rows]
        flat = np.fromiter((k for h in held for k in h), np.int64)
        holders = np.repeat(np.arange(len(held)), [len(h) for h in held])
        self._by_key = holders[np.argsort(flat, kind="stable")].astype(np.int32)
        self._ends = np.cumsum(np.bincount(flat, minlength=len(self._codes)))
        data = encode(self._rows, None)
        self._model = fixed_model(data, one_list=True)
        self._shares = data.codes

    def search(self, record: Record, limit: int = 10) -> tuple[Candidate, ...]:
        """Return the records that may be the same contact, the most probable first.

        The record itself is left out when its id is in the list.
        """
        asked = prepare(record)
        found = [self._rows[n] for n in self._find(asked) if self._rows[n].id != record.id]
        if not found:
            return ()
        data = encode([asked], found, share_of=self._share, records=len(self._rows))
        j = np.arange(len(found))
        compared = compare(data, np.zeros_like(j), j)
        chances = probability(log_odds(self._model, evidence(self._model, compared)))
        best = np.argsort(-chances, kind="stable")[:limit].tolist()
        return tuple(
            Candidate(found[n].id, float(chances[n]), reasons(asked, found[n], compared, n))
            for n in best
            if chances[n] >= _SHOWN_FROM
        )

    def _share(self, kind: str, value: str) -> float:
        codes = self._shares[kind]
        at = codes.ids.get(value)
        return (
            float(codes.share[at])
            if at is not None
            else max(usual_share(kind, value), 1 / (len(self._rows) + EXPERIENCE))
        )

    def _find(self, asked: Prepared) -> list[int]:
        """Return positions of the records that share the rarest keys."""
        blocks = [
            self._holders(code) for k in keys(asked) if (code := self._codes.get(k)) is not None
        ]
        # Of a key that very many hold, a few holders are enough to show that it exists.
        blocks = [block[:LARGEST_BLOCK] for block in sorted(blocks, key=len)]
        if not blocks:
            return []
        worth = np.concatenate(
            [np.full(len(b), np.log1p(len(self._rows) / len(b))) for b in blocks]
        )
        positions, spots = np.unique(np.concatenate(blocks), return_inverse=True)
        total = np.bincount(spots, weights=worth)
        return [int(positions[n]) for n in np.argsort(-total, kind="stable")[:_COMPARED]]

    def _holders(self, code: int) -> Ints:
        start = self._ends[code - 1] if code else 0
        return self._by_key[start : self._ends[code]]
