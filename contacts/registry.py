"""How higher apps join in: their rows follow a merge, their panels stand on a contact's page.

contacts/ may not import invoices/ or the integrations; they register here from AppConfig.ready().
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from contacts.models import Contact

Moves = list[dict[str, Any]]


class Follower(Protocol):
    """Rows that move to the primary when a contact is merged, and back when that is undone.

    `name` keys the moves in Merge.moves, so it never changes. `move` and `restore` run inside the
    merge's transaction; moves are plain JSON. `describe` says in a few words what would move
    ("3 invoices"), or nothing. `conflicts` says what stands against putting `moves` back.
    """

    name: str

    def describe(self, contact: Contact) -> str: ...

    def move(self, *, duplicate: Contact, primary: Contact) -> Moves: ...

    def restore(self, moves: Moves, *, duplicate: Contact, primary: Contact) -> None: ...

    def conflicts(self, moves: Moves, *, duplicate: Contact, primary: Contact) -> list[str]: ...


@dataclass(frozen=True)
class Panel:
    """A part of a contact's page that a higher app draws.

    `context` returns the template's variables, or None to leave the panel out.
    """

    name: str
    template: str
    context: Callable[[Contact], dict[str, Any] | None]


followers: dict[str, Follower] = {}
panels: dict[str, Panel] = {}


def register_follower(follower: Follower) -> None:
    followers[follower.name] = follower


def register_panel(panel: Panel) -> None:
    panels[panel.name] = panel
