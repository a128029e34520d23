"""Links: our object is this object in Xero. Made, taken back and moved here and nowhere else."""

from collections.abc import Collection, Mapping
from functools import partial
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from businesses.models import User
from contacts.models import Contact
from pooltrackr.lib.chunks import chunks
from pooltrackr.lib.conflicts import settled_together
from xero_integration import dispatch, log, outbox
from xero_integration.both_sides import questions
from xero_integration.both_sides.fields import our_values, their_values
from xero_integration.both_sides.threeway import Agreed
from xero_integration.models import (
    Action,
    Connection,
    Kind,
    Lane,
    Link,
    LinkStatus,
    OutboxStatus,
)
from xero_integration.models.link import LinkQuerySet
from xero_integration.payloads import contact_digest, sent_values
from xero_integration.sending import waking

# Xero's deep links (Xero, "Deep link to Xero").
PAGES = {
    Kind.CONTACT: "/Contacts/View/{}",
    Kind.INVOICE: "/AccountsReceivable/View.aspx?InvoiceID={}",
    Kind.BILL: "/AccountsPayable/View.aspx?InvoiceID={}",
    Kind.CREDIT_NOTE: "/AccountsReceivable/ViewCreditNote.aspx?creditNoteID={}",
}
CHUNK = 300


class LinkConflict(Exception):
    """One of the two is linked already; the text says which, for the person."""


def link_for(connection: Connection, kind: Kind, object_id: UUID) -> Link | None:
    return _current(connection, kind).filter(object_id=object_id).first()


def link(
    connection: Connection,
    kind: Kind,
    object_id: UUID,
    xero_id: str,
    *,
    by: User | None,
    in_step: bool = False,
) -> Link:
    """Say that our object is `xero_id`. Raises LinkConflict when either is linked elsewhere.

    With `in_step` both sides hold the same already and nothing is sent; otherwise our data is
    queued. Linking the same pair twice returns the link there is.
    """

    def make() -> Link:
        _hold_rows(connection, kind, [object_id])
        held = _held(connection, kind, object_id, xero_id)
        if held is not None:
            return held
        made = Link.objects.create(
            business_id=connection.business_id,
            connection=connection,
            kind=kind,
            object_id=object_id,
            xero_id=xero_id,
            linked_by=by,
        )
        label = _label(connection, kind, object_id)
        log.write([log.entry(connection, kind, Action.LINK, label, object_id, xero_id)])
        _after_linking(connection, kind, {object_id: label}, in_step=in_step)
        return made

    return settled_together(make)


def _hold_rows(connection: Connection, kind: Kind, object_ids: Collection[UUID]) -> None:
    """Wait for a worker that is settling these objects: it may be linking them.

    The rows first, as settling takes them: the other way round each could hold what the other
    waits for.
    """
    outbox.locked(connection.outbox.filter(kind=kind, object_id__in=object_ids))


def link_contacts(
    connection: Connection, pairs: Mapping[UUID, str], *, by: User | None, in_step: bool = False
) -> int:
    """Link many contacts that are free on both sides, and return how many were.

    Pairs with a side that is linked already are left as they are: compare the count.
    """
    made = 0
    for chunk in chunks(pairs.items(), CHUNK):
        link_them = partial(_link_chunk, connection, dict(chunk), by=by, in_step=in_step)
        made += settled_together(link_them)
    return made


def _link_chunk(
    connection: Connection, pairs: Mapping[UUID, str], *, by: User | None, in_step: bool
) -> int:
    _hold_rows(connection, Kind.CONTACT, pairs)
    current = _current(connection, Kind.CONTACT)
    ours = set(current.filter(object_id__in=pairs).values_list("object_id", flat=True))
    theirs = set(current.filter(xero_id__in=pairs.values()).values_list("xero_id", flat=True))
    free = {
        object_id: xero_id
        for object_id, xero_id in pairs.items()
        if object_id not in ours and xero_id not in theirs
    }
    Link.objects.bulk_create(
        Link(
            business_id=connection.business_id,
            connection=connection,
            kind=Kind.CONTACT,
            object_id=object_id,
            xero_id=xero_id,
            linked_by=by,
        )
        for object_id, xero_id in free.items()
    )
    names = dict(Contact.objects.filter(pk__in=free).values_list("pk", "name"))
    log.write(
        log.entry(connection, Kind.CONTACT, Action.LINK, names.get(pk, ""), pk, xero_id)
        for pk, xero_id in free.items()
    )
    _after_linking(connection, Kind.CONTACT, names, in_step=in_step)
    return len(free)


def unlink(link: Link, *, by: User | None) -> None:
    """Take a link back. What stands in Xero stays there; it becomes history here.

    The object's row is left out of Xero until somebody links or creates it anew: a link taken
    back must not end in a second record there.
    """
    connection, kind = link.connection, Kind(link.kind)
    with transaction.atomic():
        _hold_rows(connection, kind, [link.object_id])
        # A merge may have moved it just now: then it is the primary that is left out.
        held = Link.objects.current().select_for_update().filter(pk=link.pk).first()
        if held is None:
            return
        Link.objects.filter(pk=link.pk).update(status=LinkStatus.FORMER, updated_at=timezone.now())
        label = _label(connection, kind, held.object_id)
        log.write([log.entry(connection, kind, Action.UNLINK, label, held.object_id, held.xero_id)])
        # Nothing but a person's own word ever sends an item.
        if kind != Kind.ITEM:
            outbox.exclude_objects(kind, {held.object_id: label}, connection=connection, by=by)
        if kind == Kind.CONTACT:
            questions.all_over(held)


def follow(connection: Connection, *, merged: str, into: str) -> bool:
    """Let the link of a contact that was merged in Xero follow; False when `into` is linked.

    What the two agreed on goes along: what the survivor has otherwise is a change made in Xero.
    """
    current = _current(connection, Kind.CONTACT)
    ours = list(current.filter(xero_id=merged).values_list("object_id", flat=True))

    def go_along() -> bool:
        old = current.filter(xero_id=merged).select_for_update().first()
        if old is None:
            # Somebody linked anew meanwhile: what waits goes by that.
            return True
        if current.filter(xero_id=into).exists():
            return False
        Link.objects.filter(pk=old.pk).update(status=LinkStatus.FORMER, updated_at=timezone.now())
        Link.objects.create(
            business_id=connection.business_id,
            connection=connection,
            kind=Kind.CONTACT,
            object_id=old.object_id,
            xero_id=into,
            pushed_digest=old.pushed_digest,
            pushed_at=old.pushed_at,
            checked_at=old.checked_at,
            agreed=old.agreed,
        )
        label = _label(connection, Kind.CONTACT, old.object_id)
        log.write([log.entry(connection, Kind.CONTACT, Action.LINK, label, old.object_id, into)])
        return True

    is_followed = settled_together(go_along)
    if is_followed:
        # What Xero had refused of it: an edit, while it was an invoice that found the survivor.
        waking.of_contacts(connection, ours)
    return is_followed


def xero_url(connection: Connection, kind: Kind | str, xero_id: str) -> str:
    """Return the address of the object's page in Xero, in the right organisation.

    Empty for a payment: it is seen on its invoice.
    """
    if kind not in PAGES:
        return ""
    page = PAGES[Kind(kind)].format(xero_id)
    origin = settings.XERO_APP_URL
    return (
        f"{origin}/organisationlogin/default.aspx?shortcode={quote(connection.short_code, safe='')}"
        f"&redirecturl={quote(page, safe='')}"
    )


def _current(connection: Connection, kind: Kind) -> LinkQuerySet:
    return Link.objects.current().filter(connection=connection, kind=kind)


def _held(connection: Connection, kind: Kind, object_id: UUID, xero_id: str) -> Link | None:
    ours = _current(connection, kind).filter(object_id=object_id).first()
    theirs = _current(connection, kind).filter(xero_id=xero_id).first()
    if ours is None and theirs is None:
        return None
    if ours is not None and ours == theirs:
        return ours
    if ours is not None:
        raise LinkConflict("This is already linked to another record in Xero. Unlink it first.")
    raise LinkConflict("The record in Xero is already linked to another one here.")


def _after_linking(
    connection: Connection, kind: Kind, labels: Mapping[UUID, str], *, in_step: bool
) -> None:
    """Queue our data, or mark both sides as equal; wake the invoices that waited."""
    _let_in(connection, kind, labels)
    if in_step and kind == Kind.CONTACT:
        mark_in_step(connection, labels)
    elif in_step:
        _settled(connection, kind, labels)
    else:
        lane = Lane.BULK if len(labels) > 1 else Lane.INTERACTIVE
        outbox.enqueue_many(kind, labels, business=connection.business, lane=lane)
    if kind == Kind.CONTACT:
        waking.invoices_of(connection, list(labels))
        for lane in Lane:
            dispatch.drain_on_commit(connection, lane=lane)


def _let_in(connection: Connection, kind: Kind, labels: Mapping[UUID, str]) -> None:
    """A link is a decision to send: it takes back an earlier "leave out"."""
    connection.outbox.filter(kind=kind, object_id__in=labels, status=OutboxStatus.EXCLUDED).update(
        status=OutboxStatus.DONE, updated_at=timezone.now()
    )


def mark_in_step(connection: Connection, contact_ids: Mapping[UUID, str]) -> None:
    """Note that these linked contacts stand in Xero exactly as they stand here."""
    links = {
        one.object_id: one
        for one in _current(connection, Kind.CONTACT).filter(object_id__in=contact_ids)
    }
    now = timezone.now()
    mirror = connection.xero_contacts.filter(xero_id__in=[one.xero_id for one in links.values()])
    theirs = {one.xero_id: their_values(one) for one in mirror}
    for contact in Contact.objects.filter(pk__in=links):
        held, ours = links[contact.pk], sent_values(contact)
        held.pushed_digest = contact_digest(contact)
        held.checked_at = contact.updated_at
        held.pushed_at = now
        held.agreed = Agreed(ours, theirs.get(held.xero_id, our_values(contact))).as_json()
    columns = ["pushed_digest", "checked_at", "pushed_at", "agreed"]
    Link.objects.bulk_update(links.values(), columns)
    _settled(connection, Kind.CONTACT, links)


def _settled(connection: Connection, kind: Kind, object_ids: Collection[UUID]) -> None:
    """A refusal is settled too: linking is one way to mend "this name is taken"."""
    settled = (OutboxStatus.WAITING, OutboxStatus.PARKED)
    connection.outbox.filter(kind=kind, object_id__in=object_ids, status__in=settled).update(
        status=OutboxStatus.DONE, updated_at=timezone.now(), **outbox.NO_ERROR
    )


def _label(connection: Connection, kind: Kind, object_id: UUID) -> str:
    business = connection.business
    if kind == Kind.CONTACT:
        contact = business.contacts.filter(pk=object_id).first()
        return contact.name if contact else ""
    if kind == Kind.ITEM:
        product = business.products.filter(pk=object_id).first()
        return product.name if product else ""
    if kind == Kind.PAYMENT:
        payment = business.payments.filter(pk=object_id).first()
        return str(payment) if payment else ""
    invoice = business.invoices.filter(pk=object_id).first()
    return invoice.number if invoice else ""
