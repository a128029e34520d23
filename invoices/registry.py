"""How the integrations join in: panels on an invoice's page, what issuing sets in motion, and the
link by which a customer pays.

invoices/ may not import the integrations; they register here from AppConfig.ready().
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from businesses.models import Business
from invoices.models import Invoice


@dataclass(frozen=True)
class Panel:
    """A part of an invoice's page.

    `context` returns the template's variables, or None to leave the panel out. The template sees
    `invoice`, `business` and `membership` too.
    """

    name: str
    template: str
    context: Callable[[Invoice], dict[str, Any] | None]


@dataclass(frozen=True)
class PaymentNote:
    """How a payment stands elsewhere; `level` is a badge's, `url` where it is seen."""

    text: str
    level: str = "muted"
    url: str = ""


# Says in whole sentences what happens elsewhere, or nothing.
IssueNotice = Callable[[Business], list[str]]
VoidNotice = Callable[[Invoice], list[str]]
# The address where the customer pays this invoice now, or nothing.
PayLink = Callable[[Invoice], str]

# Says of an issued invoice what another system does not let be changed, and what is lawful instead.
Limit = Callable[[Invoice], list[str]]
# Says of payments, by key, how each stands elsewhere.
PaymentNotes = Callable[[Invoice], dict[UUID, "PaymentNote"]]
# Says of payments and money movements, by key, how each stands elsewhere.
MoneyNotes = Callable[[Business, Collection[UUID]], dict[UUID, "PaymentNote"]]
OnlineLink = Callable[[Invoice], str]

panels: dict[str, Panel] = {}
issue_notices: dict[str, IssueNotice] = {}
void_notices: dict[str, VoidNotice] = {}
limits: dict[str, Limit] = {}
credit_notices: dict[str, VoidNotice] = {}
payment_notes: dict[str, PaymentNotes] = {}
money_notes: dict[str, MoneyNotes] = {}
online_links: dict[str, OnlineLink] = {}
email_panels: dict[str, Panel] = {}
pay_links: dict[str, PayLink] = {}


def register_panel(panel: Panel) -> None:
    panels[panel.name] = panel


def register_issue_notice(name: str, notice: IssueNotice) -> None:
    """Say beside “Issue invoice” what issuing sets in motion ("It is sent to Xero …")."""
    issue_notices[name] = notice


def register_void_notice(name: str, notice: VoidNotice) -> None:
    """Say beside “Void” and “Delete” what becomes of this invoice elsewhere."""
    void_notices[name] = notice


def register_limit(name: str, limit: Limit) -> None:
    """Say on the invoice's page, before anybody tries, what cannot be changed elsewhere."""
    limits[name] = limit


def register_payment_notes(name: str, notes: PaymentNotes) -> None:
    """Say beside each payment and credit whether it stands elsewhere too."""
    payment_notes[name] = notes


def register_money_notes(name: str, notes: MoneyNotes) -> None:
    """Say beside payments and money movements of any invoice whether they stand elsewhere too."""
    money_notes[name] = notes


def register_credit_notice(name: str, notice: VoidNotice) -> None:
    """Say beside “Make credit note” what becomes of it elsewhere."""
    credit_notices[name] = notice


def what_crediting_does(invoice: Invoice) -> list[str]:
    return [text for notice in credit_notices.values() for text in notice(invoice)]


def limits_of(invoice: Invoice) -> list[str]:
    return [text for limit in limits.values() for text in limit(invoice)]


def register_online_link(name: str, link: OnlineLink) -> None:
    """Offer an address at which the customer sees the invoice, where one is known."""
    online_links[name] = link


def register_email_panel(panel: Panel) -> None:
    """Offer another way to send an invoice, on the page of its e-mail."""
    email_panels[panel.name] = panel


def online_link_of(invoice: Invoice) -> str:
    return next((found for link in online_links.values() if (found := link(invoice))), "")


def email_panels_of(invoice: Invoice) -> list[tuple[str, dict[str, Any]]]:
    """Return (template, context) of each other way to send it."""
    return _shown(email_panels.values(), invoice)


def notes_of_payments(invoice: Invoice) -> dict[UUID, list["PaymentNote"]]:
    return _by_key(notes(invoice) for notes in payment_notes.values())


def notes_of_money(business: Business, keys: Collection[UUID]) -> dict[UUID, list["PaymentNote"]]:
    """Return what is known elsewhere of payments and money movements with these keys."""
    return _by_key(notes(business, keys) for notes in money_notes.values()) if keys else {}


def _by_key(all_notes: Iterable[dict[UUID, "PaymentNote"]]) -> dict[UUID, list["PaymentNote"]]:
    found: dict[UUID, list[PaymentNote]] = {}
    for notes in all_notes:
        for key, note in notes.items():
            found.setdefault(key, []).append(note)
    return found


def register_pay_link(name: str, link: PayLink) -> None:
    """Offer an address to pay at, in the invoice's e-mail and on its print and PDF."""
    pay_links[name] = link


def pay_link_of(invoice: Invoice) -> str:
    """Return where an issued invoice that is not paid yet can be paid, or nothing."""
    if not invoice.may_be_paid:
        return ""
    return next(filter(None, (link(invoice) for link in pay_links.values())), "")


def what_issuing_does(business: Business) -> list[str]:
    return [text for notice in issue_notices.values() for text in notice(business)]


def what_voiding_does(invoice: Invoice) -> list[str]:
    return [text for notice in void_notices.values() for text in notice(invoice)]


def panels_of(invoice: Invoice) -> list[tuple[str, dict[str, Any]]]:
    """Return (template, context) of each panel that has something to show."""
    return _shown(panels.values(), invoice)


def _shown(panels: Iterable[Panel], invoice: Invoice) -> list[tuple[str, dict[str, Any]]]:
    shown = ((panel.template, panel.context(invoice)) for panel in panels)
    return [(template, context) for template, context in shown if context is not None]
