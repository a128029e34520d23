"""After a reconnect: what changed on either side meanwhile, before anything moves.

The organisation is read anew and each link is held against it. Nothing is sent until a person has
looked and says go on; then links to nothing are dropped, and a worker follows the merges, brings
the edits by the rule and the money here (`arrivals.come_back`), and sends what is new.
"""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from businesses.models import User
from contacts.models import Contact
from invoices.models import Invoice, InvoiceStatus
from xero_integration import log, pull
from xero_integration.client.api import Answer, Client
from xero_integration.connecting import connect
from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    ConnectionStatus,
    JobKind,
    JobStatus,
    Kind,
    Lane,
    Link,
    XeroContact,
    XeroInvoice,
)
from xero_integration.reading import pages

logger = logging.getLogger(__name__)

# Xero compares its own clock with ours, and the last push may have been settled late.
OVERLAP = dt.timedelta(hours=1)
GONE = ("VOIDED", "DELETED")


@dataclass(frozen=True)
class Change:
    """One record that changed meanwhile: its name or number, what happened, and both addresses."""

    label: str
    words: str
    url: str = ""
    xero_url: str = ""


@dataclass(frozen=True)
class Group:
    """Changes of one kind, and what going on does about them."""

    title: str
    note: str
    changes: Sequence[Change]
    level: str = ""


# --- reading ------------------------------------------------------------------------------------


def read_invoices(connection: Connection) -> None:
    """Read into the mirror what changed of invoices since the connection ended."""
    read = partial(_page, connection, _since(connection) - OVERLAP)
    for answer, _ in pages.in_order(read, first=1, go_on=lambda: True):
        pull.store_invoices(connection, answer.elements("Invoices"))


def _page(connection: Connection, since: dt.datetime, page: int) -> Answer:
    with Client(connection, lane=Lane.INTERACTIVE) as client:
        return client.call(
            "get_invoices",
            if_modified_since=f"{since:%Y-%m-%dT%H:%M:%S}",
            page=page,
            page_size=pull.PAGE_SIZE,
            order="UpdatedDateUTC ASC",
            unitdp=4,
        )


def _since(connection: Connection) -> dt.datetime:
    assert connection.review_since is not None  # set together with the status
    return connection.review_since


# --- what changed -------------------------------------------------------------------------------


def groups(connection: Connection) -> list[Group]:
    """Return what changed on either side, the gravest first; without those that are empty."""
    found = [*_in_xero(connection), *_here(connection)]
    return [group for group in found if group.changes]


def _in_xero(connection: Connection) -> list[Group]:
    contacts = _contacts(connection)
    invoices = _invoices(connection)
    return [
        Group(
            "Contacts that are gone in Xero",
            "Their links are dropped; you may link or create them anew.",
            [_of_contact(connection, *one, "Not there any more") for one in contacts["gone"]],
            level="bad",
        ),
        Group(
            "Contacts that were merged in Xero",
            "Their links follow to the contact that Xero kept.",
            [_of_contact(connection, *one, "Merged") for one in contacts["merged"]],
        ),
        Group(
            "Contacts that were archived in Xero",
            "They stay linked. Xero takes no invoices for them until they are restored there.",
            [_of_contact(connection, *one, "Archived") for one in contacts["archived"]],
            level="bad",
        ),
        Group(
            "Contacts that were edited in Xero",
            "They come here field by field; where both sides changed one, your rule decides.",
            [_of_contact(connection, *one, "Edited") for one in contacts["edited"]],
        ),
        Group(
            "Invoices that were voided or deleted in Xero",
            "They are voided here too, unless they were paid or changed here: then you are asked.",
            [_of_invoice(connection, *one) for one in invoices if one[1].status in GONE],
            level="bad",
        ),
        Group(
            "Invoices that were changed or paid in Xero",
            "Money that was entered there is recorded here. Of what else differs you are asked.",
            [_of_invoice(connection, *one) for one in invoices if one[1].status not in GONE],
        ),
    ]


Pair = tuple[Contact, XeroContact | None]


def _contacts(connection: Connection) -> dict[str, list[Pair]]:
    """Hold each linked contact against the mirror, which was read in full."""
    found: dict[str, list[Pair]] = {"gone": [], "merged": [], "archived": [], "edited": []}
    linked = dict(_current(connection, Kind.CONTACT).values_list("object_id", "xero_id"))
    mirror = {row.xero_id: row for row in connection.xero_contacts.iterator(chunk_size=2000)}
    for contact in connection.business.contacts.filter(pk__in=_ids(connection, Kind.CONTACT)):
        row = mirror.get(linked[contact.pk])
        kind = _fate(row, _since(connection))
        if kind:
            found[kind].append((contact, row))
    return found


def _fate(row: XeroContact | None, since: dt.datetime) -> str:
    if row is None:
        return "gone"
    if row.merged_to:
        return "merged"
    is_newer = row.updated_at is not None and row.updated_at > since
    if not is_newer:
        return ""
    return "edited" if row.status == "ACTIVE" else "archived"


def _invoices(connection: Connection) -> list[tuple[Invoice, XeroInvoice]]:
    """Return linked invoices that Xero says changed, and that differ from ours now."""
    changed = connection.xero_invoices.filter(updated_at__gt=_since(connection))
    rows = {row.xero_id: row for row in changed}
    current = _current(connection, Kind.INVOICE).filter(xero_id__in=changed.values("xero_id"))
    owners = dict(current.values_list("object_id", "xero_id"))
    invoices = connection.business.invoices.filter(pk__in=current.values("object_id"))
    pairs = [(invoice, rows[owners[invoice.pk]]) for invoice in invoices]
    return [(invoice, row) for invoice, row in pairs if _differs(invoice, row)]


def _differs(invoice: Invoice, row: XeroInvoice) -> bool:
    is_gone = row.status in GONE
    if is_gone or invoice.status == InvoiceStatus.VOID:
        return is_gone != (invoice.status == InvoiceStatus.VOID)
    return (row.total, row.paid) != (invoice.total, invoice.amount_paid)


def _here(connection: Connection) -> list[Group]:
    since = _since(connection)
    contacts = connection.business.contacts.filter(merged_into=None, updated_at__gt=since)
    invoices = connection.business.invoices.filter(updated_at__gt=since).exclude(
        status=InvoiceStatus.DRAFT
    )
    linked_contacts = contacts.filter(_is_linked(connection, Kind.CONTACT))
    new_contacts = contacts.filter(
        ~_is_linked(connection, Kind.CONTACT), archived_at=None, created_at__gt=since
    )
    linked_invoices = invoices.filter(_is_linked(connection, Kind.INVOICE))
    new_invoices = invoices.filter(
        ~_is_linked(connection, Kind.INVOICE),
        status=InvoiceStatus.ISSUED,
        date__gte=connection.send_from,
    )
    return [
        _going("New contacts here", "They are created in Xero.", new_contacts),
        _going("Contacts edited here", "Xero gets what stands here now.", linked_contacts),
        _going("Invoices issued here", "They are sent to Xero.", new_invoices),
        _going("Invoices changed here", "Xero gets what stands here now.", linked_invoices),
    ]


def _going(title: str, note: str, records: "QuerySet[Contact] | QuerySet[Invoice]") -> Group:
    changes = [Change(str(one), "", url=one.get_absolute_url()) for one in records.iterator()]
    return Group(title, note, changes)


def _of_contact(
    connection: Connection, contact: Contact, row: XeroContact | None, words: str
) -> Change:
    return Change(
        contact.name,
        words if row is None or row.name == contact.name else f"{words}: {row.name}",
        url=contact.get_absolute_url(),
        xero_url=links.xero_url(connection, Kind.CONTACT, row.xero_id) if row else "",
    )


def _of_invoice(connection: Connection, invoice: Invoice, row: XeroInvoice) -> Change:
    return Change(
        invoice.number,
        f"{row.status.capitalize()}, total {row.total:,}, paid {row.paid:,} there; "
        f"total {invoice.total:,}, paid {invoice.amount_paid:,} here",
        url=invoice.get_absolute_url(),
        xero_url=links.xero_url(connection, Kind.INVOICE, row.xero_id),
    )


def _current(connection: Connection, kind: Kind) -> QuerySet[Link]:
    return Link.objects.current().filter(connection=connection, kind=kind)


def _ids(connection: Connection, kind: Kind) -> QuerySet[Link, Any]:
    return _current(connection, kind).values("object_id")


def _is_linked(connection: Connection, kind: Kind) -> Exists:
    return Exists(_current(connection, kind).filter(object_id=OuterRef("pk")))


# --- going on -----------------------------------------------------------------------------------


def is_read(connection: Connection) -> bool:
    """Say whether the organisation was read since it was connected anew."""
    reads = connection.jobs.filter(kind=JobKind.READ, status=JobStatus.DONE)
    return reads.filter(started_at__gte=connection.connected_at).exists()


def go_on(connection: Connection, *, by: User) -> bool:
    """Let records go again, and say whether they do: not before Xero was read.

    A second call finds nothing to do.
    """
    if not is_read(connection):
        return False
    for contact, row in _contacts(connection)["gone"]:
        link = _current(connection, Kind.CONTACT).filter(object_id=contact.pk).first()
        if link is not None and row is None:
            links.unlink(link, by=by)
    passed = Connection.objects.filter(pk=connection.pk, status=ConnectionStatus.REVIEW).update(
        status=ConnectionStatus.ACTIVE, review_since=None, updated_at=timezone.now()
    )
    if passed:
        connection.refresh_from_db()
        log.event(logger, "review-passed", connection=connection.pk, by=by.pk)
        connect.go_on(connection)
    return True
