"""Fixtures of the tests of invoices."""

from collections.abc import Iterator

import pytest
import time_machine


@pytest.fixture
def noon() -> Iterator[None]:
    """Noon in Brisbane, on a day when invoices of the second of November (14 days) are not late."""
    with time_machine.travel("2026-11-10T02:00:00Z", tick=False):
        yield
