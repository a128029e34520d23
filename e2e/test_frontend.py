"""The behaviours of static/js, in a browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.steps import BASE, OWNER, PASSWORD, log_in
from pooltrackr.supervisor import Stack

START = f"{BASE}/"


@pytest.fixture
def owner(page: Page) -> Page:
    log_in(page)
    return page


def test_colours_follow_the_system_until_one_is_chosen_and_then_stay(owner) -> None:
    root = owner.locator("html")
    owner.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    owner.get_by_text("Account", exact=True).click()
    owner.get_by_role("button", name="Light").click()
    owner.goto(f"{START}contacts/")
    expect(root).to_have_attribute("data-bs-theme", "light")


def test_the_account_menu_works_by_keyboard(owner) -> None:
    menu = owner.locator("details[data-menu]")
    summary = menu.locator("summary")
    summary.focus()
    owner.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    owner.keyboard.press("Tab")
    expect(menu.get_by_role("link", name="Business settings")).to_be_focused()
    owner.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()


def test_the_first_tab_offers_to_skip_to_the_content(owner) -> None:
    owner.keyboard.press("Tab")
    expect(owner.get_by_role("link", name="Skip to the content")).to_be_focused()
    owner.keyboard.press("Enter")
    expect(owner.locator("main")).to_be_focused()


def test_focus_goes_to_the_errors_and_from_there_to_the_field(owner) -> None:
    owner.goto(f"{START}settings/")
    owner.fill("#id_name", "")
    owner.get_by_role("button", name="Save settings").click()
    expect(owner.locator(".error-summary")).to_be_focused()
    owner.locator(".error-summary a").click()
    expect(owner.locator("#id_name")).to_be_focused()


def test_a_destructive_act_asks_first_and_cancel_changes_nothing(owner) -> None:
    owner.goto(f"{START}people/")
    row = owner.get_by_role("row", name=re.compile("reader@"))
    row.get_by_role("button", name=re.compile("^Remove")).click()
    dialog = owner.get_by_role("dialog")
    expect(dialog).to_contain_text("They can no longer open Blue Lagoon Pool Care")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    owner.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(row).to_be_visible()


def test_filtering_swaps_the_list_keeps_the_focus_tells_the_count_and_moves_the_url(owner) -> None:
    owner.goto(f"{START}contacts/")
    box = owner.locator("main input[type=search]")
    box.press_sequentially("galbraith")
    expect(owner.locator("#live")).to_contain_text(re.compile(r"^\d+ contacts?$"))
    expect(owner).to_have_url(re.compile(r"q=galbraith"))
    expect(box).to_be_focused()
    for name in owner.locator("#table tbody th").all_inner_texts():
        assert "galbraith" in name.lower()
    owner.reload()
    assert owner.locator("main input[type=search]").input_value() == "galbraith"


def test_sorting_keeps_the_filter_and_the_focus_and_back_goes_back(owner) -> None:
    owner.goto(f"{START}contacts/?q=galbraith")
    first = owner.locator("#table tbody th").first.inner_text()
    owner.locator("#sort-name").click()
    expect(owner.locator("#table th[aria-sort=descending]")).to_be_visible()
    expect(owner).to_have_url(re.compile(r"q=galbraith.*sort=-name|sort=-name.*q=galbraith"))
    expect(owner.locator("#sort-name")).to_be_focused()
    owner.go_back()
    expect(owner.locator("#table tbody th").first).to_have_text(first)
    assert owner.locator("header.top").count() == 1


def test_an_ended_session_shows_the_log_in_page_not_a_piece_of_it(owner) -> None:
    owner.goto(f"{START}contacts/")
    owner.context.clear_cookies()
    owner.locator("#sort-name").click()
    owner.wait_for_url("**/login/?next=*")
    assert owner.locator("header.top").count() == 1
    owner.fill("[name=username]", OWNER)
    owner.fill("[name=password]", PASSWORD)
    owner.get_by_role("button", name="Log in").click()
    owner.wait_for_url(f"**{START}contacts/*")


def test_a_server_that_cannot_be_reached_is_said_and_nothing_is_lost(owner) -> None:
    owner.goto(f"{START}contacts/")
    owner.route("**/contacts/?*", lambda route: route.abort())
    owner.locator("main input[type=search]").press_sequentially("galb")
    expect(owner.locator("#messages [role=alert]")).to_contain_text("cannot be reached")
    assert owner.locator("main input[type=search]").input_value() == "galb"
    assert owner.locator("#table tbody tr").count() > 1


def test_without_javascript_lists_sort_filter_and_page(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(base_url=stack.web_url, java_script_enabled=False)
    page = context.new_page()
    log_in(page)
    page.goto(f"{START}contacts/")
    page.locator("#page-next").click()
    expect(page.locator(".pager-links [aria-current=page]")).to_have_text("2")
    page.locator("#sort-name").click()
    expect(page.locator("th[aria-sort=descending]")).to_have_count(1)
    page.fill("main input[type=search]", "galbraith")
    page.locator("#filters button").click()
    expect(page).to_have_url(re.compile("q=galbraith"))
    page.locator("details[data-menu] summary").click()
    page.get_by_role("link", name="People").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("People")
    context.close()
