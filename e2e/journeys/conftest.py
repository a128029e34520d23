"""A small office before its own Xero: a whole stack, few contacts, and webhooks that come at once.

Two stacks serve all journeys: one that is connected and synced, shared by those that do not care
what others made, and in `test_first_sync` one that has seen nothing yet.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from e2e import steps
from e2e.conftest import PATIENCE, manage
from e2e.journeys import office
from pooltrackr.supervisor import Stack
from pooltrackr.supervisor.ports import free_port
from pooltrackr.supervisor.stack import STRIPE_WEBHOOK_SECRET, WEBHOOK_KEY
from xero_integration.tests.simulator import Xero


@contextmanager
def small_stack(folder: Path) -> Iterator[Stack]:
    """Run a stack with the contacts of `office` on both sides, not connected yet."""
    port = free_port()
    hook = f"http://localhost:{port}/xero/webhook/"
    stack = Stack(
        folder=folder,
        web_port=port,
        settings={
            "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
            "XERO_SWEEP_INTERVAL": "5",
        },
        parts=("broker", "xero", "stripe"),
        stripe_arguments=(
            *("--webhook-url", f"http://localhost:{port}/stripe/webhook/"),
            *("--webhook-secret", STRIPE_WEBHOOK_SECRET),
        ),
        xero_arguments=("--seed", "empty", "--webhook-url", hook, "--webhook-key", WEBHOOK_KEY),
    )
    with stack as running:
        manage(running, "migrate", "--verbosity", "0")
        manage(running, "shell", "-c", "from e2e.journeys import office; office.fill()")
        office.fill_xero(Xero(running.xero_url))
        running.start("worker")
        running.start("web")
        yield running


@pytest.fixture(scope="package")
def stack(
    chromium: str, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """Return the stack whose office is connected and synced."""
    with small_stack(tmp_path_factory.mktemp("office")) as running:
        context = browser.new_context(base_url=running.web_url)
        context.set_default_timeout(PATIENCE)
        office.walk_wizard(context.new_page())
        context.close()
        yield running


@pytest.fixture
def xero(stack: Stack) -> Xero:
    return Xero(stack.xero_url)


@pytest.fixture
def page(page: Page) -> Page:
    steps.log_in(page)
    return page
