"""A whole Pooltrackr (broker, Xero simulator, worker, web) and a real Chromium before it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from pooltrackr.supervisor import Stack

ROOT = Path(__file__).resolve().parent.parent
# Without the background flags Chromium looks for its maker's hosts at every start.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A condition is polled for this long (ms); nothing in these tests waits for a fixed time.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def stack(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The demo's own stack on free ports, with the demo's own data in a file database."""
    folder = tmp_path_factory.mktemp("stack")
    settings = {"DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}", "XERO_SWEEP_INTERVAL": "5"}
    with Stack(folder=folder, settings=settings, parts=("broker", "xero")) as running:
        manage(running, "migrate", "--verbosity", "0")
        manage(running, "seed_demo")
        running.start("worker")
        running.start("web")
        yield running


def manage(stack: Stack, *arguments: str) -> str:
    """Run a management command in the stack's environment; its output, or a failed test."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(stack.environment), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser, stack: Stack) -> Iterator[BrowserContext]:
    opened = browser.new_context(
        base_url=stack.web_url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Page]:
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    opened.screenshot(path=tmp_path / "last.png", full_page=True)
    assert not errors, f"The browser met script errors: {errors}"
