"""The small office of the journeys, and what a person does there; in words of the screen."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e import steps
from e2e.steps import BASE
from xero_integration.tests.simulator import Xero

T = TypeVar("T")
# How often a condition is looked at, and for how long, in tenths of a second.
TRIES = 250
# Ours: name, e-mail, phone. Each journey has people of its own, so that none disturbs another.
OURS = (
    ("Rosa Reyes", "rosa@reyes.example", "07 5550 1001"),
    ("Kim Farrow", "kim@farrow.example", "07 5550 1002"),
    ("Noor Haddad", "noor@haddad.example", "07 5550 1003"),
    ("Ana Petrov", "ana@petrov.example", "07 5550 1004"),
    ("Lee Brandt", "lee@brandt.example", "07 5550 1005"),
)
# Theirs: the same people, one of them with another phone.
THEIRS = (
    ("Rosa Reyes", "rosa@reyes.example", "07 5550 1001"),
    ("Kim Farrow", "kim@farrow.example", "07 5559 9999"),
)


def fill() -> None:
    """Make the business, its people, products and contacts in an empty database."""
    # Run by `manage.py shell`: a browser test itself has no Django of its own.
    from pooltrackr.demo import businesses, catalogue

    business = businesses.make_blue_lagoon()
    catalogue.make(business)
    for name, email, phone in OURS:
        business.contacts.create(name=name, email=email, phone=phone)


def fill_xero(xero: Xero) -> None:
    for name, email, phone in THEIRS:
        phones = [{"PhoneType": "DEFAULT", "PhoneNumber": phone}]
        fields = {"Name": name, "EmailAddress": email, "Phones": phones}
        xero.act("add_contact", fields=fields)


# --- waiting ------------------------------------------------------------------------------------


def until(page: Page, found: Callable[[], T], *, what: str) -> T:
    """Look until something is found, and return it; nothing waits for a fixed time."""
    for _ in range(TRIES):
        if it := found():
            return it
        page.wait_for_timeout(100)
    pytest.fail(f"{what} did not come to pass.")


def until_shown(page: Page, path: str, text: str | re.Pattern[str]) -> Locator:
    """Open a page again and again until it shows `text`."""
    shown = page.locator("main").get_by_text(text).first

    def looked() -> bool:
        page.goto(path)
        return shown.is_visible()

    until(page, looked, what=f"{text!r} on {path}")
    return shown


def invoice_there(xero: Xero, number: str) -> dict[str, Any]:
    return next((one for one in xero.invoices() if one.get("InvoiceNumber") == number), {})


def until_in_xero(page: Page, xero: Xero, number: str, **expected: Any) -> dict[str, Any]:
    """Return the invoice once it stands in Xero with these members."""

    def found() -> dict[str, Any]:
        there = invoice_there(xero, number)
        return there if there and expected.items() <= there.items() else {}

    return until(page, found, what=f"{number} in Xero with {expected}")


# --- doing --------------------------------------------------------------------------------------


def walk_wizard(page: Page) -> None:
    """Connect, link, sync and map, with what is proposed."""
    steps.log_in(page)
    steps.start_wizard(page)
    steps.skip_deduplication(page)
    steps.allow_access(page)
    steps.wait_for_suggestions(page)
    go_past_link_step(page)
    steps.run_sync(page)
    steps.save_accounts(page)


def go_past_link_step(page: Page) -> None:
    """Every pair is sure, and everybody else is to be created: nothing is left to decide."""
    page.get_by_role("button", name="Next: create contacts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Create"))


def issue_invoice(page: Page, contact: str, price: str = "100") -> str:
    """Issue an invoice of one line, and return its number."""
    page.goto(f"{BASE}/invoices/add/")
    page.get_by_label("Contact", exact=True).fill(contact)
    page.get_by_role("button", name=re.compile(contact)).click()
    expect(
        page.get_by_role("button", name=f"Choose another contact than {contact}")
    ).to_be_visible()
    line = page.locator("#lines .line").first
    line.get_by_label("Description").fill("Pool service")
    line.get_by_label("Quantity").fill("1")
    line.get_by_label("Price").fill(price)
    line.get_by_label("Price").press("Tab")
    expect(page.locator("main")).to_contain_text(f"{float(price) * 1.1:.2f}")
    page.get_by_role("button", name="Issue invoice").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile(r"INV-\d+"))
    found = re.search(r"INV-\d+", heading.inner_text())
    assert found
    return found.group()


def open_contact(page: Page, name: str) -> None:
    page.goto(f"{BASE}/contacts/?q={name.replace(' ', '+')}")
    page.locator("#table").get_by_role("link", name=name, exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
