"""How higher apps join in: their rows follow a merge, their panels stand on a contact's page.

contacts/ may not import invoices/ or the integrations; they register here from AppConfig.ready().
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

from businesses.models import Business
from contacts.models import Contact, Merge, Pool

Row_contra = TypeVar("Row_contra", Contact, Pool, contravariant=True)
Moves = list[dict[str, Any]]


class Follower(Protocol[Row_contra]):
    """Rows that move to the primary when a contact or a pool is merged, and back from there.

    `name` keys the moves of a merge, so it never changes. `move` and `restore` run inside the
    merge's transaction; moves are plain JSON. `describe` says in a few words what would move
    ("3 invoices"), or nothing. `conflicts` says what stands against putting `moves` back.
    """

    name: str

    def describe(self, row: Row_contra, /) -> str: ...

    def move(self, *, duplicate: Row_contra, primary: Row_contra) -> Moves: ...

    def restore(self, moves: Moves, *, duplicate: Row_contra, primary: Row_contra) -> None: ...

    def conflicts(
        self, moves: Moves, *, duplicate: Row_contra, primary: Row_contra
    ) -> list[str]: ...


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


@dataclass(frozen=True)
class Elsewhere:
    """Another system that a higher app keeps contacts in step with.

    `linked` returns those of the ids that have a counterpart there; `warning` says in whole
    sentences what becomes of it when two such contacts are merged. What can be done there about
    the ones that were merged is chosen by the person (`choice`, the words of a check box) and begun
    by `archive`, in the merge's transaction; the undo of the merge takes it back.
    """

    linked: Callable[[Business, Collection[UUID]], set[UUID]]
    warning: str
    choice: str = ""
    archive: Callable[[Sequence[Merge]], None] | None = None


@dataclass(frozen=True)
class LeftBehind:
    """What a merge leaves behind in the system `name`, and what can be chosen about it."""

    name: str
    text: str
    choice: str = ""

    def __str__(self) -> str:
        return self.text


# Says, of a merge that is about to be undone, what has left the house since it was made.
Departed = Callable[[Merge], list[str]]
# Returns those of the ids that the higher app still needs although no foreign key tells so.
Use = Callable[[Business, Collection[UUID]], set[UUID]]

followers: dict[str, Follower[Contact]] = {}
pool_followers: dict[str, Follower[Pool]] = {}
panels: dict[str, Panel] = {}
consequences: dict[str, Consequence] = {}
uses: dict[str, Use] = {}
elsewhere: dict[str, Elsewhere] = {}
departed: dict[str, Departed] = {}


def register_follower(follower: Follower[Contact]) -> None:
    followers[follower.name] = follower


def register_pool_follower(follower: Follower[Pool]) -> None:
    pool_followers[follower.name] = follower


def register_panel(panel: Panel) -> None:
    panels[panel.name] = panel


def register_consequence(name: str, consequence: Consequence) -> None:
    consequences[name] = consequence


def register_use(name: str, use: Use) -> None:
    """Keep contacts that `use` names from being deleted by the undo of an import."""
    uses[name] = use


def register_elsewhere(name: str, one: Elsewhere) -> None:
    elsewhere[name] = one


def register_departed(name: str, what: Departed) -> None:
    departed[name] = what


def warnings_of_merging(
    business: Business, groups: Sequence[Collection[UUID]]
) -> list[list[LeftBehind]]:
    """Return for each group of contacts what its merge leaves behind elsewhere."""
    warnings: list[list[LeftBehind]] = [[] for _group in groups]
    ids = {pk for group in groups for pk in group}
    for name, one in elsewhere.items():
        linked = one.linked(business, ids)
        for group, found in zip(groups, warnings, strict=True):
            if len(linked.intersection(group)) > 1:
                found.append(LeftBehind(name, one.warning, one.choice))
    return warnings


def archive_elsewhere(names: Collection[str], merges: Sequence[Merge]) -> None:
    """Begin what the person chose to be done elsewhere about the contacts that were merged."""
    for name, one in elsewhere.items():
        if name in names and one.archive is not None:
            one.archive(merges)


def sent_since(merge: Merge) -> list[str]:
    return [text for what in departed.values() for text in what(merge)]


def described(contact: Contact) -> list[str]:
    """Return what hangs on `contact`, in a few words for each follower that has something."""
    texts = (follower.describe(contact) for follower in followers.values())
    return [text for text in texts if text]


def consequences_of_archiving(contact: Contact) -> list[str]:
    return [text for consequence in consequences.values() for text in consequence(contact)]
