"""What reaches a customer by Xero: the online invoice's address, and Xero's own e-mail of it."""

from uuid import UUID

from django.db import transaction

from invoices.models import Invoice
from xero_integration import log
from xero_integration.client import errors
from xero_integration.client.api import Client
from xero_integration.client.errors import XeroError
from xero_integration.linking import links
from xero_integration.models import (
    Action,
    Connection,
    Kind,
    Lane,
    Link,
    Outcome,
    SyncEntry,
    XeroInvoice,
)

# Kept with the link: Xero gives an invoice one address and keeps it.
ONLINE = "online_url"
# Xero, POST /Invoices/{id}/Email: sales invoices of these statuses; drafts have no address either.
SENDABLE = ("SUBMITTED", "AUTHORISED", "PAID")
SENT = "E-mailed by Xero to the contact's address there."
UNCLEAR = (
    "Xero was asked to e-mail it, and no answer came. It may have been sent: the invoice's history "
    "in Xero tells. Send it again if it was not."
)


class NotPossible(Exception):
    """Why Xero does not do this now, in words for the person."""


def known_url(link: Link | None) -> str:
    return str(link.remote.get(ONLINE, "")) if link else ""


def may_be_sent(connection: Connection, link: Link | None) -> bool:
    """Say whether Xero would send this invoice, as far as the mirror knows."""
    if link is None or not connection.is_active:
        return False
    row = connection.xero_invoices.filter(xero_id=link.xero_id).first()
    return row is not None and row.status in SENDABLE


def fetch_url(connection: Connection, invoice: Invoice) -> str:
    """Return the address of the online invoice, asked for once. Raises NotPossible."""
    link = _link(connection, invoice)
    if known := known_url(link):
        return known
    try:
        with Client(connection, lane=Lane.INTERACTIVE) as client:
            answer = client.call("get_online_invoice", link.xero_id)
            found = answer.elements("OnlineInvoices")
    except XeroError as error:
        raise NotPossible(f"Xero did not give it: {error.message}") from None
    url = str(found[0].get("OnlineInvoiceUrl") or "") if found else ""
    # It becomes a link on our pages and in e-mails.
    if not url.startswith("https://"):
        raise NotPossible("Xero has no online invoice for it.")
    with transaction.atomic():
        held = Link.objects.select_for_update().get(pk=link.pk)
        held.remote[ONLINE] = url
        held.save(update_fields=["remote", "updated_at"])
    return url


def email(connection: Connection, invoice: Invoice, *, key: UUID) -> None:
    """Have Xero e-mail an invoice. Raises NotPossible. One `key` sends one e-mail.

    Xero chooses address and words. It sends 1,000 a day for an organisation that pays, 20 for a
    trial, and none for its demo company.
    """
    entry = _asked(_link(connection, invoice), invoice)
    try:
        with Client(connection, lane=Lane.INTERACTIVE) as client:
            client.call("email_invoice", entry.xero_id, {}, idempotency_key=key.hex)
    except XeroError as error:
        raise _not_sent(entry, error) from None
    _answered(entry, SENT, Outcome.DONE)


def _asked(link: Link, invoice: Invoice) -> SyncEntry:
    """Write down that Xero is about to be asked: whoever dies meanwhile leaves that behind."""
    entry = log.entry(
        link.connection,
        Kind.INVOICE,
        Action.EMAIL,
        invoice.number,
        invoice.pk,
        link.xero_id,
        UNCLEAR,
        outcome=Outcome.FAILED,
        error_code="no_answer",
    )
    entry.save()
    return entry


def _not_sent(entry: SyncEntry, error: XeroError) -> NotPossible:
    if error.outcome == errors.Outcome.UNCLEAR:
        return NotPossible(UNCLEAR)
    _answered(entry, error.message, Outcome.FAILED, code=error.code)
    return NotPossible(f"Xero did not send it: {error.message}")


def _answered(entry: SyncEntry, message: str, outcome: Outcome, *, code: str = "") -> None:
    entry.message, entry.outcome, entry.error_code = message, outcome, code
    entry.save(update_fields=["message", "outcome", "error_code"])


def _link(connection: Connection, invoice: Invoice) -> Link:
    link = links.link_for(connection, Kind.INVOICE, invoice.pk)
    if link is None:
        raise NotPossible(f"{invoice} is not in Xero.")
    if not connection.is_active:
        raise NotPossible("Reconnect to Xero first.")
    return link


def row_of(connection: Connection, link: Link | None) -> XeroInvoice | None:
    """Return what the mirror has of a linked invoice."""
    return connection.xero_invoices.filter(xero_id=link.xero_id).first() if link else None
