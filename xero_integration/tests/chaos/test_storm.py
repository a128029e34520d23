"""Kills at random moments: at the end each record stands in Xero once, equal to the cent."""

from collections.abc import Callable

import pytest

from businesses.models import Business, User
from pooltrackr.supervisor import Stack
from xero_integration.tests import making
from xero_integration.tests.chaos.conftest import SIMULATOR
from xero_integration.tests.chaos.load import check
from xero_integration.tests.chaos.storm import Storm
from xero_integration.tests.simulator import Xero

StartStack = Callable[..., Stack]


def rage(start: StartStack, blue: Business, alice: User, **how: int | bool) -> Storm:
    stack = start()
    xero = Xero(stack.xero_url)
    connection = making.ready(making.connected(xero, blue, alice))
    storm = Storm(stack, connection, alice, **how)  # type: ignore[arg-type]
    try:
        storm.rage(**SIMULATOR)
    finally:
        # pytest -rP shows it; docs/xero.md keeps what was measured.
        print(dict(storm.figures), how)  # noqa: T201
    check(xero, connection)
    return storm


@pytest.mark.process
def test_a_short_storm_loses_nothing_and_doubles_nothing(
    start_stack: StartStack, blue: Business, alice: User
) -> None:
    storm = rage(start_stack, blue, alice, kills=6, records=120, count=2, seed=3)
    assert storm.figures["kills"] == 6


@pytest.mark.long
@pytest.mark.parametrize("strict", [False, True], ids=["grace", "strict"])
@pytest.mark.parametrize("count", [1, 4], ids=["one_worker", "four_workers"])
def test_a_long_storm_loses_nothing_and_doubles_nothing(
    start_stack: StartStack, blue: Business, alice: User, count: int, strict: bool
) -> None:
    storm = rage(
        start_stack, blue, alice, kills=200, records=2000, count=count, seed=7, strict=strict
    )
    assert storm.figures["kills"] >= 200
    assert storm.figures["kills while a batch was held"] > 20
