"""Card payments end to end: from Connect to the payout, with each cent in its account in Xero."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from e2e import steps
from e2e.conftest import PATIENCE
from e2e.journeys import office
from e2e.steps import BASE
from e2e.test_accessibility import PHONE, violations
from pooltrackr.supervisor import Stack
from stripe_integration.tests.simulator import Stripe
from xero_integration.tests.simulator import Xero

CLEARING, FEES, BANK = "Card Clearing Account", "Card Processing Fees", "Business Bank Account"


@pytest.fixture
def stripe(stack: Stack) -> Stripe:
    return Stripe(stack.stripe_url)


@pytest.fixture
def customer(browser: Browser, stack: Stack) -> Iterator[Page]:
    """A page of somebody without a log-in."""
    context = browser.new_context(base_url=stack.web_url, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def owed(stack: Stack) -> Decimal:
    """What Stripe owes the first connected account."""
    url, key = f"{stack.stripe_url}/v1/balance", stack.environment["STRIPE_SECRET_KEY"]
    accounts = requests.get(f"{stack.stripe_url}/v1/accounts", auth=(key, ""), timeout=10).json()
    headers = {"Stripe-Account": accounts["data"][0]["id"]}
    said = requests.get(url, auth=(key, ""), headers=headers, timeout=10).json()
    cents = sum(one["amount"] for one in [*said["available"], *said["pending"]])
    return Decimal(cents) / 100


def balance(xero: Xero, name: str) -> Decimal:
    accounts = xero.state("accounts")["organisations"][0]["accounts"]
    return Decimal(str(next(one["Balance"] for one in accounts if one["Name"] == name)))


def connect_stripe(page: Page) -> None:
    page.goto(f"{BASE}/stripe/")
    page.get_by_role("button", name="Connect to Stripe").click()
    page.get_by_role("button", name="Connect", exact=True).click()
    page.wait_for_url(re.compile(f"{BASE}/stripe/"))
    expect(page.locator("#messages")).to_contain_text("is connected to")
    page.get_by_label("Let customers pay a part of an invoice").check()
    page.get_by_label("Let customers save their card for later invoices").check()
    page.get_by_role("button", name="Save", exact=True).click()


def choose_accounts(page: Page) -> None:
    """Cards paid online go to the clearing account, fees and payouts where they are proposed."""
    page.goto(f"{BASE}/xero/setup/accounts/")
    page.get_by_label("Card online (Stripe)").select_option(label=CLEARING)
    page.get_by_role("button", name="Save").last.click()
    page.wait_for_url(re.compile(f"{BASE}/xero/$"))
    page.goto(f"{BASE}/xero/card-accounts/")
    expect(page.get_by_label("Payout")).to_contain_text(BANK)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Reconnect and allow it").click()
    steps.answer_consent(page)
    page.wait_for_url(re.compile(f"{BASE}/xero/"))


def test_from_the_customers_card_to_the_bank_in_xero(
    page: Page, customer: Page, stack: Stack, stripe: Stripe, xero: Xero
) -> None:
    connect_stripe(page)
    choose_accounts(page)
    cleared, banked = balance(xero, CLEARING), balance(xero, BANK)  # other journeys pay there too
    number = office.issue_invoice(page, "Noor Haddad", "200")
    office.until_in_xero(page, xero, number)
    page.reload()
    link = page.get_by_label(re.compile("^Link for")).input_value()

    customer.goto(link)
    assert list(violations(customer)) == []
    customer.emulate_media(color_scheme="dark")
    assert list(violations(customer, {"runOnly": ["color-contrast"]})) == []
    customer.set_viewport_size(PHONE)
    assert customer.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    customer.get_by_label("Amount to pay now").fill("100")
    customer.get_by_label(re.compile("^Keep my card")).check()
    customer.get_by_role("button", name="Pay by card").click()
    customer.get_by_role("button", name="Visa of Australia").click()
    expect(customer.locator("main")).to_contain_text("$120.00")
    expect(customer.get_by_role("button", name="Forget my card")).to_be_visible()

    page.reload()
    expect(page.locator("main")).to_contain_text("Stripe's fee")
    page.get_by_role("link", name=re.compile("^Charge Visa ending in 0006")).click()
    assert list(violations(page)) == []
    page.get_by_role("button", name="Charge the card").click()
    expect(page.locator("#messages")).to_contain_text("was charged 120.00 AUD")
    office.until_in_xero(page, xero, number, Status="PAID")

    fee = Decimal("2.00") + Decimal("2.34")  # 1.7 % and 30 cents of 100 and of 120 dollars
    net = cleared + 220 - fee
    office.until(page, lambda: balance(xero, CLEARING) == net, what="the fees in Xero")
    assert owed(stack) == 220 - fee
    stripe.control("clock", advance=10 * 24 * 3600)
    office.until(page, lambda: balance(xero, BANK) != banked, what="the payout in Xero")
    assert owed(stack) == 0
    assert balance(xero, CLEARING) == cleared
    assert balance(xero, BANK) == banked + 220 - fee
    page.goto(f"{BASE}/stripe/payouts/")
    expect(page.locator("main")).to_contain_text("$215.66")
    assert list(violations(page)) == []
