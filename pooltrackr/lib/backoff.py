"""When to try again: a pure function."""


def delay(attempt: int, *, base: float, maximum: float, jitter: float = 0.5) -> float:
    """Return the seconds to wait before attempt `attempt` + 1 (`attempt` counts from 1).

    Doubles from `base` to `maximum`; `jitter` in 0..1 is the caller's random number, which moves
    the result by at most a quarter either way so that workers do not return all at once.
    """
    doubled = base * 2.0 ** min(max(attempt, 1) - 1, 30)
    spread: float = min(doubled, maximum) * (0.75 + jitter / 2)
    return spread
