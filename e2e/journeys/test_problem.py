"""A problem from its cause to its end, as the office meets it."""

import re

from playwright.sync_api import Page, expect

from e2e import steps
from e2e.journeys import office
from e2e.steps import BASE
from xero_integration.tests.simulator import Xero


def test_an_account_archived_in_xero_is_told_mended_and_all_goes(page: Page, xero: Xero) -> None:
    """The first invoice is refused in Xero's words, the second is stopped before it is sent."""
    page.goto(f"{BASE}/xero/setup/accounts/")
    select = steps.account_without_category(page)
    chosen = select.locator("option:checked").inner_text()
    code = chosen.split()[0]
    xero.act("archive_account", account=code)
    first = office.issue_invoice(page, "Ana Petrov")
    expect(page.locator("#xero-panel")).to_contain_text("has been archived")
    expect(page.locator("#xero-panel")).to_contain_text("Needs you")
    second = office.issue_invoice(page, "Ana Petrov", "50")
    expect(page.locator("#xero-panel")).to_contain_text("is archived in Xero")

    page.goto(f"{BASE}/xero/")
    banner = page.locator(".notice-error", has_text="is archived in Xero")
    expect(banner.get_by_role("link", name="Choose another one")).to_be_visible()
    page.goto(f"{BASE}/xero/queue/")
    for number in (first, second):
        expect(page.get_by_role("row", name=number)).to_be_visible()
    page.get_by_role("row", name=first).get_by_role("link", name="Open the account mapping").click()

    choose_others(page)
    page.get_by_role("button", name="Save").last.click()
    page.wait_for_url(re.compile(f"{BASE}/xero/$"))
    for number in (first, second):
        office.until_in_xero(page, xero, number)
    office.until_shown(page, f"{BASE}/xero/queue/", "Nothing needs you")
    page.goto(f"{BASE}/xero/")
    expect(page.locator(".notice-error")).to_have_count(0)


def choose_others(page: Page) -> None:
    """Choose another account wherever the page says that the one chosen is of no use any more."""
    stale = page.locator("select", has=page.locator("option:checked", has_text="no longer usable"))
    expect(stale.first).to_be_visible()
    for name in [one.get_attribute("name") for one in stale.all()]:
        page.locator(f"select[name={name}]").select_option(label="202 Chemical Sales")
    expect(stale).to_have_count(0)
