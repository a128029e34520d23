"""What is due later: things that happen by themselves when the clock gets there."""

import heapq
from dataclasses import dataclass, field

# At one moment money first becomes available, then payouts arrive, then new ones are made.
ORDER = {"available": 0, "arrive": 1, "retry_refunds": 2, "pay_out": 3}
LAST = 4


@dataclass(order=True)
class Due:
    when: int
    rank: int
    number: int
    what: str = field(compare=False)
    account: str = field(compare=False)
    id: str = field(compare=False)


@dataclass
class Agenda:
    entries: list[Due] = field(default_factory=list)
    made: int = 0

    def add(self, when: int, what: str, account: str, id: str = "") -> None:
        self.made += 1
        heapq.heappush(self.entries, Due(when, ORDER.get(what, LAST), self.made, what, account, id))

    def take(self, now: int) -> Due | None:
        """Return what is due first, or None when nothing is."""
        if not self.entries or self.entries[0].when > now:
            return None
        return heapq.heappop(self.entries)
