"""The world of a Xero simulator that goes on from a file."""

from dataclasses import replace
from pathlib import Path

from simulators.common import keeping
from simulators.xero.world import Options, World

PROGRAM = Path(__file__).parent


def save(world: World, path: Path) -> None:
    keeping.save(world, path, PROGRAM)


def load(path: Path, options: Options) -> World | None:
    """Return the world kept in `path` under today's options, or None when there is none to use."""
    world = keeping.load(path, World, PROGRAM)
    if world is None:
        return None
    world.identity.client = options.client
    world.journal.file = options.journal
    return replace(world, switches=options.switches, latency_seconds=options.latency_ms / 1000)
