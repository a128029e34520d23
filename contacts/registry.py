"""How higher apps join in: their rows follow a merge, their panels stand on a contact's page.

contacts/ may not import invoices/ or the integrations; they register here from AppConfig.ready().
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from businesses.models import Business
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


# Says in whole sentences what archiving this contact means in the higher app, or nothing.
Consequence = Callable[[Contact], list[str]]
# Returns those of the ids that the higher app still needs although no foreign key tells so.
Use = Callable[[Business, Collection[UUID]], set[UUID]]

followers: dict[str, Follower] = {}
panels: dict[str, Panel] = {}
consequences: dict[str, Consequence] = {}
uses: dict[str, Use] = {}


def register_follower(follower: Follower) -> None:
    followers[follower.name] = follower


def register_panel(panel: Panel) -> None:
    panels[panel.name] = panel


def register_consequence(name: str, consequence: Consequence) -> None:
    consequences[name] = consequence


def register_use(name: str, use: Use) -> None:
    """Keep contacts that `use` names from being deleted by the undo of an import."""
    uses[name] = use


def described(contact: Contact) -> list[str]:
    """Return what hangs on `contact`, in a few words for each follower that has something."""
    texts = (follower.describe(contact) for follower in followers.values())
    return [text for text in texts if text]


def consequences_of_archiving(contact: Contact) -> list[str]:
    return [text for consequence in consequences.values() for text in consequence(contact)]
