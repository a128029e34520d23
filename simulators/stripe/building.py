"""Building a world: the platform's account, and those that are connected to it."""

from simulators.common.clock import Clock
from simulators.stripe.accounts import new_book
from simulators.stripe.journal import new_journal
from simulators.stripe.keys import Keys
from simulators.stripe.world import Options, World

# The same at each start, so that what a database remembers stays good.
PLATFORM_ID = "acct_1PooltrackrDemo01"
CONNECTED_ID = "acct_1BlueLagoonDemo{:02}"
NAME = "Blue Lagoon Pool Care Pty Ltd"


def build_world(options: Options) -> World:
    world = World(
        options=options,
        clock=Clock(),
        keys=Keys(platform=PLATFORM_ID, client_id=options.client_id),
        switches=options.switches,
        journal=new_journal(options.journal),
        latency_seconds=options.latency_ms / 1000,
    )
    world.keys.add(options.secret_key, PLATFORM_ID)
    new_book(world, options.country, options.app_name, id=PLATFORM_ID)
    for number in range(1, options.accounts + 1):
        name = NAME if number == 1 else f"{NAME} {number}"
        book = new_book(world, options.country, name, id=CONNECTED_ID.format(number))
        world.keys.connected.add(book.id)
    return world
