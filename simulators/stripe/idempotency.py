"""Idempotency-Key: the answer to a POST is kept and given again, failures included.

Source: docs.stripe.com/api/idempotent_requests. What was refused for its parameters, its key or a
limit was never begun and is not kept.
"""

import hashlib
from dataclasses import dataclass, replace

from simulators.common.answers import Answer
from simulators.stripe.errors import StripeError
from simulators.stripe.wire import DAY

LONGEST_KEY = 255


@dataclass(frozen=True)
class Kept:
    path: str
    digest: str
    answer: Answer
    until: int


class KeptAnswers:
    def __init__(self) -> None:
        self.seconds = DAY
        self._kept: dict[tuple[str, str], Kept] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, account: str, key: str, path: str, body: bytes, now: int) -> Answer | None:
        """Return the answer already given under a key; raise StripeError for a key misused."""
        if len(key) > LONGEST_KEY:
            raise misused(f"Idempotency keys can be up to {LONGEST_KEY} characters long.")
        kept = self._kept.get((account, key))
        if kept is None or now >= kept.until:
            return None
        if kept.path != path:
            raise misused(
                "Keys for idempotent requests can only be used for the same endpoint they were "
                f"first used for ('{path}' vs '{kept.path}'). Try using a key other than '{key}' "
                "if you meant to execute a different request."
            )
        if kept.digest != hashlib.sha256(body).hexdigest():
            raise misused(
                "Keys for idempotent requests can only be used with the same parameters they were "
                f"first used with. Try using a key other than '{key}' if you meant to execute a "
                "different request."
            )
        headers = {**kept.answer.headers, "Idempotent-Replayed": "true"}
        return replace(kept.answer, headers=headers)

    def keep(
        self, account: str, key: str, path: str, body: bytes, answer: Answer, now: int
    ) -> None:
        digest = hashlib.sha256(body).hexdigest()
        self._kept[account, key] = Kept(path, digest, answer, now + self.seconds)


def misused(message: str) -> StripeError:
    return StripeError(message, type="idempotency_error")
