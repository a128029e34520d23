"""The invoice editor in a browser: by keyboard, with live totals, and without JavaScript."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from e2e.steps import BASE, log_in
from pooltrackr.supervisor import Stack

ADD = f"{BASE}/invoices/add/"


@pytest.fixture
def editor(page: Page) -> Page:
    log_in(page)
    page.goto(ADD)
    return page


def fill_line(page: Page, key: int, *, description: str, price: str) -> None:
    page.fill(f"#id_line-{key}-description", description)
    page.fill(f"#id_line-{key}-unit_price", price)


def choose_first_contact(page: Page, words: str) -> None:
    page.locator("#id_contact_query").press_sequentially(words)
    page.locator("[data-option]").first.click()
    expect(page.get_by_role("button", name="Choose another contact")).to_be_visible()


def test_an_invoice_is_written_by_keyboard(editor: Page) -> None:
    box = editor.locator("#id_contact_query")
    expect(box).to_be_focused()
    box.press_sequentially("a")
    expect(editor.locator("[data-option]").first).to_be_visible()
    editor.keyboard.press("ArrowDown")
    editor.keyboard.press("Enter")
    expect(editor.locator("#change-contact")).to_be_focused()
    expect(editor.locator("#id_due_date")).not_to_have_value("")

    fill_line(editor, 0, description="Pool service", price="25.06")
    editor.locator("#id_line-0-unit_price").press("Enter")
    expect(editor.locator("#id_line-1-item")).to_be_focused()
    fill_line(editor, 1, description="Brush", price="25.61")
    expect(editor.locator("#total")).to_have_text("$55.74")  # 50.67 and 2.51 + 2.56 of tax

    editor.locator("#up-1").press("Enter")
    expect(editor.locator("#lines > .line").first).to_have_id("line-1")
    expect(editor.locator("#down-1")).to_be_focused()
    editor.locator("#remove-0").press("Enter")
    expect(editor.locator("#line-0")).to_have_count(0)
    expect(editor.locator("#remove-1")).to_be_focused()
    expect(editor.locator("#total")).to_have_text("$28.17")

    editor.get_by_role("button", name="Save draft").press("Enter")
    expect(editor.get_by_role("heading", level=1)).to_contain_text("Draft invoice")


def test_a_late_total_does_not_overwrite_a_newer_one(editor: Page) -> None:
    kept: list[Route] = []

    def keep_the_first(route: Route) -> None:
        if kept:
            route.continue_()
        else:
            kept.append(route)

    editor.route(re.compile(ADD), keep_the_first)
    with editor.expect_request(re.compile(ADD)):
        fill_line(editor, 0, description="Pool service", price="2")
    # The newer question gives the older one up: its answer has nowhere to go.
    with editor.expect_event("requestfailed") as given_up:
        editor.fill("#id_line-0-unit_price", "3")
    assert "unit_price" in (given_up.value.post_data or "")
    expect(editor.locator("#total")).to_have_text("$3.30")


def test_errors_take_the_focus_and_lead_to_their_box(editor: Page) -> None:
    choose_first_contact(editor, "a")
    fill_line(editor, 0, description="Pool service", price="many")
    editor.get_by_role("button", name="Save draft").click()
    expect(editor.locator(".error-summary")).to_be_focused()
    editor.locator(".error-summary a").click()
    expect(editor.locator("#id_line-0-unit_price")).to_be_focused()
    expect(editor.locator("#id_line-0-unit_price")).to_have_value("many")


def test_it_works_without_javascript_on_a_phone(browser: Browser, stack: Stack, page: Page) -> None:
    log_in(page)
    with browser.new_context(
        base_url=stack.web_url,
        java_script_enabled=False,
        viewport={"width": 390, "height": 844},
        storage_state=page.context.storage_state(),
    ) as context:
        plain = context.new_page()
        plain.goto(ADD)
        plain.fill("#id_contact_query", "a")
        plain.get_by_role("button", name="Find").click()
        plain.locator(".option").first.click()
        fill_line(plain, 0, description="Pool service", price="10")
        plain.get_by_role("button", name="Add line").click()
        fill_line(plain, 1, description="Brush", price="5")
        plain.get_by_role("button", name="Update totals").last.click()
        expect(plain.locator("#total")).to_have_text("$16.50")
        plain.locator("#remove-1").click()
        expect(plain.locator("#total")).to_have_text("$11.00")
        plain.get_by_role("button", name="Issue invoice").click()
        expect(plain.get_by_role("heading", level=1)).to_have_text(re.compile(r"Invoice .*\d"))


def test_an_option_pressed_the_moment_it_appears_does_not_reload_the_page(editor: Page) -> None:
    # A person on a slow machine, with Enter already down: htmx must know the button by then.
    editor.evaluate(
        """() => {
          window.stillHere = true;
          new MutationObserver((_, observer) => {
            const option = document.querySelector("[data-option]");
            if (!option) return;
            observer.disconnect();
            option.click();
          }).observe(document.body, { childList: true, subtree: true });
        }"""
    )
    editor.locator("#id_contact_query").press_sequentially("a")
    expect(editor.locator("#change-contact")).to_be_focused()
    assert editor.evaluate("window.stillHere") is True
