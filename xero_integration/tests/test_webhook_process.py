"""Webhooks and polls through real processes: simulator, web server, worker, and their deaths."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import requests
from django.db import transaction

from businesses.models import Business, User
from contacts.models import Contact
from pooltrackr.settings import broker_url
from pooltrackr.supervisor import Stack
from xero_integration.linking import links
from xero_integration.models import Connection, EventStatus, Kind, XeroEvent
from xero_integration.tests import making
from xero_integration.tests.simulator import ORIGINS, Xero
from xero_integration.tests.test_process import CLOCKS, all_done, wait_until
from xero_integration.tests.webhooks import body_of, changed, signature_of

pytestmark = pytest.mark.process

NAME = "Rosa Reyes"


@pytest.fixture
def stack(make_stack: Callable[..., Stack], settings: Any, request: pytest.FixtureRequest) -> Stack:
    """Return a whole Pooltrackr; `request.param` are further settings."""
    stack = make_stack(
        settings={**CLOCKS, **getattr(request, "param", {})}, xero_arguments=("--seed", "empty")
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
def xero(stack: Stack) -> Xero:
    xero = Xero(stack.xero_url)
    xero.control("webhooks", retry_seconds=0.5)
    return xero


@pytest.fixture
def running(xero: Xero, blue: Business, alice: User) -> Connection:
    return making.ready(making.connected(xero, blue, alice))


@pytest.fixture
def rosa(stack: Stack, running: Connection, blue: Business) -> Contact:
    contact = making.contact(blue, NAME)
    wait_until(lambda: all_done(running), what="the contact", stack=stack)
    return contact


def reads(xero: Xero) -> int:
    found = xero.state("calls")["calls"]["byResource"]
    return sum(found.get(f"GET {name}", 0) for name in ("Contacts", "Invoices"))


def is_quiet(xero: Xero) -> bool:
    """Say whether all that happened in Xero was told, and all that was told is dealt with."""
    told = not xero.state("webhooks")["webhooks"]["pending"]
    return told and not XeroEvent.objects.filter(status__in=("received", "failed")).exists()


def email(running: Connection) -> str:
    return running.xero_contacts.get(name=NAME).email


def edit(xero: Xero, address: str) -> None:
    xero.act("edit_contact", contact=NAME, fields={"EmailAddress": address})


def test_an_edit_and_a_merge_in_xero_arrive_by_webhook(
    stack: Stack, xero: Xero, running: Connection, rosa: Contact
) -> None:
    edit(xero, "rosa@x.example")
    wait_until(lambda: email(running) == "rosa@x.example", what="the edit", stack=stack)
    winner = xero.act("add_contact", fields={"Name": "Reyes Family"})["ContactID"]
    xero.act("merge_contacts", **{"from": NAME, "into": "Reyes Family"})

    def followed() -> bool:
        link = links.link_for(running, Kind.CONTACT, rosa.pk)
        return link is not None and link.xero_id == winner

    wait_until(followed, what="the merge", stack=stack)


def test_the_intent_to_receive_is_passed(stack: Stack, xero: Xero) -> None:
    xero.control("webhooks", intent=True)
    wait_until(
        lambda: xero.state("webhooks")["webhooks"]["intent"].get("status") == "ok",
        what="the intent",
        stack=stack,
    )


def test_echoes_and_repetitions_of_many_writes_cause_no_storm_of_calls(
    stack: Stack, xero: Xero, running: Connection, blue: Business
) -> None:
    xero.control("webhooks", duplicate=True, reorder=True, batch=10)
    with transaction.atomic():
        for number in range(100):
            making.invoice(making.contact(blue, f"Customer {number:03d}"))
    wait_until(lambda: all_done(running), what="the sync", stack=stack)
    wait_until(lambda: is_quiet(xero), what="the end of the echoes", stack=stack)
    # 100 contacts and 100 invoices, each told twice: were each echo read, it would be 400.
    assert XeroEvent.objects.count() == 200
    assert set(XeroEvent.objects.values_list("status", flat=True)) == {EventStatus.ECHO}
    assert reads(xero) <= 5


@pytest.mark.parametrize("dated", ["record", "second", "told"])
def test_edits_within_one_second_of_our_own_writing_all_arrive_whatever_an_events_date_is(
    stack: Stack, xero: Xero, running: Connection, blue: Business, dated: str
) -> None:
    xero.control("switches", event_date=dated)
    second = dt.datetime.now(dt.UTC).replace(microsecond=0)
    set_clock(xero, second)
    making.contact(blue, NAME)
    wait_until(lambda: all_done(running), what="the contact", stack=stack)
    for part, address in ((0.5, "first@x.example"), (0.7, "second@x.example")):
        set_clock(xero, second + dt.timedelta(seconds=part))
        edit(xero, address)
        wait_until(lambda: is_quiet(xero), what="the end of the event", stack=stack)
        assert email(running) == address


def set_clock(xero: Xero, moment: dt.datetime) -> None:
    now = dt.datetime.fromisoformat(xero.control("clock")["now"])
    xero.control("clock", advance=(moment - now).total_seconds())


@pytest.mark.parametrize("stack", [{"XERO_POLL_INTERVAL": "2"}], indirect=True)
def test_what_webhooks_lose_the_poll_finds(
    stack: Stack, xero: Xero, running: Connection, rosa: Contact
) -> None:
    xero.control("webhooks", lose=True)
    edit(xero, "lost@x.example")
    wait_until(lambda: email(running) == "lost@x.example", what="the poll", stack=stack)


def test_what_came_while_the_web_server_was_down_comes_again(
    stack: Stack, xero: Xero, running: Connection, rosa: Contact
) -> None:
    stack.kill("web")
    edit(xero, "late@x.example")
    wait_until(lambda: xero.state("webhooks")["webhooks"]["tries"] > 0, what="a try", stack=stack)
    stack.start("web")
    wait_until(lambda: email(running) == "late@x.example", what="the edit", stack=stack)


def test_what_came_while_the_worker_was_dead_is_read_by_the_next(
    stack: Stack, xero: Xero, running: Connection, rosa: Contact
) -> None:
    wait_until(lambda: is_quiet(xero), what="the echo", stack=stack)
    stack.kill("worker")
    edit(xero, "later@x.example")
    wait_until(
        lambda: XeroEvent.objects.filter(status=EventStatus.RECEIVED).exists(),
        what="the event",
        stack=stack,
    )
    stack.start("worker")
    wait_until(lambda: email(running) == "later@x.example", what="the edit", stack=stack)


def test_a_wrong_signature_changes_nothing(
    stack: Stack, xero: Xero, running: Connection, rosa: Contact
) -> None:
    wait_until(lambda: is_quiet(xero), what="the echo", stack=stack)
    before = (XeroEvent.objects.count(), reads(xero))
    forged = body_of(changed(xero.contact(NAME)["ContactID"], tenantId=running.tenant_id))
    answer = requests.post(
        f"{stack.web_url}/xero/webhook/",
        data=forged,
        headers={"x-xero-signature": signature_of(forged, key="another")},
        timeout=10,
    )
    assert (answer.status_code, answer.content, answer.cookies.items()) == (401, b"", [])
    assert (XeroEvent.objects.count(), reads(xero)) == before
