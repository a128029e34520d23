"""Keeping a world over a restart (`--state FILE`), so that a demo goes on where it was stopped.

Written at an orderly stop only: a simulator that is killed forgets what it held since its start.
"""

import hashlib
import pickle
from functools import cache
from pathlib import Path
from typing import TypeVar

WorldT = TypeVar("WorldT")
COMMON = Path(__file__).parent


def save(world: object, path: Path, program: Path) -> None:
    """Write `world` to `path`, whole or not at all."""
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(pickle.dumps((digest(program), world)))
    unfinished.replace(path)


def load(path: Path, kind: type[WorldT], program: Path) -> WorldT | None:
    """Return the world kept in `path`, or None when there is none to use.

    A world of another version of the code in the folder `program` is not used: its parts may have
    changed their shape.
    """
    if not path.exists():
        return None
    try:
        saved_by, world = pickle.loads(path.read_bytes())  # noqa: S301 - written by save() above
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, ValueError, TypeError):
        return None
    return world if saved_by == digest(program) and isinstance(world, kind) else None


@cache
def digest(program: Path) -> str:
    """Return a digest of the code in a folder and of what all simulators share."""
    whole = hashlib.sha256()
    for folder in (program, COMMON):
        for file in sorted(folder.rglob("*.py")):
            whole.update(file.read_bytes())
    return whole.hexdigest()
