"""What changes on both sides: a contact's fields, new contacts, and money there and back."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from e2e.journeys import office
from e2e.steps import BASE
from xero_integration.tests.simulator import Xero


def test_a_contact_changed_on_both_sides_is_asked_about_side_by_side(
    page: Page, xero: Xero
) -> None:
    fields = {"EmailAddress": "theirs@haddad.example"}
    office.open_contact(page, "Noor Haddad")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.locator("#id_email").fill("ours@haddad.example")
    # In Xero first: the edit here is sent at once, and Xero is looked at before. A webhook that
    # came before the form was saved would have theirs here already.
    xero.control("webhooks", lose=True)
    xero.act("edit_contact", contact="Noor Haddad", fields=fields)
    xero.control("webhooks", lose=False)
    page.get_by_role("button", name="Save").first.click()

    office.until_shown(page, f"{BASE}/xero/questions/", "Noor Haddad")
    page.get_by_role("link", name=re.compile("Decide about Noor Haddad")).click()
    row = page.get_by_role("row", name=re.compile("E-mail"))
    expect(row).to_contain_text("ours@haddad.example")
    expect(row).to_contain_text("theirs@haddad.example")
    row.get_by_role("radio", name=re.compile("in Xero")).check()
    page.get_by_role("button", name="Save what I chose").click()
    office.open_contact(page, "Noor Haddad")
    expect(page.locator("main")).to_contain_text("theirs@haddad.example")
    assert xero.contact("Noor Haddad")["EmailAddress"] == "theirs@haddad.example"


def test_a_contact_made_in_xero_comes_to_the_inbox_and_is_linked(page: Page, xero: Xero) -> None:
    """The office has had her left out; Xero's own record is found to be the same person."""
    page.goto(f"{BASE}/contacts/add/")
    page.locator("#id_name").fill("Marisol Vance")
    page.locator("#id_email").fill("marisol@vance.example")
    page.get_by_role("button", name="Add contact").click()
    office.until(page, lambda: named(xero, "Marisol Vance"), what="Marisol in Xero")
    office.open_contact(page, "Marisol Vance")
    page.get_by_role("link", name="Unlink…").click()
    page.get_by_role("button", name="Unlink").click()

    fields = {"Name": "Tavita Leota", "EmailAddress": "tavita@leota.example"}
    xero.act("add_contact", fields=fields)
    office.until_shown(page, f"{BASE}/xero/new/", "Tavita Leota")
    page.get_by_role("button", name="Create Tavita Leota here").click()
    office.open_contact(page, "Tavita Leota")
    expect(page.locator("#xero-panel")).to_contain_text("In Xero")

    office.until_shown(page, f"{BASE}/xero/new/", "Marisol Vance")
    link = page.get_by_role("button", name="Link Marisol Vance to Marisol Vance")
    office.until(page, lambda: page.reload() and link.is_visible(), what="the suggestion")
    link.click()
    office.open_contact(page, "Marisol Vance")
    expect(page.locator("#xero-panel")).to_contain_text("In Xero")
    assert len(named(xero, "Marisol Vance")) == 1


def named(xero: Xero, name: str) -> list[dict[str, Any]]:
    return [one for one in xero.contacts() if one["Name"] == name]


def test_money_comes_from_xero_and_goes_there_and_is_taken_back(page: Page, xero: Xero) -> None:
    number = office.issue_invoice(page, "Rosa Reyes", "200")
    address = page.url
    office.until_in_xero(page, xero, number)
    xero.act("pay_invoice", invoice=number, amount="120.00")
    office.until_shown(page, address, "120.00")
    expect(page.locator(".sums")).to_contain_text("100.00")

    page.get_by_label("Amount").fill("100.00")
    page.get_by_role("button", name="Record payment").click()
    office.until_in_xero(page, xero, number, Status="PAID")
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Paid")

    page.get_by_role("link", name=re.compile("Reverse the payment of 100.00")).click()
    page.get_by_role("button", name="Reverse payment").click()
    office.until_in_xero(page, xero, number, Status="AUTHORISED", AmountDue=100.0)
    page.goto(address)
    expect(page.locator("#payments")).to_contain_text("Reversed")
    expect(page.locator(".sums")).to_contain_text("Left to pay")
