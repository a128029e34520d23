"""The Stripe simulator's payment page in a real browser, as a pool owner meets it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, expect

from pooltrackr.supervisor import Stack

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def stripe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder: Path = tmp_path_factory.mktemp("stripe")
    with Stack(folder=folder, parts=("stripe",)) as running:
        yield running


def session(stack: Stack) -> dict[str, str]:
    """Make a session that leads back to the simulator's own first page."""
    form = {
        "mode": "payment",
        "line_items[0][price_data][currency]": "aud",
        "line_items[0][price_data][unit_amount]": "12345",
        "line_items[0][price_data][product_data][name]": "Invoice PT-1",
        "line_items[0][quantity]": "1",
        "success_url": f"{stack.stripe_url}/?paid={{CHECKOUT_SESSION_ID}}",
    }
    key = stack.environment["STRIPE_SECRET_KEY"]
    url = f"{stack.stripe_url}/v1/checkout/sessions"
    answer = requests.post(url, data=form, auth=(key, ""), timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_card_is_declined_then_authenticated_then_paid(
    stripe: Stack, browser: Browser, width: int
) -> None:
    made = session(stripe)
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(made["url"])
    page.get_by_role("button", name="Declined: too little money").click()
    expect(page.get_by_role("alert")).to_have_text("Your card has insufficient funds.")
    page.get_by_label("Card number").fill("4000 0027 6000 3184")
    page.get_by_label("Expiry").fill("12/40")
    page.get_by_label("Security code").fill("123")
    page.get_by_role("button", name="Pay A$123.45").click()
    page.get_by_role("button", name="Fail authentication").click()
    expect(page.get_by_role("alert")).to_contain_text("failed authentication")
    page.get_by_role("button", name="3-D Secure always").click()
    page.get_by_role("button", name="Complete authentication").click()
    expect(page).to_have_url(f"{stripe.stripe_url}/?paid={made['id']}")
    page.goto(made["url"])
    expect(page.get_by_role("heading")).to_have_text("You're all done here")
    page.close()
