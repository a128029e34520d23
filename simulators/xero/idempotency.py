"""Idempotency-Key: the answer to a write is kept six minutes and given again, errors included.

Source: Xero, "Idempotent requests". Keys belong to the app; the same key with another request is
refused rather than answered.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulators.common.clock import Clock
from simulators.xero.answers import Answer, problem, text_answer
from simulators.xero.limits import Sizes

# Xero: "Idempotency", the longest key it takes.
LONGEST_KEY = 128
KEYED_METHODS = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True)
class Kept:
    fingerprint: str
    answer: Answer
    until: datetime


def fingerprint(method: str, address: str, tenant_id: str, body: bytes) -> str:
    digest = hashlib.sha256(f"{method}\n{address}\n{tenant_id}\n".encode())
    digest.update(body)
    return digest.hexdigest()


def refusal(text: str, *, in_json: bool) -> Answer:
    return problem(400, "Bad Request", text) if in_json else text_answer(text, status=400)


class KeptAnswers:
    def __init__(self, clock: Clock, sizes: Sizes) -> None:
        self.sizes = sizes
        self._clock = clock
        self._kept: dict[str, Kept] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: str, request: str, *, refuse_in_json: bool) -> Answer | None:
        """Return the answer already given under a key, or the refusal of a key misused."""
        if len(key) > LONGEST_KEY:
            text = f"Idempotency Key: {key} is longer than {LONGEST_KEY} characters."
            return refusal(text, in_json=refuse_in_json)
        kept = self._kept.get(key)
        if kept is None or self._clock.now() >= kept.until:
            return None
        if kept.fingerprint != request:
            text = f"Idempotency Key: {key} is used with a different request."
            return refusal(text, in_json=refuse_in_json)
        return kept.answer

    def keep(self, key: str, request: str, answer: Answer) -> None:
        now = self._clock.now()
        # Answers are kept in the order of their end, so the dead ones stand first.
        for old in [one for one in self._first_few() if self._kept[one].until <= now]:
            del self._kept[old]
        self._kept.pop(key, None)
        self._kept[key] = Kept(request, answer, now + timedelta(seconds=self.sizes.key_seconds))

    def _first_few(self) -> list[str]:
        return [key for key, _ in zip(self._kept, range(8), strict=False)]
