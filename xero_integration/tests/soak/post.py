"""How Xero's webhooks arrive: late, twice, in another order, or never."""

from xero_integration.tests.soak.world import Step, World


def some_arrive(world: World) -> None:
    """Hand on half of what waits in any order, some of it twice; the rest comes later."""
    waiting = world.collect()
    world.dice.shuffle(waiting)
    told = waiting[: (len(waiting) + 1) // 2]
    world.events = waiting[len(told) :]
    world.hand_on(*told, *world.dice.sample(told, len(told) // 3))


def some_are_lost(world: World) -> None:
    """Lose what waits: the polls must find it."""
    world.collect()
    world.events = []


STEPS: dict[Step, int] = {some_arrive: 8, some_are_lost: 3}
