"""The main job, from log-in to an invoice in Xero, in a real browser against a whole stack."""

import re
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e import steps
from e2e.test_accessibility import violations
from pooltrackr.supervisor import Stack

BASE = steps.BASE


def organisation(stack: Stack) -> dict[str, Any]:
    first: dict[str, Any] = steps.in_xero(stack)["organisations"][0]
    return first


def check(page: Page) -> None:
    """Hold each step to the accessibility rules in the state it is met in."""
    assert list(violations(page)) == [], page.url


def until_in_xero(page: Page, stack: Stack, kind: str, key: str, value: str) -> dict[str, Any]:
    """Poll the simulator until one object of `kind` carries `value`; it must be the only one."""
    for _ in range(150):
        found = [row for row in organisation(stack)[kind] if row.get(key) == value]
        if found:
            assert len(found) == 1, f"{value} stands {len(found)} times in Xero"
            return dict(found[0])
        page.wait_for_timeout(100)
    pytest.fail(f"{value} did not reach Xero.\n{stack.tail('worker', 40)}")


def test_the_whole_wizard_then_a_contact_and_an_invoice_reach_xero(
    page: Page, stack: Stack
) -> None:
    before = organisation(stack)["counts"]["contacts"]
    steps.log_in(page)
    steps.start_wizard(page)
    merge_one_group(page)
    check(page)
    steps.skip_deduplication(page)
    steps.allow_access(page, cancel=True)
    expect(page.locator("#messages")).to_contain_text("cancelled")
    check(page)
    steps.allow_access(page)
    steps.wait_for_suggestions(page)
    choose_by_keyboard(page)
    steps.accept_suggestions(page)
    check(page)
    steps.run_sync(page)
    check(page)
    steps.save_accounts(page)
    expect(page.locator("main")).to_contain_text("Connected")
    for path in ("xero/", "xero/log/", "xero/queue/", "xero/setup/sync/", "xero/disconnect/"):
        page.goto(f"{BASE}/{path}")
        check(page)
    assert organisation(stack)["counts"]["contacts"] > before

    contact = add_contact(page)
    theirs = until_in_xero(page, stack, "contacts", "Name", contact)
    assert theirs["EmailAddress"] == "heron.street@example.com"
    assert {"PhoneNumber": "07 5550 9911"}.items() <= phone_of(theirs).items()

    number, total = issue_invoice(page, contact)
    invoice = until_in_xero(page, stack, "invoices", "InvoiceNumber", number)
    check_invoice(invoice, contact_id=theirs["ContactID"], total=total, stack=stack)


def merge_one_group(page: Page) -> None:
    """Merge the first group that is shown, with what is proposed, and see that undo is offered."""
    page.get_by_role("button", name=re.compile("^Merge")).first.click()
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()


def choose_by_keyboard(page: Page) -> None:
    """The row's editor takes the focus, gives it back on Escape, and passes it on to the next."""
    page.goto(f"{BASE}/xero/setup/link/?show=needs")
    check(page)
    first, second = page.get_by_role("link", name=re.compile("^Choose another for")).all()[:2]
    here, following = first.get_attribute("id"), second.get_attribute("id")
    first.press("Enter")
    expect(page.get_by_label("Search all contacts in Xero")).to_be_focused()
    check(page)
    page.keyboard.press("Escape")
    expect(page.locator(f"#{here}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Search all contacts in Xero")).to_be_focused()
    page.locator("[data-editor]").get_by_role("button", name="Create contact in Xero").press(
        "Enter"
    )
    row = (here or "").replace("change-", "choice-")
    expect(page.locator(f"#{row}")).to_contain_text("Create contact in Xero")
    # The next row's first button: what a person who goes down the list needs.
    expect(
        page.locator(f"#{(following or '').replace('change-', 'choice-')} :focus")
    ).to_have_count(1)


def phone_of(contact: dict[str, Any]) -> dict[str, Any]:
    return next(phone for phone in contact["Phones"] if phone["PhoneType"] == "DEFAULT")


def add_contact(page: Page) -> str:
    name = "Heron Street Body Corporate"
    page.goto(f"{BASE}/contacts/add/")
    page.locator("#id_name").fill(name)
    page.locator("#id_email").fill("heron.street@example.com")
    page.locator("#id_phone").fill("07 5550 9911")
    page.get_by_role("button", name="Add contact").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    return name


def issue_invoice(page: Page, contact: str) -> tuple[str, Decimal]:
    """Two lines: a product, and free text at three decimals with a discount."""
    page.goto(f"{BASE}/invoices/add/")
    page.get_by_label("Contact", exact=True).fill(contact)
    page.get_by_role("button", name=re.compile(contact)).click()
    first = page.locator("#lines .line").first
    first.get_by_label("Product").fill("LABOUR")
    first.get_by_label("Product").press("Tab")
    expect(first.get_by_label("Price")).to_have_value(re.compile("110"))
    first.get_by_label("Quantity").fill("1.5")
    page.get_by_role("button", name="Add line").click()
    second = page.locator("#lines .line").nth(1)
    second.get_by_label("Description").fill("Acid, by the litre")
    second.get_by_label("Quantity").fill("3")
    second.get_by_label("Price").fill("7.333")
    second.get_by_label("Discount %").fill("10")
    second.get_by_label("Discount %").press("Tab")
    expect(page.locator("main")).to_contain_text("203.28")  # live totals, from the server
    page.get_by_role("button", name="Issue invoice").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile(r"INV-\d+"))
    found = re.search(r"INV-\d+", heading.inner_text())
    assert found
    # 1.5 x 110.00 = 165.00; 3 x 7.333 less 10 % = 19.80; tax 16.50 + 1.98.
    return found.group(), Decimal("203.28")


def check_invoice(
    invoice: dict[str, Any], *, contact_id: str, total: Decimal, stack: Stack
) -> None:
    accounts = {
        row["Code"]: row["Name"] for row in organisation(stack)["accounts"] if "Code" in row
    }
    assert invoice["Contact"]["ContactID"] == contact_id
    assert invoice["Status"] == "AUTHORISED"
    assert Decimal(str(invoice["Total"])) == total
    first, second = invoice["LineItems"]
    assert (first["Quantity"], first["UnitAmount"], first["LineAmount"]) == (1.5, 110.0, 165.0)
    assert (second["Description"], second["LineAmount"]) == ("Acid, by the litre", 19.8)
    assert second["DiscountRate"] == 10.0
    assert accounts[first["AccountCode"]] == "Sales"
    assert {first["TaxType"], second["TaxType"]} == {"OUTPUT"}
