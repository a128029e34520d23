"""What the matcher answers, in plain values that can be stored or shown as they are."""

from dataclasses import dataclass, field
from typing import Literal

Decision = Literal["sure", "likely", "none"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be the same contact: probability in 0..1, and reasons for a person."""

    id: str
    probability: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The one right-hand record proposed for a left-hand one; none is proposed twice."""

    left_id: str
    right_id: str
    probability: float
    decision: Decision
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkResult:
    """Suggestions by left id, and up to five ranked candidates for every left id that has any.

    `notes` are sentences for a person about the lists as a whole, such as that they hold names
    only.
    """

    suggestions: dict[str, Suggestion] = field(default_factory=dict)
    alternatives: dict[str, tuple[Candidate, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two ids of one list (in list order) that may be the same contact."""

    id_a: str
    id_b: str
    probability: float
    decision: Decision
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Records taken to be one contact; `decision` is that of its weakest pair."""

    ids: tuple[str, ...]
    pairs: tuple[DuplicatePair, ...]
    decision: Decision
    probability: float
