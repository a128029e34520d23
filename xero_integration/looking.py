"""A look at Xero before ours is sent: what was edited there meanwhile must not be overwritten.

One call for a batch of updates, and none where our value stands anyway.
"""

import logging

from xero_integration import arrivals, batches, edits, log, outbox
from xero_integration.client.api import Client
from xero_integration.models import EditRule, Kind, Link, XeroContact

logger = logging.getLogger(__name__)


def look_first(client: Client) -> None:
    """Bring here what changed of the contacts that are about to be updated. Raises XeroError."""
    if client.connection.edit_rule == EditRule.OURS:
        return
    ids = _about_to_be_sent(client)
    if not ids:
        return
    found = arrivals.read(client, Kind.CONTACT, i_ds=ids, page=1, page_size=len(ids))
    sent = arrivals.being_sent(client.connection, Kind.CONTACT)
    still = [row for row in found.rows if not sent.includes(row)]
    arrivals.take_in(client, Kind.CONTACT, still)
    # Ours may have changed since something was asked of a person.
    edits.bring(client.connection, [row for row in still if isinstance(row, XeroContact)])
    log.event(logger, "looked-first", connection=client.connection.pk, count=len(ids))


def _about_to_be_sent(client: Client) -> list[str]:
    """The contacts in Xero of what goes next; what was never agreed on goes as it was chosen."""
    due = outbox.due(client.connection, kind=Kind.CONTACT, lane=client.lane)
    objects = list(due.values_list("object_id", flat=True)[: batches.BATCH_SIZE])
    links = Link.objects.current().filter(connection=client.connection, kind=Kind.CONTACT)
    agreed = links.filter(object_id__in=objects).exclude(agreed={})
    return sorted(agreed.values_list("xero_id", flat=True))
