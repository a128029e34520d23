"""The books held against each other, and the way back after a disconnect."""

import re

from playwright.sync_api import Page, expect

from e2e import steps
from e2e.journeys import office
from e2e.steps import BASE
from xero_integration.tests.simulator import Xero


def test_a_difference_is_found_and_mended(page: Page, xero: Xero) -> None:
    number = office.issue_invoice(page, "Lee Brandt", "70")
    office.until_in_xero(page, xero, number)
    # Xero's word of it is lost; with it the invoice would be void here before anybody compares.
    xero.control("webhooks", lose=True)
    xero.act("void_invoice", invoice=number)
    page.goto(f"{BASE}/xero/reconciliation/")
    page.get_by_role("button", name="Compare now").click()
    row = page.get_by_role("row", name=number)
    expect(row).to_be_visible(timeout=60_000)
    row.get_by_role("button", name=f"Void it here: {number}").click()
    expect(page.locator("#messages")).to_be_visible()
    page.goto(f"{BASE}/invoices/?q={number}&state=void")
    expect(page.locator("#table")).to_contain_text(number)

    page.goto(f"{BASE}/xero/reconciliation/")
    page.get_by_role("button", name="Compare now").click()
    expect(page.get_by_role("row", name=number)).to_have_count(0, timeout=60_000)
    expect(page.get_by_role("button", name="Compare now")).to_be_visible(timeout=60_000)
    xero.control("webhooks", lose=False)


def test_after_a_disconnect_what_changed_is_looked_at_before_anything_moves(
    page: Page, xero: Xero
) -> None:
    page.goto(f"{BASE}/xero/")
    page.get_by_role("link", name="Disconnect…").click()
    page.get_by_role("button", name="Disconnect", exact=True).click()
    expect(page.locator("main")).to_contain_text("was disconnected")
    assert xero.state("identity")["identity"]["connections"] == []

    xero.act("edit_contact", contact="Lee Brandt", fields={"EmailAddress": "new@brandt.example"})
    number = office.issue_invoice(page, "Lee Brandt", "30")
    page.goto(f"{BASE}/xero/")
    page.get_by_role("button", name=re.compile("^Reconnect")).click()
    steps.answer_consent(page)
    page.wait_for_url(re.compile(f"{BASE}/xero/"))

    page.goto(f"{BASE}/xero/changed/")
    go_on = page.get_by_role("button", name="Go on")
    expect(go_on).to_be_visible(timeout=60_000)
    expect(page.locator("main")).to_contain_text("Lee Brandt")
    assert office.invoice_there(xero, number) == {}
    go_on.click()
    office.until_in_xero(page, xero, number)
    office.open_contact(page, "Lee Brandt")
    office.until_shown(page, page.url, "new@brandt.example")
    page.goto(f"{BASE}/xero/")
    expect(page.locator("main")).to_contain_text("Connected")
