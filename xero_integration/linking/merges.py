"""What a merge of contacts means in Xero: said before it is made, and listed when it is undone.

Nothing here changes anything; links follow a merge in followers.py, and what a person chose to be
archived goes by archive_there.py.
"""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from businesses.models import Business
from contacts.models import Merge
from contacts.registry import Elsewhere
from invoices.merging import invoices_moved
from xero_integration.linking import archive_there
from xero_integration.models import (
    Action,
    Connection,
    Direction,
    Kind,
    Link,
    Outcome,
    SyncEntry,
)

# As many as a person reads in a message; the log has them all.
NAMED = 8
SENT = (Action.CREATE, Action.UPDATE, Action.VOID)


def linked(business: Business, ids: Collection[UUID]) -> set[UUID]:
    current = Link.objects.current().filter(business=business, kind=Kind.CONTACT)
    connections = Connection.objects.current().filter(business=business)
    found = current.filter(connection__in=connections, object_id__in=ids)
    return set(found.values_list("object_id", flat=True))


IN_XERO = Elsewhere(
    linked=linked,
    warning=(
        "More than one of them is linked to Xero. The primary keeps its link and is sent there as "
        "merged; the other contact stays in Xero with the invoices it has there and is no longer "
        "linked. New invoices go to the primary. Undoing the merge links it again."
    ),
    choice=(
        "Archive the other contact in Xero too. Its invoices stay; undoing the merge makes it "
        "active there again."
    ),
    archive=archive_there.archive,
)


def sent_since(merge: Merge) -> list[str]:
    """List what was sent of both contacts and of the invoices that moved, since the merge."""
    invoices = invoices_moved(merge)
    entries = SyncEntry.objects.filter(
        Q(kind=Kind.CONTACT, object_id__in=[merge.primary_id, merge.duplicate_id])
        | Q(kind=Kind.INVOICE, object_id__in=invoices),
        connection__in=Connection.objects.filter(business=merge.business_id),
        direction=Direction.TO_XERO,
        outcome=Outcome.DONE,
        action__in=SENT,
        at__gte=merge.done_at,
    )
    labels = list(dict.fromkeys(entries.order_by("at", "pk").values_list("label", flat=True)))
    if not labels:
        return []
    more = f" and {len(labels) - NAMED} more" if len(labels) > NAMED else ""
    return [
        f"Sent to Xero between the merge and its undo: {', '.join(labels[:NAMED])}{more}. Contacts "
        "and invoices that may still be changed there are sent again as they are now."
    ]
