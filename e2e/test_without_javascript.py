"""The main job without JavaScript: every step of the wizard, lists, and an invoice into Xero.

The second demo business connects to the second organisation here, so that this walk and the one
with JavaScript do not meet.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e import steps
from e2e.conftest import PATIENCE
from pooltrackr.supervisor import Stack

OWNER = "owner@sundowner.example"
BASE = "/b/sundowner"
SETUP = f"{BASE}/xero/setup"
ORGANISATION = "Blue Lagoon Spas Pty Ltd"
CUSTOMER = "Saltbush Lane Body Corporate"


@pytest.fixture
def page(browser: Browser, stack: Stack, tmp_path: Path) -> Iterator[Page]:
    context = browser.new_context(base_url=stack.web_url, java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    yield opened
    opened.screenshot(path=tmp_path / "last.png", full_page=True)
    context.close()


def organisation(stack: Stack) -> dict[str, Any]:
    every = steps.in_xero(stack)["organisations"]
    found: dict[str, Any] = next(one for one in every if one["name"] == ORGANISATION)
    return found


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(words))


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def load_until(page: Page, path: str, there: Callable[[], bool]) -> None:
    """Load `path` again, as a person does whose page cannot ask by itself."""
    for _ in range(150):
        page.goto(path)
        if there():
            return
        page.wait_for_timeout(200)
    pytest.fail(f"{path} did not come as far as was waited for.")


def test_the_wizard_and_an_invoice_need_no_javascript(page: Page, stack: Stack) -> None:
    log_in(page)
    merge_and_undo(page)
    connect(page)
    link(page)
    create(page)
    sync(page)
    press(page, "Save")
    expect(page.locator("main")).to_contain_text("Connected")

    number = issue_invoice(page)
    page.goto(f"{BASE}/invoices/")
    page.get_by_role("link", name=number, exact=True).click()
    panel = page.locator("#xero-panel")
    load_until(page, page.url, lambda: "In Xero" in panel.inner_text())
    sent = [one for one in organisation(stack)["invoices"] if one["InvoiceNumber"] == number]
    assert [(one["Contact"]["Name"], one["Total"]) for one in sent] == [(CUSTOMER, 110.0)]


def log_in(page: Page) -> None:
    page.goto("/login/")
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_label("Password", exact=True).fill(steps.PASSWORD)
    press(page, "Log in")
    page.wait_for_url(re.compile(BASE))


def add_contact(page: Page, name: str) -> None:
    page.goto(f"{BASE}/contacts/add/")
    page.locator("#id_name").fill(name)
    page.locator("#id_phone").fill("07 5550 6612")
    press(page, "Add contact")
    anyway = page.get_by_role("button", name="Add as a new contact anyway")
    expect(page.locator("h1")).to_be_visible()
    if anyway.count():
        anyway.click()
    heading(page, name)


def merge_and_undo(page: Page) -> None:
    """Two of one name are merged in the wizard's first step, apart again, and merged again."""
    for _ in range(2):
        add_contact(page, CUSTOMER)
    page.locator("summary", has_text="Account").click()
    page.get_by_role("link", name="Xero", exact=True).click()
    page.get_by_role("link", name="Start").click()
    heading(page, "Clean up your contacts")
    press(page, "Merge")
    press(page, "Undo")
    expect(page.locator("#messages")).to_contain_text("Undone")
    press(page, "Merge")
    expect(page.locator(".step-foot")).to_contain_text("No two contacts share a name")
    press(page, "Skip deduplication")


def connect(page: Page) -> None:
    press(page, "Connect to Xero")
    press(page, "Log in")
    page.get_by_label(ORGANISATION).check()
    press(page, "Allow access")
    expect(page.locator("#messages")).to_contain_text(f"is connected to {ORGANISATION}")
    decided = page.locator("#link-foot")
    load_until(page, f"{SETUP}/link/", lambda: decided.count() == 1)


def link(page: Page) -> None:
    """Give two rows one Xero contact, be held up, take one back, accept the rest."""
    rows = [
        row.get_attribute("aria-label") or ""
        for row in page.get_by_role("link", name=re.compile("^Choose another for")).all()[:2]
    ]
    for row in rows:
        page.get_by_role("link", name=row, exact=True).click()
        page.get_by_label("Search all contacts in Xero").fill("Bluewater")
        press(page, "Search")
        page.locator(".options").get_by_role("button", name=re.compile("^Link")).first.click()
    press(page, "Next: create contacts")
    expect(page).to_have_url(re.compile("show=conflict"))
    expect(page.locator("main .is-conflict")).to_have_count(2)
    page.get_by_role("link", name=rows[0], exact=True).click()
    press(page, "Create contact in Xero")
    page.goto(f"{SETUP}/link/?show=needs")
    if page.get_by_role("button", name="Accept the suggestions").count():
        press(page, "Accept the suggestions")
    press(page, "Next: create contacts")


def create(page: Page) -> None:
    """Untick one, save the page, and see that it stays."""
    heading(page, "Create contacts")
    page.locator("tbody input[type=checkbox]").first.uncheck()
    press(page, "Save this page")
    expect(page.locator("tbody input[type=checkbox]").first).not_to_be_checked()
    press(page, "Next: sync")


def sync(page: Page) -> None:
    heading(page, "Sync")
    press(page, "Start the sync")
    following = page.get_by_role("button", name="Next: link accounts")
    load_until(page, f"{SETUP}/sync/", lambda: following.count() == 1 and following.is_enabled())
    following.click()
    heading(page, "Link accounts")


def issue_invoice(page: Page) -> str:
    page.goto(f"{BASE}/invoices/add/")
    page.get_by_label("Contact", exact=True).fill("Saltbush")
    press(page, "Find")
    page.get_by_role("button", name=re.compile(CUSTOMER)).click()
    line = page.locator("#lines .line").first
    line.get_by_label("Description").fill("Two visits")
    line.get_by_label("Quantity").fill("2")
    line.get_by_label("Price").fill("50")
    press(page, "Issue invoice")
    heading(page, r"INV-\d+")
    found = re.search(r"INV-\d+", page.get_by_role("heading", level=1).inner_text())
    assert found
    return found.group()


def test_a_list_is_imported_and_its_import_undone_without_javascript(
    page: Page, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        "Name,E-mail,Phone,ABN\n"
        "Wattle Court Motel,desk@wattle.example,07 5550 7001,\n"
        "Quill and Ash,not-an-address,07 5550 7002,12\n",
        encoding="utf-8",
    )
    log_in(page)
    page.goto(f"{BASE}/contacts/import/")
    page.set_input_files("input[type=file]", file)
    press(page, "Upload")
    heading(page, "What is in the columns")
    page.locator("main button.btn-primary").first.click()
    heading(page, "Check the import")
    expect(page.locator("main")).to_contain_text("is not an e-mail address; kept in the notes")
    press(page, "Import contacts")
    heading(page, "2 contacts imported")
    press(page, "Undo this import")
    page.goto(f"{BASE}/contacts/?q=Wattle+Court")
    expect(page.locator("main")).not_to_contain_text("Wattle Court Motel")
