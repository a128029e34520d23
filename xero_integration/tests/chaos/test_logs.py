"""All logs of a real run, searched for what must never stand in them."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
import requests
from celery import current_app
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from businesses.models import Business, User
from invoices.models import Invoice
from pooltrackr.supervisor import Stack
from xero_integration.models import Connection, XeroToken
from xero_integration.tests import making
from xero_integration.tests.chaos.conftest import SIMULATOR
from xero_integration.tests.chaos.load import unsettled
from xero_integration.tests.simulator import Xero

pytestmark = pytest.mark.process

PARTS = ("broker", "xero", "worker", "web")
PASSWORD = "correct-horse-battery"
PATIENCE = 120.0
# So many digits that they stand in a log only as themselves: four are found in any task's id.
PRICE = "83719264.55"
TROUBLE = ["500_after", "drop_after", "truncate", "401_expired", "429_minute", "not_json"]


@pytest.fixture
def connection(
    start_stack: Callable[..., Stack], blue: Business, alice: User
) -> Iterator[tuple[Stack, Connection]]:
    stack = start_stack(parts=PARTS)
    xero = Xero(stack.xero_url)
    xero.control("limits", **SIMULATOR)
    yield stack, making.ready(making.connected(xero, blue, alice))


def test_no_log_holds_a_token_name_amount_address_or_body(
    connection: tuple[Stack, Connection], blue: Business, alice: User
) -> None:
    stack, running = connection
    work(stack, running, blue, alice)
    let_everything_fail(stack)
    logs = {path.name: path.read_text(errors="replace") for path in stack.supervisor.logs.iterdir()}
    # A Redis that was there before keeps its log elsewhere.
    started = set(PARTS) - ({"broker"} if stack.external_broker else set())
    assert set(logs) == {f"{part}.log" for part in started}
    assert "create_contacts" in logs["worker.log"]
    assert f"/b/{blue.slug}/contacts/" in logs["web.log"]
    assert logs["worker.log"].count("raised unexpected: ") == len(own_tasks())
    assert "django.security" in logs["web.log"]
    secrets = secrets_of(stack, alice)
    found = [(name, one) for name, text in logs.items() for one in secrets if one in text]
    assert found == []


def work(stack: Stack, running: Connection, blue: Business, alice: User) -> None:
    """Let every part meet what it must not write down, in trouble too."""
    # As the web server's own hasher writes it; the tests have a cheap one.
    alice.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1000)
    alice.save()
    xero = Xero(stack.xero_url)
    for kind in TROUBLE:
        xero.fault(kind, path="Contacts|Invoices", text="Sekretova leaked")
    browse(stack, alice)
    contact = making.contact(blue, "Rosa Sekretova", email="hidden@example.org", phone="0755501234")
    making.invoice(contact, making.line(blue, PRICE, description="Concealed work"))
    # Refused by Xero with words that quote it.
    xero.act("add_contact", fields={"Name": "Boris Sekretov"})
    making.contact(blue, "Boris Sekretov")
    XeroToken.objects.update(expires_at=running.connected_at)
    wait_until_only_one_is_parked(running)


def own_tasks() -> list[str]:
    return [name for name in current_app.tasks if not name.startswith("celery.")]


def let_everything_fail(stack: Stack) -> None:
    """Let every task and a request raise what quotes a customer; then wait until all is told."""
    tasks = own_tasks()
    for name in tasks:
        current_app.send_task(name, kwargs={"Sekretova": "Rosa Sekretova"}, queue="celery")
    host = {"Host": "Sekretova.example"}
    assert requests.get(f"{stack.web_url}/login/", headers=host, timeout=30).status_code == 400
    log = stack.supervisor.log("worker")
    deadline = time.monotonic() + PATIENCE
    while log.read_text(errors="replace").count("raised unexpected") < len(tasks):
        assert time.monotonic() < deadline, stack.tail("worker", 60)
        time.sleep(0.1)
    stack.kill("worker")


def secrets_of(stack: Stack, alice: User) -> list[str]:
    token = XeroToken.objects.get()
    invoice = Invoice.objects.get()
    # Without cents: however an amount is written, its dollars are in it.
    amounts = [str(int(one)) for one in (invoice.subtotal, invoice.tax_total, invoice.total)]
    return [
        *(token.access_token, token.refresh_token, stack.environment["XERO_CLIENT_SECRET"]),
        *("Sekretov", "hidden@", "55501234", "Concealed", "Bearer", "Basic "),
        *("LineItems", "ContactNumber", alice.email, PASSWORD, "csrfmiddlewaretoken"),
        *amounts,
    ]


def browse(stack: Stack, alice: User) -> None:
    """Log in and search as a person does: both send what no log may keep."""
    session = requests.Session()
    page = session.get(f"{stack.web_url}/login/", timeout=30).text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    form = {"username": alice.email, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    assert session.post(f"{stack.web_url}/login/", data=form, timeout=30).ok
    answer = session.get(f"{stack.web_url}/b/blue/contacts/?q=Sekretova", timeout=30)
    assert answer.ok
    assert "Log out" in answer.text


def wait_until_only_one_is_parked(running: Connection) -> None:
    deadline = time.monotonic() + PATIENCE
    while (left := unsettled(running)) != {"parked": 1}:
        assert time.monotonic() < deadline, f"Left: {left}"
        time.sleep(0.1)
