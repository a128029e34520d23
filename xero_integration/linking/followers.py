"""How links follow a merge of contacts (contacts.registry), and come back when it is undone.

When both are linked the primary keeps its link and the other becomes a former one; when only the
duplicate is linked its link moves. What stands in Xero is not touched: archiving the other contact
there is the person's own choice (`archive_there`).
"""

from collections.abc import Collection
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone

from businesses.models import Business
from contacts.models import Contact
from contacts.registry import Moves
from pooltrackr.lib.conflicts import settled_together
from xero_integration import outbox
from xero_integration.linking import archive_there
from xero_integration.models import Connection, Kind, Link, LinkStatus, OutboxRow, OutboxStatus

MOVED = "moved"
FORMER = "former"
SET_ASIDE = "set_aside"
# Rows that a merge takes out of the way; one in flight is settled by its batch.
RESTING = (OutboxStatus.WAITING, OutboxStatus.PARKED)


class LinksFollow:
    name = "xero_links"

    def describe(self, contact: Contact) -> str:
        return "its link to Xero" if _links(contact).exists() else ""

    def move(self, *, duplicate: Contact, primary: Contact) -> Moves:
        _hold_rows(duplicate, primary)
        ids = list(_links(duplicate).values_list("pk", flat=True))
        moves = (settled_together(partial(_move, pk, primary)) for pk in ids)
        return [move for move in moves if move] + _set_aside(duplicate)

    def restore(self, moves: Moves, *, duplicate: Contact, primary: Contact) -> None:
        for move in moves:
            if move["what"] == SET_ASIDE:
                _wait_again(move)
            else:
                settled_together(partial(_give_back, move, duplicate, primary))

    def conflicts(self, moves: Moves, *, duplicate: Contact, primary: Contact) -> list[str]:
        texts = (
            _stands_against(move, duplicate, primary) for move in moves if move["what"] != SET_ASIDE
        )
        return [text for text in texts if text]


def _links(contact: Contact) -> Any:
    return Link.objects.current().filter(
        business_id=contact.business_id, kind=Kind.CONTACT, object_id=contact.pk
    )


def _hold_rows(*contacts: Contact) -> None:
    """Wait for a worker that is settling these contacts: the rows first, as it takes them."""
    outbox.locked(
        OutboxRow.objects.filter(
            business_id=contacts[0].business_id,
            kind=Kind.CONTACT,
            object_id__in=[contact.pk for contact in contacts],
        )
    )


def _move(pk: int, primary: Contact) -> dict[str, Any] | None:
    """Let a link follow. Raises IntegrityError where the primary is linked in this very instant."""
    link = Link.objects.current().select_for_update().filter(pk=pk).first()
    if link is None:
        # Somebody took it back meanwhile, and that stands.
        return None
    if _links(primary).filter(connection=link.connection_id).exists():
        link.status = LinkStatus.FORMER
        what = FORMER
    else:
        link.object_id = primary.pk
        # The primary's data has not been sent there yet.
        link.pushed_digest = ""
        what = MOVED
    link.save(update_fields=["object_id", "pushed_digest", "status", "updated_at"])
    return {"what": what, "link": link.pk}


def _set_aside(duplicate: Contact) -> Moves:
    rows = OutboxRow.objects.filter(
        business_id=duplicate.business_id,
        kind=Kind.CONTACT,
        object_id=duplicate.pk,
        status__in=RESTING,
    )
    moves: Moves = [{"what": SET_ASIDE, "row": row.pk} for row in rows]
    rows.update(status=OutboxStatus.DONE, updated_at=timezone.now())
    return moves


def _wait_again(move: dict[str, Any]) -> None:
    now = timezone.now()
    OutboxRow.objects.filter(pk=move["row"], status=OutboxStatus.DONE).update(
        status=OutboxStatus.WAITING, not_before=now, updated_at=now
    )


def _give_back(move: dict[str, Any], duplicate: Contact, primary: Contact) -> None:
    if _stands_against(move, duplicate, primary):
        return
    archive_there.take_back(Link.objects.select_related("connection").get(pk=move["link"]))
    Link.objects.filter(pk=move["link"]).update(
        object_id=duplicate.pk,
        status=LinkStatus.CURRENT,
        pushed_digest="",
        updated_at=timezone.now(),
    )


def _stands_against(move: dict[str, Any], duplicate: Contact, primary: Contact) -> str:
    """Say why a link cannot go back, or return an empty text."""
    link = Link.objects.filter(pk=move["link"]).select_related("connection").first()
    if link is None:
        return f"The link of {duplicate} to Xero is gone and would have to be made again."
    if move["what"] == MOVED and not _is_still_with(link, primary.pk):
        return f"The link to Xero has been changed since and would stay with {primary}."
    others = Link.objects.current().filter(connection=link.connection, kind=Kind.CONTACT)
    if others.filter(xero_id=link.xero_id).exclude(pk=link.pk).exists():
        return f"The contact in Xero that {duplicate} was linked to is linked to another one now."
    if others.filter(object_id=duplicate.pk).exclude(pk=link.pk).exists():
        return f"{duplicate} has been linked to another contact in Xero since."
    return ""


def _is_still_with(link: Link, object_id: UUID) -> bool:
    return link.status == LinkStatus.CURRENT and link.object_id == object_id


def contacts_in_xero(contact: Contact) -> list[str]:
    """Say what archiving a contact means in Xero (contacts.registry, a Consequence)."""
    current = Connection.objects.current()
    if not _links(contact).filter(connection__in=current).exists():
        return []
    return ["In Xero nothing changes: the contact stays active there until you archive it."]


def contacts_in_use(business: Business, ids: Collection[UUID]) -> set[UUID]:
    """Name contacts that are, were or will be in Xero (contacts.registry, a Use)."""
    links = Link.objects.filter(business=business, kind=Kind.CONTACT, object_id__in=ids)
    rows = OutboxRow.objects.filter(business=business, kind=Kind.CONTACT, object_id__in=ids)
    return {
        *links.values_list("object_id", flat=True),
        *rows.values_list("object_id", flat=True),
    }
