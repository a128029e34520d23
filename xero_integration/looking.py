"""A look at Xero before ours is sent: what was edited there meanwhile must not be overwritten.

One call for a batch of updates, and none where our value stands anyway.
"""

import logging

from pooltrackr.lib.chunks import chunks
from xero_integration import arrivals, batches, edits, invoice_edits, log, outbox
from xero_integration.client.api import Client
from xero_integration.models import EditRule, Kind, Link, XeroContact, XeroInvoice

logger = logging.getLogger(__name__)


# Ids in one call: an address of Xero's holds some two thousand characters.
IDS = 40


def look_first(client: Client, kind: Kind) -> None:
    """Bring here what changed of the records that are about to be updated. Raises XeroError."""
    if kind == Kind.CONTACT and client.connection.edit_rule != EditRule.OURS:
        _look_at_contacts(client)
    if kind == Kind.INVOICE:
        _look_at_invoices(client)


def _look_at_invoices(client: Client) -> None:
    ids = _about_to_be_sent(client, Kind.INVOICE)
    for part in chunks(ids, IDS):
        found = arrivals.read(client, Kind.INVOICE, i_ds=part, page=1, page_size=len(part))
        sent = arrivals.being_sent(client.connection, Kind.INVOICE)
        still = [row for row in found.rows if not sent.includes(row)]
        arrivals.take_in(client, Kind.INVOICE, still)
        # Ours may have changed since an answer was given.
        invoice_edits.bring(client.connection, [r for r in still if isinstance(r, XeroInvoice)])
        log.event(logger, "looked-first", connection=client.connection.pk, count=len(part))


def _look_at_contacts(client: Client) -> None:
    ids = _about_to_be_sent(client, Kind.CONTACT)
    if not ids:
        return
    found = arrivals.read(client, Kind.CONTACT, i_ds=ids, page=1, page_size=len(ids))
    sent = arrivals.being_sent(client.connection, Kind.CONTACT)
    still = [row for row in found.rows if not sent.includes(row)]
    arrivals.take_in(client, Kind.CONTACT, still)
    # Ours may have changed since something was asked of a person.
    edits.bring(client.connection, [row for row in still if isinstance(row, XeroContact)])
    log.event(logger, "looked-first", connection=client.connection.pk, count=len(ids))


def _about_to_be_sent(client: Client, kind: Kind) -> list[str]:
    """The records in Xero of what goes next; what was never agreed on goes as it was chosen."""
    due = outbox.due(client.connection, kind=kind, lane=client.lane)
    objects = list(due.values_list("object_id", flat=True)[: batches.BATCH_SIZE])
    links = Link.objects.current().filter(connection=client.connection, kind=kind)
    agreed = links.filter(object_id__in=objects).exclude(agreed={})
    return sorted(agreed.values_list("xero_id", flat=True))
