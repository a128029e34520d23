"""The simulator's own time, which a test can move forward without waiting."""

from datetime import UTC, datetime, timedelta


class Clock:
    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the simulated time in UTC, cut to milliseconds as Xero's JSON dates are."""
        now = datetime.now(UTC) + self._ahead
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def advance(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)

    @property
    def seconds_ahead(self) -> float:
        return self._ahead.total_seconds()
