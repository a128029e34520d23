"""Stacks whose simulator and broker this process speaks to as well."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from pooltrackr.settings import broker_url
from pooltrackr.supervisor import Stack
from xero_integration.tests import making
from xero_integration.tests.simulator import ORIGINS

# Every clock of the engine, shortened together. The lease stays above the wait for a turn and the
# longest call (connect and read); the simulator's key lives two seconds longer than ours, as
# Xero's lives thirty.
CLOCKS = {
    "XERO_CONNECT_TIMEOUT": "1",
    "XERO_READ_TIMEOUT": "2",
    "XERO_LEASE": "4",
    "XERO_LIMIT_PATIENCE": "0.5",
    "XERO_KEY_LIFE": "6",
    "XERO_TASK_BUDGET": "3",
    "XERO_SWEEP_INTERVAL": "1",
    "XERO_BACKOFF_BASE": "0.1",
    "XERO_BACKOFF_MAX": "1",
    "VISIBILITY_TIMEOUT": "10",
    "UNACKED_RESTORE_INTERVAL": "1",
    # Xero's windows, as `SIMULATOR` has them.
    "XERO_LIMIT_MINUTE_SECONDS": "2",
    "XERO_LIMIT_DAY_SECONDS": "5",
}
SIMULATOR = {"key_seconds": 8.0, "minute_seconds": 2.0, "day_seconds": 5.0}


@pytest.fixture
def start_stack(make_stack: Callable[..., Stack], settings: Any) -> Callable[..., Stack]:
    """Return a function that starts a stack with short clocks, and makes this process part of it.

    Without a worker unless told: how they are started is what these tests are about.
    """

    def start(more: Mapping[str, str] | None = None, **arguments: Any) -> Stack:
        arguments = {"parts": ("broker", "xero"), "xero_arguments": ("--seed", "empty")} | arguments
        stack = make_stack(settings={**CLOCKS, **(more or {})}, **arguments)
        for name in ORIGINS:
            setattr(settings, name, stack.xero_url)
        environment = stack.environment
        settings.XERO_CLIENT_ID = environment["XERO_CLIENT_ID"]
        settings.XERO_CLIENT_SECRET = environment["XERO_CLIENT_SECRET"]
        settings.SITE_URL = environment["SITE_URL"]
        making.use_broker(broker_url(stack.redis_url))
        return stack

    return start
