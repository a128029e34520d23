"""What a person does, step by step, in words of the screen; shared by the journeys."""

import re
from typing import Any

import requests
from playwright.sync_api import Locator, Page, expect

from pooltrackr.supervisor import Stack

OWNER = "owner@bluelagoon.example"
PASSWORD = "blue-lagoon-demo"
BASE = "/b/blue-lagoon"


def log_in(page: Page, email: str = OWNER) -> None:
    page.goto("/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(re.compile(BASE))


def start_wizard(page: Page) -> None:
    """Account > Integrations > Xero is where it starts (the guide)."""
    page.locator("summary", has_text="Account").click()
    page.get_by_role("link", name="Xero", exact=True).click()
    page.get_by_role("link", name="Start").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Clean up your contacts")


def skip_deduplication(page: Page) -> None:
    page.get_by_role("button", name="Skip deduplication").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Connect to Xero")


def allow_access(page: Page, *, cancel: bool = False) -> None:
    """Press Connect, log in to (the simulated) Xero and answer its consent page."""
    page.get_by_role("button", name="Connect to Xero").click()
    answer_consent(page, cancel=cancel)
    page.wait_for_url(re.compile("/xero/setup/"))


def answer_consent(page: Page, *, cancel: bool = False) -> None:
    """Be at (the simulated) Xero, log in where it asks for that, and answer."""
    log_in_there = page.get_by_role("button", name="Log in")
    expect(log_in_there.or_(page.get_by_role("button", name="Allow access"))).to_be_visible()
    if log_in_there.is_visible():  # the second time Xero still knows the person
        log_in_there.click()
    page.get_by_role("button", name="Cancel" if cancel else "Allow access").click()


def wait_for_suggestions(page: Page) -> None:
    """The page goes on to the linking step by itself, once the lists are read and compared."""
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Link contacts", timeout=60_000)


def accept_suggestions(page: Page) -> None:
    """Look at those that need a look, take the suggestions, go on."""
    page.goto(f"{BASE}/xero/setup/link/?show=needs")
    page.get_by_role("button", name="Accept the suggestions").click()
    page.get_by_role("button", name="Next: create contacts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Create"))


def run_sync(page: Page) -> None:
    page.get_by_role("button", name="Next: sync").click()
    page.get_by_role("button", name="Start the sync").click()
    following = page.get_by_role("button", name="Next: link accounts")
    expect(following).to_be_enabled(timeout=120_000)
    following.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Link accounts")


def account_without_category(page: Page) -> Locator:
    """Return the choice of a sales account for lines without a category."""
    sales = page.get_by_role("region", name="Product categories and sales")
    return sales.get_by_label("Lines without a category")


def save_accounts(page: Page) -> None:
    page.get_by_role("button", name="Save").last.click()
    page.wait_for_url(re.compile(f"{BASE}/xero/$"))


def in_xero(stack: Stack) -> dict[str, Any]:
    """Everything the simulator holds."""
    answer = requests.get(f"{stack.xero_url}/_control/state", timeout=30)
    answer.raise_for_status()
    state: dict[str, Any] = answer.json()
    return state
