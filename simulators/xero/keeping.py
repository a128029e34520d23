"""Keeping a world over a restart (`--state FILE`), so that a demo goes on where it was stopped.

Written at an orderly stop only: a simulator that is killed forgets what it held since its start.
"""

import hashlib
import pickle
from dataclasses import replace
from functools import cache
from pathlib import Path

from simulators.xero.world import Options, World


def save(world: World, path: Path) -> None:
    """Write `world` to `path`, whole or not at all."""
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(pickle.dumps((program(), world)))
    unfinished.replace(path)


def load(path: Path, options: Options) -> World | None:
    """Return the world kept in `path` under today's options, or None when there is none to use.

    A world of another version of this program is not used: its parts may have changed their shape.
    """
    if not path.exists():
        return None
    try:
        saved_by, world = pickle.loads(path.read_bytes())  # noqa: S301 - written by save() above
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, ValueError, TypeError):
        return None
    if saved_by != program() or not isinstance(world, World):
        return None
    world.identity.client = options.client
    world.journal.file = options.journal
    return replace(world, switches=options.switches, latency_seconds=options.latency_ms / 1000)


@cache
def program() -> str:
    """Return a digest of the simulator's own code."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
