"""The first sync of an office: seen before it starts, mapped, and one wrong link taken back."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e import steps
from e2e.journeys import office
from e2e.journeys.conftest import small_stack
from e2e.steps import BASE
from pooltrackr.supervisor import Stack
from xero_integration.tests.simulator import Xero


@pytest.fixture(scope="module")
def stack(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Return a stack that was never connected."""
    with small_stack(tmp_path_factory.mktemp("fresh")) as running:
        yield running


def phone_of(contact: dict[str, Any]) -> str:
    phones = (one for one in contact["Phones"] if one["PhoneType"] == "DEFAULT")
    return str(next(phones)["PhoneNumber"])


def test_a_first_sync_is_seen_before_it_starts_mapped_and_taken_back(
    page: Page, xero: Xero
) -> None:
    steps.start_wizard(page)
    steps.skip_deduplication(page)
    steps.allow_access(page)
    steps.wait_for_suggestions(page)
    office.go_past_link_step(page)
    see_every_change(page, xero)
    page.go_back()
    page.go_back()
    steps.run_sync(page)
    map_accounts(page)

    number = office.issue_invoice(page, "Rosa Reyes")
    there = office.until_in_xero(page, xero, number, Total=110.0)
    accounts = xero.state("accounts")["organisations"][0]["accounts"]
    names = {one["AccountID"]: one["Name"] for one in accounts}
    assert names[there["LineItems"][0]["AccountID"]] == "Pool Servicing"

    take_the_link_back(page, xero)


def see_every_change(page: Page, xero: Xero) -> None:
    """The page of every change says what the sync will overwrite; nothing was written yet."""
    page.get_by_role("button", name="Next: sync").click()
    expect(page.locator("main")).to_contain_text("Nothing has been changed so far")
    page.get_by_role("link", name="See every change").click()
    row = page.get_by_role("row", name="Kim Farrow")
    expect(row.locator("del")).to_have_text("07 5559 9999")
    expect(row.locator("ins")).to_have_text("07 5550 1002")
    expect(page.get_by_role("row", name="Rosa Reyes")).to_contain_text("both sides agree")
    assert xero.writes("Contacts") == []


def map_accounts(page: Page) -> None:
    """Choose from Xero's own list, another account than the one that is proposed."""
    steps.account_without_category(page).select_option(label="201 Pool Servicing")
    page.get_by_label("Cash").select_option(label="Card Clearing Account")
    steps.save_accounts(page)
    page.goto(f"{BASE}/xero/setup/accounts/")
    chosen = page.get_by_label("Cash").locator("option:checked")
    expect(chosen).to_have_text("Card Clearing Account")


def take_the_link_back(page: Page, xero: Xero) -> None:
    """Kim was the wrong one: the link goes, and Xero has its own phone number again."""
    assert phone_of(xero.contact("Kim Farrow")) == "07 5550 1002"
    office.open_contact(page, "Kim Farrow")
    page.get_by_role("link", name="Unlink…").click()
    page.get_by_label("Phone").check()
    page.get_by_role("button", name="Unlink").click()
    office.until(
        page,
        lambda: phone_of(xero.contact("Kim Farrow")) == "07 5559 9999",
        what="the former phone number in Xero",
    )
    office.until_shown(page, f"{BASE}/xero/new/", "Kim Farrow")
