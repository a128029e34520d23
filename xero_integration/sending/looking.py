"""A look at Xero before ours is sent: what was edited there meanwhile must not be overwritten.

One call for a batch of updates, and none where our value stands anyway.
"""

import logging
from uuid import UUID

from pooltrackr.lib.chunks import chunks
from xero_integration import log, outbox
from xero_integration.both_sides import edits, invoice_edits
from xero_integration.client.api import Client
from xero_integration.models import EditRule, Kind, Link, XeroContact, XeroInvoice
from xero_integration.reading import arrivals
from xero_integration.sending import batches

logger = logging.getLogger(__name__)


# Ids in one call: an address of Xero's holds some two thousand characters.
IDS = 40


def look_first(client: Client, kind: Kind) -> frozenset[UUID] | None:
    """Bring here what changed of the records that are about to be updated. Raises XeroError.

    Returns the objects that go next, all looked at: no other may be updated before a look of its
    own. None where updates of this kind need no look.
    """
    if not _needs_look(client, kind):
        return None
    objects, ids = next_up(client, kind)
    if ids and kind == Kind.CONTACT:
        _look_at_contacts(client, ids)
    if ids and kind == Kind.INVOICE:
        _look_at_invoices(client, ids)
    return objects


def _needs_look(client: Client, kind: Kind) -> bool:
    if kind == Kind.CONTACT:
        return client.connection.edit_rule != EditRule.OURS
    return kind == Kind.INVOICE


def _look_at_invoices(client: Client, ids: list[str]) -> None:
    for part in chunks(ids, IDS):
        found = arrivals.read(client, Kind.INVOICE, i_ds=part, page=1, page_size=len(part))
        sent = arrivals.being_sent(client.connection, Kind.INVOICE)
        still = [row for row in found.rows if not sent.includes(row)]
        arrivals.take_in(client, Kind.INVOICE, still)
        # Ours may have changed since an answer was given.
        invoice_edits.bring(client.connection, [r for r in still if isinstance(r, XeroInvoice)])
        log.event(logger, "looked-first", connection=client.connection.pk, count=len(part))


def _look_at_contacts(client: Client, ids: list[str]) -> None:
    found = arrivals.read(client, Kind.CONTACT, i_ds=ids, page=1, page_size=len(ids))
    sent = arrivals.being_sent(client.connection, Kind.CONTACT)
    still = [row for row in found.rows if not sent.includes(row)]
    arrivals.take_in(client, Kind.CONTACT, still)
    # Ours may have changed since something was asked of a person.
    edits.bring(client.connection, [row for row in still if isinstance(row, XeroContact)])
    log.event(logger, "looked-first", connection=client.connection.pk, count=len(ids))


def next_up(client: Client, kind: Kind) -> tuple[frozenset[UUID], list[str]]:
    """Return the objects that go next, and the ids of those of them that are to be looked at.

    What was never agreed on goes as it was chosen. Where nothing is to be looked at, more go.
    """
    due = outbox.due(client.connection, kind=kind, lane=client.lane)
    objects = list(due.values_list("object_id", flat=True)[: batches.most_rows(client.lane)])
    links = Link.objects.current().filter(connection=client.connection, kind=kind)
    agreed = dict(
        links.filter(object_id__in=objects).exclude(agreed={}).values_list("object_id", "xero_id")
    )
    if agreed:
        objects = objects[: batches.BATCH_SIZE]
    return frozenset(objects), sorted(agreed[one] for one in objects if one in agreed)
