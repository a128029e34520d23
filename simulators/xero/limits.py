"""Xero's four limits: calls in flight, a minute, a day, and a minute of the whole app.

Windows of calls are fixed, not sliding, and begin with an organisation's first call. Source:
Xero, "OAuth 2.0 limits". Sizes and lengths can be set, so that a day passes within a test.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from simulators.common.clock import Clock
from simulators.xero.answers import TEXT_TYPE, Answer


@dataclass(frozen=True)
class Sizes:
    concurrent: int = 5
    minute: int = 60
    # 1,000 on Xero's Starter tier, 5,000 from Core up.
    day: int = 5000
    app_minute: int = 10_000
    # Records that a list may go through: Xero, "GET requests over 100,000 records", September 2024.
    most_rows: int = 100_000
    minute_seconds: float = 60.0
    day_seconds: float = 86_400.0
    # Lives of what the simulator hands out, as Xero's pages on tokens and idempotency give them.
    code_seconds: float = 300.0
    access_seconds: float = 1800.0
    grace_seconds: float = 1800.0
    key_seconds: float = 360.0


@dataclass
class Window:
    """Calls counted in equal stretches of time from the first call on."""

    length: float
    size: int
    start: datetime | None = None
    stretch: int = 0
    used: int = 0

    def turn(self, now: datetime) -> None:
        if self.start is None:
            self.start = now
        stretch = int((now - self.start).total_seconds() // self.length)
        if stretch != self.stretch:
            self.stretch, self.used = stretch, 0

    def seconds_left(self, now: datetime) -> float:
        if self.start is None:
            return self.length
        return self.length - (now - self.start).total_seconds() % self.length

    @property
    def remaining(self) -> int:
        return max(0, self.size - self.used)


@dataclass
class Tenant:
    minute: Window
    day: Window
    in_flight: int = 0
    most_in_flight: int = 0
    refused: Counter[str] = field(default_factory=Counter)


class Limits:
    def __init__(self, clock: Clock, sizes: Sizes) -> None:
        self.clock = clock
        self.sizes = sizes
        self.app = Window(sizes.minute_seconds, sizes.app_minute)
        self.tenants: dict[str, Tenant] = {}

    def tenant(self, tenant_id: str) -> Tenant:
        if tenant_id not in self.tenants:
            minute = Window(self.sizes.minute_seconds, self.sizes.minute)
            self.tenants[tenant_id] = Tenant(minute, Window(self.sizes.day_seconds, self.sizes.day))
        return self.tenants[tenant_id]

    def admit(self, tenant_id: str) -> Answer | None:
        """Count a call in and return None, or return the 429 that refuses it."""
        tenant = self.tenant(tenant_id)
        now = self.clock.now()
        for window in (self.app, tenant.minute, tenant.day):
            window.turn(now)
        if tenant.in_flight >= self.sizes.concurrent:
            return self.refuse(tenant_id, "concurrent")
        # The longest wait first: a client told "minute" on a used-up day would try all day long.
        for problem, window in (
            ("day", tenant.day),
            ("minute", tenant.minute),
            ("appminute", self.app),
        ):
            if not window.remaining:
                return self.refuse(tenant_id, problem)
        # Only admitted calls count; whether Xero counts refused ones is not documented.
        for window in (self.app, tenant.minute, tenant.day):
            window.used += 1
        tenant.in_flight += 1
        tenant.most_in_flight = max(tenant.most_in_flight, tenant.in_flight)
        return None

    def leave(self, tenant_id: str) -> None:
        self.tenant(tenant_id).in_flight -= 1

    def refuse(self, tenant_id: str, problem: str) -> Answer:
        """Answer 429; only a day or a minute says when to come back, concurrency does not."""
        tenant = self.tenant(tenant_id)
        tenant.refused[problem] += 1
        windows = {"day": tenant.day, "minute": tenant.minute, "appminute": self.app}
        headers = {"X-Rate-Limit-Problem": problem}
        if problem in windows:
            seconds = windows[problem].seconds_left(self.clock.now())
            headers["Retry-After"] = str(max(1, math.ceil(seconds)))
        return Answer(429, b"Rate Limit Exceeded", TEXT_TYPE, headers)

    def headers(self, tenant_id: str) -> Mapping[str, str]:
        tenant = self.tenant(tenant_id)
        return {
            "X-DayLimit-Remaining": str(tenant.day.remaining),
            "X-MinLimit-Remaining": str(tenant.minute.remaining),
            "X-AppMinLimit-Remaining": str(self.app.remaining),
        }
