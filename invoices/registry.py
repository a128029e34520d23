"""How the integrations join in: panels on an invoice's page, what issuing sets in motion, and the
link by which a customer pays.

invoices/ may not import the integrations; they register here from AppConfig.ready().
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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


# Says in whole sentences what happens elsewhere, or nothing.
IssueNotice = Callable[[Business], list[str]]
VoidNotice = Callable[[Invoice], list[str]]
# The address where the customer pays this invoice now, or nothing.
PayLink = Callable[[Invoice], str]

panels: dict[str, Panel] = {}
issue_notices: dict[str, IssueNotice] = {}
void_notices: dict[str, VoidNotice] = {}
pay_links: dict[str, PayLink] = {}


def register_panel(panel: Panel) -> None:
    panels[panel.name] = panel


def register_issue_notice(name: str, notice: IssueNotice) -> None:
    """Say beside “Issue invoice” what issuing sets in motion ("It is sent to Xero …")."""
    issue_notices[name] = notice


def register_void_notice(name: str, notice: VoidNotice) -> None:
    """Say beside “Void” and “Delete” what becomes of this invoice elsewhere."""
    void_notices[name] = notice


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
    shown = ((panel.template, panel.context(invoice)) for panel in panels.values())
    return [(template, context) for template, context in shown if context is not None]
