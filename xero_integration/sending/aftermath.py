"""What follows once records have settled: the mirror knows them, and what waited for them goes."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.utils import timezone

from xero_integration import pull
from xero_integration.both_sides.fields import OURS, Values, their_values
from xero_integration.mapping import items
from xero_integration.models import Batch, Connection, Kind, XeroContact
from xero_integration.payments import allocations, billing, receipts, refunding
from xero_integration.sending import attaching, waking
from xero_integration.sending.verdicts import IDS, Verdict


def carry_on(
    batch: Batch, verdicts: Sequence[Verdict], contacts: Mapping[str, XeroContact]
) -> None:
    """Let those go that waited for records which have settled; within their transaction.

    `contacts` are the rows of the mirror that the answer shows, by Xero's id.
    """
    if batch.kind == Kind.CONTACT:
        # Whatever became of them: who waits for the name has waited long enough.
        waking.namesakes_of(batch.connection, [one.member.row.object_id for one in verdicts])
    arrived = [verdict for verdict in verdicts if verdict.element is not None]
    if not arrived:
        return
    connection = batch.connection
    elements = [one.element for one in arrived if one.element]
    # In the mirror, so that its echo is known for one.
    ids = [verdict.member.row.object_id for verdict in arrived]
    if batch.kind == Kind.ITEM:
        items.store(connection, elements)
    if batch.kind == Kind.INVOICE:
        pull.store_invoices(connection, receipts.in_step(connection, elements))
        waking.payments_of(connection, ids)
        waking.credit_notes_of(connection, ids)
        attaching.queue(connection, ids)
    if batch.kind == Kind.CREDIT_NOTE:
        allocations.queue(connection, ids)
        refunding.queue(connection, ids)
    if batch.kind == Kind.BILL:
        billing.queue(connection, ids)
    if batch.kind == Kind.ALLOCATION:
        allocations.arrived(connection, ids)
    if batch.kind == Kind.CONTACT:
        pull.save_contacts(_without_news(batch, arrived, contacts))
        waking.invoices_of(connection, ids)
    # Last: all workers of the organisation meet at this row, and none may wait while holding it.
    Connection.objects.filter(pk=connection.pk).update(last_synced_at=timezone.now())


def _without_news(
    batch: Batch, arrived: Iterable[Verdict], contacts: Mapping[str, XeroContact]
) -> list[XeroContact]:
    """Return the mirror's rows, save those that show an edit made there of what was not sent.

    Those are left to be read: the mirror must not know of an edit before it had its effect here.
    """
    sent = {
        one.element[IDS[Kind.CONTACT]]: one.member.expected.get("fields")
        for one in arrived
        if one.element
    }
    if all(fields is None for fields in sent.values()):
        # All of each was sent. (Of one that only came back into use, nothing was: an empty list.)
        return [contacts[xero_id] for xero_id in sent]
    known = batch.connection.xero_contacts.filter(xero_id__in=sent)
    mirror = {row.xero_id: their_values(row) for row in known}
    return [
        contacts[xero_id]
        for xero_id, fields in sent.items()
        if _is_as_sent(contacts[xero_id], mirror.get(xero_id), fields)
    ]


def _is_as_sent(row: XeroContact, known: Values | None, sent: Collection[str] | None) -> bool:
    if known is None or sent is None:
        return True
    theirs = their_values(row)
    return all(theirs[name] == known[name] for name in OURS if name not in sent)
