"""Real processes: a Celery worker, a Valkey broker, the simulator; and SIGKILL."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from businesses.models import Business, User
from pooltrackr.settings import broker_url
from pooltrackr.supervisor import Stack
from xero_integration.models import Connection, OutboxStatus
from xero_integration.tests import making
from xero_integration.tests.simulator import ORIGINS, Xero

pytestmark = pytest.mark.process

# Every clock of the engine, shortened together.
CLOCKS = {
    "XERO_CONNECT_TIMEOUT": "1",
    "XERO_READ_TIMEOUT": "3",
    "XERO_LEASE": "5",
    "XERO_TASK_BUDGET": "5",
    "XERO_SWEEP_INTERVAL": "1",
    "XERO_BACKOFF_BASE": "0.1",
    "XERO_BACKOFF_MAX": "1",
    "VISIBILITY_TIMEOUT": "20",
    "UNACKED_RESTORE_INTERVAL": "1",
}
PATIENCE = 60.0


@pytest.fixture
def stack(make_stack: Callable[..., Stack], settings: Any, request: pytest.FixtureRequest) -> Stack:
    asked = dict(getattr(request, "param", {}))
    stack = make_stack(
        settings={**CLOCKS, **asked.pop("more", {})},
        parts=("broker", "xero", "worker"),
        xero_arguments=("--seed", "empty"),
        **asked,
    )
    for name in ORIGINS:
        setattr(settings, name, stack.xero_url)
    environment = stack.environment
    settings.XERO_CLIENT_ID = environment["XERO_CLIENT_ID"]
    settings.XERO_CLIENT_SECRET = environment["XERO_CLIENT_SECRET"]
    settings.SITE_URL = environment["SITE_URL"]
    making.use_broker(broker_url(stack.redis_url))
    return stack


@pytest.fixture
def running(stack: Stack, blue: Business, alice: User) -> Connection:
    return making.ready(making.connected(Xero(stack.xero_url), blue, alice))


def wait_until(is_so: Callable[[], bool], *, what: str, stack: Stack) -> float:
    """Wait for a state of the processes; return the seconds it took."""
    started = time.monotonic()
    while time.monotonic() < started + PATIENCE:
        if is_so():
            return time.monotonic() - started
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come to pass.\n{stack.tail('worker', 60)}")


def all_done(connection: Connection) -> bool:
    return not connection.outbox.exclude(status=OutboxStatus.DONE).exists()


def test_a_saved_contact_and_invoice_reach_xero_at_once(
    stack: Stack, running: Connection, blue: Business
) -> None:
    xero = Xero(stack.xero_url)
    # The first message opens the connection to the broker and warms the worker's client.
    contact = making.contact(blue, "Rosa Reyes")
    wait_until(lambda: all_done(running), what="the contact", stack=stack)
    making.invoice(contact)
    seconds = wait_until(lambda: bool(xero.invoices()), what="the invoice", stack=stack)
    assert seconds < 2


def test_a_sync_goes_on_where_a_killed_worker_was(
    stack: Stack, running: Connection, blue: Business
) -> None:
    xero = Xero(stack.xero_url)
    # The second batch is carried out in Xero, and its answer held back while the worker dies.
    xero.fault("slow_after", method="PUT", path="Contacts", after=1, seconds=2)
    # One transaction, so that the worker finds all of them at once.
    with transaction.atomic():
        contacts = [making.contact(blue, f"Customer {number:03d}") for number in range(120)]
    wait_until(lambda: len(xero.contacts()) >= 100, what="the second batch", stack=stack)
    stack.kill("worker")
    assert running.batches.filter(status="prepared").exists()

    stack.start("worker")
    wait_until(lambda: all_done(running), what="the rest of the sync", stack=stack)
    names = [one["Name"] for one in xero.contacts()]
    assert sorted(names) == sorted(contact.name for contact in contacts)


def test_a_worker_killed_before_its_call_leaves_nothing_behind(
    stack: Stack, running: Connection, blue: Business
) -> None:
    xero = Xero(stack.xero_url)
    xero.fault("timeout_before", method="PUT", path="Invoices", seconds=2)
    # One transaction, so that they go in one call: the fault holds up only the first.
    with transaction.atomic():
        invoices = [making.invoice(making.contact(blue)) for _ in range(3)]
    wait_until(
        lambda: running.batches.filter(kind="invoice", attempts=1).exists(),
        what="the first call",
        stack=stack,
    )
    stack.kill("worker")
    assert xero.invoices() == []
    stack.start("worker")
    wait_until(lambda: all_done(running), what="the invoices", stack=stack)
    numbers = sorted(one["InvoiceNumber"] for one in xero.invoices())
    assert numbers == sorted(invoice.number for invoice in invoices)


# A broker of its own: the Redis of REDIS_URL is not ours to kill.
@pytest.mark.parametrize("stack", [{"redis_url": ""}], indirect=True)
def test_a_save_does_not_mind_a_dead_broker_and_the_sweep_finds_the_row(
    stack: Stack, running: Connection, blue: Business
) -> None:
    xero = Xero(stack.xero_url)
    making.contact(blue, "Before")
    wait_until(lambda: all_done(running), what="the first contact", stack=stack)
    stack.kill("broker")
    started = time.monotonic()
    making.contact(blue, "While it was dead")
    assert time.monotonic() - started < 3
    stack.start("broker")
    # A worker whose task was not acknowledged when the broker went ends itself within a second
    # (kombu 5.7: AttributeError in restore_unacked); whoever runs it starts it again.
    wait_until(
        lambda: not stack.start_ended() and all_done(running), what="the contact", stack=stack
    )
    assert len(xero.contacts()) == 2


AT_THE_LIMIT = {
    "XERO_LIMIT_MINUTE": "8",
    "XERO_LIMIT_PEOPLE_MINUTE": "1",
    # Long enough that a busy machine keeps no call on its way for a sixtieth of it.
    "XERO_LIMIT_MINUTE_SECONDS": "6",
    "XERO_LIMIT_PATIENCE": "0.2",
}


@pytest.fixture
def few_calls(stack: Stack) -> Xero:
    """Eight calls in six seconds, from the first call on: new limits begin new windows.

    Connecting and reading what is mapped are seven.
    """
    xero = Xero(stack.xero_url)
    xero.control("limits", minute=8, minute_seconds=6, latency_ms=100)
    return xero


@pytest.mark.parametrize("stack", [{"more": AT_THE_LIMIT}], indirect=True)
def test_a_backlog_goes_at_xeros_pace_and_meets_no_refusal(
    stack: Stack, few_calls: Xero, running: Connection, blue: Business
) -> None:
    with transaction.atomic():
        for number in range(900):
            making.contact(blue, f"Customer {number:03d}")
    started = time.monotonic()
    wait_until(lambda: all_done(running), what="the backlog", stack=stack)
    # Eighteen calls, eight in each window: two windows have to pass, whatever the machine is like.
    assert time.monotonic() - started > 6
    assert len(few_calls.contacts()) == 900
    assert "429" not in few_calls.state("calls")["calls"]["byStatus"]
