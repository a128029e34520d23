"""Every page that can be reached by links: axe, both themes, a phone's width, the strict policy."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from e2e.steps import BASE, log_in

START = f"{BASE}/"
# Pages that belong to no business.
BESIDE = ("/businesses/", "/businesses/new/", "/profile/", "/password/")
BEFORE = ("/login/", "/password/reset/", "/password/reset/sent/", "/nowhere/")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
# A file in the answer is no page.
FILES = re.compile(r"\.csv|/pdf/|/export|/left-out")
# More kinds of pages than there are; it only stops a crawl that goes round in circles.
LIMIT = 150


@dataclass
class Found:
    """What is wrong, by page."""

    problems: list[str] = field(default_factory=list)
    page: str = ""

    def add(self, problem: str) -> None:
        self.problems.append(f"{self.page}: {problem}")


def kind_of(path: str) -> str:
    """One for all pages that differ only in whose they are and how they are filtered."""
    address, _, query = path.partition("?")
    plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)", "*", address)
    return f"{plain}?" if query and "/help/" not in plain else plain


def links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
    paths = [re.sub(r"^https?://[^/]+", "", href).partition("#")[0] for href in found]
    return [path for path in paths if path.startswith(START) and not FILES.search(path)]


def walk(page: Page, found: Found) -> Iterator[str]:
    """Open one page of each kind that links lead to."""
    waiting, seen = deque([START, *BESIDE]), set()
    while waiting and len(seen) < LIMIT:
        path = waiting.popleft()
        kind = kind_of(path)
        if kind in seen:
            continue
        seen.add(kind)
        found.page = kind
        answer = page.goto(path)
        if answer and answer.status >= 400:
            found.add(f"answers {answer.status}")
        waiting.extend(links(page))
        yield kind


def violations(page: Page, options: dict[str, object] | None = None) -> Iterator[str]:
    response = Axe().run(page, options=options).response
    for rule in response["violations"]:
        for node in rule["nodes"]:
            yield f"{rule['id']}: {node['html'][:160]}"


@pytest.fixture
def found(page: Page) -> Found:
    found = Found()
    # A breach of the Content-Security-Policy is told on the console alone.
    page.on("console", lambda said: found.add(said.text) if said.type == "error" else None)
    return found


def test_every_page_is_accessible_in_both_themes_and_fits_a_phone(page, found) -> None:
    log_in(page)
    kinds = 0
    for _ in walk(page, found):
        kinds += 1
        for problem in violations(page):
            found.add(problem)
        page.emulate_media(color_scheme="dark")
        for problem in violations(page, {"runOnly": ["color-contrast"]}):
            found.add(f"dark: {problem}")
        page.set_viewport_size(PHONE)
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            found.add("wider than a phone")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESK)
    assert kinds > 40
    assert not found.problems, "\n".join(found.problems)


@pytest.mark.parametrize(
    "path", ["/login/", "/password/reset/", "/password/reset/sent/", "/nowhere/"]
)
def test_the_pages_before_log_in_are_accessible(page: Page, path: str) -> None:
    page.goto(path)
    assert list(violations(page)) == []


def test_a_form_with_errors_is_accessible(page: Page) -> None:
    log_in(page)
    page.goto(f"{START}settings/")
    page.fill("#id_abn", "12")
    page.get_by_role("button", name="Save settings").click()
    expect(page.locator(".error-summary")).to_be_visible()
    assert list(violations(page)) == []
