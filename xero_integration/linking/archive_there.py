"""Archiving in Xero, by a person's choice, the contact that was merged here; and taking it back.

The wish stands on the duplicate's former link (`Link.remote`) and travels by the outbox like any
other; the undo of the merge makes the contact active again with its first update.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.utils import timezone

from contacts.models import Merge
from xero_integration import outbox
from xero_integration.both_sides import questions
from xero_integration.models import Connection, Kind, Lane, Link, LinkStatus, OutboxStatus

# Kept with the link: what was wished, and how far it is.
WISH = "archive"
WANTED = "wanted"
DONE = "done"
BACK = "back"
ACTIVE = "ACTIVE"
ARCHIVED = "ARCHIVED"


def archive(merges: Sequence[Merge]) -> None:
    """Have the duplicates of `merges` archived in Xero, where both were linked."""
    for merge in merges:
        moves = merge.moves.get("xero_links", [])
        former = [move["link"] for move in moves if move["what"] == "former"]
        links = Link.objects.filter(pk__in=former, connection__in=Connection.objects.current())
        for link in links.select_related("connection"):
            _wish(link, WANTED)
            labels = {merge.duplicate_id: merge.duplicate.name}
            outbox.put(link.connection, Kind.CONTACT, labels, lane=Lane.INTERACTIVE)


def wanted(connection: Connection, contact_ids: Collection[UUID]) -> dict[UUID, Link]:
    """Return the links of merged contacts that are to be archived, unless another has them now."""
    links = Link.objects.filter(
        connection=connection,
        kind=Kind.CONTACT,
        object_id__in=contact_ids,
        status=LinkStatus.FORMER,
        remote__archive=WANTED,
    )
    found = {link.object_id: link for link in links}
    current = Link.objects.current().filter(connection=connection, kind=Kind.CONTACT)
    taken = current.filter(xero_id__in=[link.xero_id for link in found.values()])
    others = set(taken.values_list("xero_id", flat=True))
    return {pk: link for pk, link in found.items() if link.xero_id not in others}


def take_back(link: Link) -> None:
    """The merge is undone: what was not sent is not wished any more, else it is to come back.

    What is on its way counts as sent: nobody knows yet.
    """
    wish = link.remote.get(WISH)
    if wish is None:
        return
    rows = link.connection.outbox.filter(kind=Kind.CONTACT, object_id=link.object_id)
    is_moving = rows.filter(status=OutboxStatus.IN_FLIGHT).exists()
    _wish(link, BACK if wish == DONE or is_moving else None)


def comes_back(link: Link) -> bool:
    """Say whether an update of this link's contact is to make it active again."""
    return bool(link.remote.get(WISH) == BACK)


def arrived(link: Link) -> None:
    """Note that Xero has archived it."""
    if link.remote.get(WISH) == WANTED:
        _wish(link, DONE)


def is_back(link: Link) -> None:
    """Note, on a link that its caller saves, that it is active again; nothing is asked of it."""
    link.remote.pop(WISH, None)
    questions.archived(link, is_archived=False)


def _wish(link: Link, wish: str | None) -> None:
    rest = {name: value for name, value in link.remote.items() if name != WISH}
    remote = {**rest, WISH: wish} if wish else rest
    Link.objects.filter(pk=link.pk).update(remote=remote, updated_at=timezone.now())
