"""What Xero adds to other pages: a panel for a contact and an invoice, the dashboard, notices."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from businesses import registry as business_pages
from businesses.models import Business, Membership
from contacts import registry as contact_pages
from contacts.models import Contact
from invoices import registry as invoice_pages
from invoices.models import Invoice
from xero_integration import invoice_panels, online, outbox
from xero_integration.both_sides import invoice_questions, questions
from xero_integration.client import tokens
from xero_integration.health import outlook, reports, silence
from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    ConnectionStatus,
    Direction,
    Kind,
    OutboxRow,
    OutboxStatus,
    Outcome,
)
from xero_integration.payments import money_questions
from xero_integration.wizard import inbox

RECORD = "xero_integration/_record_panel.html"
MONEY = "xero_integration/_money_panel.html"


def current(business: Business) -> Connection | None:
    connections = business.xero_connections.select_related("business")
    return connections.current().first()


def of_record(business: Business, kind: Kind, object_id: UUID) -> dict[str, Any] | None:
    """Say how one record stands in Xero; nothing without a connection. Three queries."""
    connection = current(business)
    if connection is None:
        return None
    link = links.link_for(connection, kind, object_id)
    row = connection.outbox.filter(kind=kind, object_id=object_id).first()
    return {
        "kind": kind,
        "object_id": object_id,
        "connection": connection,
        "link": link,
        "xero_url": links.xero_url(connection, kind, link.xero_id) if link else "",
        "line": reports.queue_lines(connection, [row])[0] if row else None,
        "going": row is not None and is_going(connection, row),
    }


def is_going(connection: Connection, row: OutboxRow) -> bool:
    """Say whether a record is on its way, or is at the next chance: nothing holds it up."""
    if row.status == OutboxStatus.IN_FLIGHT:
        return True
    now = timezone.now()
    paused = connection.paused_until is not None and connection.paused_until > now
    return (
        row.status == OutboxStatus.WAITING
        and connection.is_active
        and not paused
        and row.not_before <= now
        and outbox.is_open(connection, Kind(row.kind))
    )


def of_contact(contact: Contact) -> dict[str, Any] | None:
    """How a contact stands in Xero, what came from there last, and what is asked about it."""
    panel = of_record(contact.business, Kind.CONTACT, contact.pk)
    if panel is not None:
        entries = panel["connection"].entries.filter(object_id=contact.pk, kind=Kind.CONTACT)
        came = entries.filter(direction=Direction.FROM_XERO, outcome=Outcome.DONE)
        panel["came"] = came.exclude(message="").first()
        link = panel["link"]
        there = panel["connection"].xero_contacts.filter(xero_id=link.xero_id) if link else None
        panel["there"] = there.first() if there is not None else None
        panel["questions"] = questions.of(panel["connection"], contact)
    return panel


def of_invoice(invoice: Invoice) -> dict[str, Any] | None:
    """How an issued invoice stands in Xero, what came from there, and what is asked about it."""
    if invoice.is_draft:
        return None
    panel = of_record(invoice.business, Kind.INVOICE, invoice.pk)
    if panel is not None:
        entries = panel["connection"].entries.filter(object_id=invoice.pk, kind=Kind.INVOICE)
        came = entries.filter(direction=Direction.FROM_XERO, outcome=Outcome.DONE)
        panel["came"] = came.exclude(message="").first()
        panel["online_url"] = online.known_url(panel["link"])
        panel["may_be_online"] = online.may_be_sent(panel["connection"], panel["link"])
        panel["invoice_questions"] = invoice_questions.of(panel["connection"], invoice)
        panel["money"] = _parked_money(panel["connection"], invoice)
    return panel


def _parked_money(connection: Connection, invoice: Invoice) -> list[Any]:
    """Return the payments of an invoice that need a person, as lines of the list of those.

    One that is shown beside Xero's, with both ways out, is not shown once more.
    """
    asked = money_questions.open_ones(connection).filter(invoice=invoice).exclude(payment=None)
    rows = connection.outbox.filter(kind=Kind.PAYMENT, status=OutboxStatus.PARKED)
    rows = rows.exclude(object_id__in=asked.values("payment"))
    parked = list(rows.filter(object_id__in=invoice.payments.values("pk")).order_by("pk"))
    return list(reports.queue_lines(connection, parked)) if parked else []


def asked_of(connection: Connection) -> int:
    """Count what waits for a decision, of contacts and invoices."""
    of_contacts = questions.open_ones(connection).count()
    return of_contacts + invoice_questions.open_ones(connection).count()


def money_of_invoice(invoice: Invoice) -> dict[str, Any] | None:
    """What is asked about an invoice's money, and what is owed back of it."""
    found = list(money_questions.to_see(invoice.business).filter(invoice=invoice))
    return {"questions": found} if found else None


def of_business(business: Business) -> dict[str, Any] | None:
    """The dashboard's panel: how the connection stands and what needs a person."""
    connection = current(business)
    standing = reports.standing(connection) if connection else None
    asked = asked_of(connection) if connection else 0
    money = money_questions.to_see(business).count() if connection else 0
    new = inbox.waiting(connection).count() if connection else 0
    return {
        "connection": connection,
        "standing": standing,
        "asked": asked,
        "new": new,
        "money": money,
    }


def notices(membership: Membership) -> list[business_pages.Notice]:
    """Say on every page that nothing reaches Xero or soon will not, and for how long."""
    business = membership.business
    connections = business.xero_connections.current().select_related("token", "business")
    connection = connections.annotate(stuck_since=silence.stuck_since()).first()
    if connection is None:
        return []
    url = reverse("xero:home", args=[business.slug])
    if connection.status == ConnectionStatus.NEEDS_RECONNECT:
        return [_broken(connection, url)]
    if connection.is_under_review:
        return [_under_review(connection)]
    if connection.token is not None and tokens.is_dying(connection.token):
        return [_dying(connection, connection.token.refresh_expires_at, url)]
    if outlook.is_long(connection):
        return [business_pages.Notice(outlook.paused(connection), url=url, label="Open Xero")]
    if connection.silent_since is not None:
        return [_mute(connection)]
    stuck = connection.stuck_since  # type: ignore[attr-defined]
    return [_stuck(stuck, url)] if stuck else []


def _broken(connection: Connection, url: str) -> business_pages.Notice:
    return business_pages.Notice(
        f"The connection to {connection.organisation_name} in Xero is broken: nothing reaches Xero "
        "until it is renewed. What you save meanwhile is kept and goes afterwards.",
        level="error",
        url=url,
        label="Reconnect",
    )


def _under_review(connection: Connection) -> business_pages.Notice:
    return business_pages.Notice(
        f"{connection.organisation_name} is connected again. Nothing goes to Xero until you have "
        "looked at what changed meanwhile.",
        url=reverse("xero:changed", args=[connection.business.slug]),
        label="See what changed",
    )


def _dying(connection: Connection, end: dt.datetime, url: str) -> business_pages.Notice:
    return business_pages.Notice(
        f"Xero has not renewed our access to {connection.organisation_name} for weeks; it ends on "
        f"{date_format(end, 'j F')}. Test the connection, and reconnect if that fails.",
        url=url,
        label="Test the connection",
    )


def _mute(connection: Connection) -> business_pages.Notice:
    queue = reverse("xero:queue", args=[connection.business.slug])
    return business_pages.Notice(
        silence.words(connection), level="error", url=queue, label="See what holds them up"
    )


def _stuck(since: dt.datetime, url: str) -> business_pages.Notice:
    return business_pages.Notice(
        f"Records have waited for Xero since {outlook.when(since)} and were not sent: our "
        "background work seems to stand still. Nothing is lost; please write to support.",
        level="error",
        url=url,
        label="Open Xero",
    )


def issue_notice(business: Business) -> list[str]:
    """Beside “Issue invoice”: whether it goes to Xero at once."""
    connection = current(business)
    if connection is None:
        return []
    if connection.invoices_open_at is None:
        return ["It is sent to Xero once product categories are linked to Xero accounts."]
    return [f"It is sent to {connection.organisation_name} in Xero at once."]


def void_notice(invoice: Invoice) -> list[str]:
    """Beside “Void”: what becomes of an invoice that Xero has."""
    connection = current(invoice.business)
    if connection is None or links.link_for(connection, Kind.INVOICE, invoice.pk) is None:
        return []
    name = connection.organisation_name
    return [f"{name} in Xero has it too: it is voided there at once, or deleted if still a draft."]


def register() -> None:
    """Join in on the pages of the apps below."""
    contact_pages.register_panel(contact_pages.Panel("xero", RECORD, of_contact))
    invoice_pages.register_panel(invoice_pages.Panel("xero_money", MONEY, money_of_invoice))
    invoice_pages.register_panel(invoice_pages.Panel("xero", RECORD, of_invoice))
    invoice_pages.register_issue_notice("xero", issue_notice)
    invoice_pages.register_void_notice("xero", void_notice)
    invoice_panels.register(invoice_pages)
    dashboard = business_pages.Panel(
        "xero", "xero_integration/_dashboard_panel.html", of_business, order=10
    )
    business_pages.register_panel(dashboard)
    business_pages.register_notices("xero", notices)
