"""Random work with contacts, invoices and money on both sides, and webhooks that go astray.

A short walk is part of the normal tests; `-m long` walks 2,000 steps under each rule.
"""

from collections.abc import Callable

import pytest

from xero_integration.health import problems
from xero_integration.models import EditRule, Kind
from xero_integration.tests.soak import contacts, invoices, payments, post
from xero_integration.tests.soak.agreement import check_all, check_money, mend_everything
from xero_integration.tests.soak.world import Step, World, walk

pytestmark = pytest.mark.django_db(transaction=True)

# One line for each subject; one more is one more file of steps.
EVERYTHING: dict[Step, int] = {
    **contacts.STEPS,
    **contacts.MORE_STEPS,
    **invoices.STEPS,
    **payments.STEPS,
    **post.STEPS,
}


def soak(world: World, steps: int, *, rest_each: int) -> None:
    walk(world, steps, of=EVERYTHING, rest_each=rest_each, check=check_all)
    mend_everything(world)
    left = problems.parked(world.connection).exclude(kind=Kind.CONTACT)
    assert not [(row.label, row.error_code, row.error_message) for row in left]
    check_money(world)


@pytest.mark.parametrize("rule", EditRule.values)
def test_random_work_on_both_sides_converges(world: Callable[..., World], rule: str) -> None:
    soak(world(rule, seed=5), 100, rest_each=25)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("rule", EditRule.values)
def test_two_thousand_steps_with_money_converge(
    world: Callable[..., World], rule: str, seed: int
) -> None:
    soak(world(rule, seed=seed), 2000, rest_each=50)
