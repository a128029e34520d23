"""The connect step and the Xero page: consent and what can go wrong, home, disconnect."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from businesses.models import Business, User
from xero_integration import jobs
from xero_integration.connecting import connect
from xero_integration.models import (
    Connection,
    ConnectionStatus,
    Job,
    JobKind,
    Step,
    WizardRun,
    XeroAccount,
    XeroContact,
)
from xero_integration.tests.factories import ConnectionFactory
from xero_integration.tests.simulator import Xero

HOME = "/b/blue/xero/"
CONNECT = "/b/blue/xero/setup/connect/"
Walk = Callable[..., str]


@pytest.fixture
def walk(xero: Xero, blue: Business, as_alice: Client) -> Walk:
    """Return a function that walks to Xero and back as alice, and says where she lands."""
    WizardRun.objects.create(business=blue, step=Step.CONNECT)

    def there_and_back(**choice: str) -> str:
        start = as_alice.post(CONNECT + "start/")
        params = xero.consent(start.url, **choice)
        return as_alice.get(f"/xero/callback/?{urlencode(params)}").url

    return there_and_back


def said(browser: Client, url: str) -> str:
    return browser.get(url, follow=True).content.decode()


def test_consent_connects_and_reading_begins_at_once(
    walk: Walk, xero: Xero, as_alice: Client
) -> None:
    xero.act("add_contact", fields={"Name": "Marigold Vance"})
    assert walk() == reverse("xero:wizard", args=["blue"])
    reading = Job.objects.get(kind=JobKind.READ)
    assert "Reading from Xero" in as_alice.get(CONNECT).content.decode()
    jobs.run(reading.pk)
    assert XeroContact.objects.get().name == "Marigold Vance"
    assert XeroAccount.objects.for_sales().exists()
    # Comparing follows by itself, and the link step opens.
    jobs.run(Job.objects.get(kind=JobKind.SUGGEST).pk)
    assert as_alice.get("/b/blue/xero/setup/").url == reverse("xero:link", args=["blue"])


def test_progress_sends_the_browser_on_when_the_work_is_done(walk: Walk, as_alice: Client) -> None:
    walk()
    address = reverse("xero:progress", args=["blue", "connect"])
    headers = {"HX-Request": "true"}
    assert "<progress" in as_alice.get(address, headers=headers).content.decode()
    for kind in (JobKind.READ, JobKind.SUGGEST):
        jobs.run(Job.objects.get(kind=kind).pk)
    answer = as_alice.get(address, headers=headers)
    assert answer.headers["HX-Redirect"] == reverse("xero:link", args=["blue"])


def test_cancelling_in_xero_says_so_and_leaves_the_button(walk: Walk, as_alice: Client) -> None:
    url = walk(decision="deny")
    assert url == CONNECT
    page = said(as_alice, url)
    assert "You cancelled in Xero" in page
    assert "Connect to Xero" in page
    assert not Connection.objects.exists()


def test_an_answer_with_a_forged_state_connects_nothing(walk: Walk, as_alice: Client) -> None:
    page = said(as_alice, "/xero/callback/?code=1&state=forged")
    assert "does not belong to you" in page
    assert not Connection.objects.exists()


def test_an_answer_is_good_for_one_use_and_one_person(
    walk: Walk, xero: Xero, as_alice: Client, as_bob: Client
) -> None:
    params = xero.consent(as_alice.post(CONNECT + "start/").url)
    address = f"/xero/callback/?{urlencode(params)}"
    assert "does not belong to you" in said(as_bob, address)
    as_alice.get(address)
    assert "was used already" in said(as_alice, address)
    assert Connection.objects.count() == 1


def test_xero_down_at_the_exchange_says_what_to_do(
    walk: Walk, xero: Xero, as_alice: Client
) -> None:
    xero.fault("500", path="connect/token", count=None)
    page = said(as_alice, walk())
    assert "Xero did not answer" in page


def test_an_organisation_of_another_business_is_refused(
    walk: Walk, xero: Xero, dry: Business, as_alice: Client
) -> None:
    organisation = xero.organisations[0]
    ConnectionFactory(business=dry, tenant_id=organisation["id"])
    page = said(as_alice, walk(organisation=organisation["name"]))
    assert "already connected to another business" in page


def test_the_callback_never_shows_a_page(walk: Walk, as_alice: Client) -> None:
    assert as_alice.get("/xero/callback/").status_code == 302
    assert as_alice.post("/xero/callback/").status_code == 405


# --- the Xero page


@pytest.fixture
def connection(blue: Business) -> Connection:
    return ConnectionFactory(business=blue, contacts_open_at=timezone.now())


def test_the_page_shows_how_the_connection_stands(connection: Connection, as_rita: Client) -> None:
    page = as_rita.get(HOME).content.decode()
    assert "Blue Lagoon Books" in page
    assert "Held until accounts are linked" in page
    assert "Disconnect" not in page


def test_only_an_owner_disconnects(connection: Connection, as_bob: Client) -> None:
    address = reverse("xero:disconnect", args=["blue"])
    assert as_bob.get(address).status_code == 403
    assert as_bob.post(address).status_code == 403
    connection.refresh_from_db()
    assert connection.is_active


def test_disconnecting_asks_first_and_keeps_everything(
    connection: Connection, as_alice: Client
) -> None:
    address = reverse("xero:disconnect", args=["blue"])
    assert "Links, account choices and the log are kept" in as_alice.get(address).content.decode()
    connection.refresh_from_db()
    assert connection.is_active
    page = as_alice.post(address, follow=True).content.decode()
    connection.refresh_from_db()
    assert connection.status == ConnectionStatus.DISCONNECTED
    assert "reconnect the same organisation" in page


def test_a_broken_connection_is_told_on_every_page(connection: Connection, as_rita: Client) -> None:
    Connection.objects.update(status=ConnectionStatus.NEEDS_RECONNECT)
    assert "nothing reaches Xero until it is renewed" in as_rita.get("/b/blue/").content.decode()


def test_a_reconnect_from_the_xero_page_ends_there(
    xero: Xero, blue: Business, alice: User, as_alice: Client
) -> None:
    params = xero.consent(connect.authorise_url(blue, user=alice))
    first = connect.complete(params, user=alice)
    Connection.objects.update(
        status=ConnectionStatus.NEEDS_RECONNECT, contacts_open_at=timezone.now()
    )
    start = as_alice.post(CONNECT + "start/", {"from": "home"})
    answer = as_alice.get(f"/xero/callback/?{urlencode(xero.consent(start.url))}")
    assert answer.url == HOME
    first.refresh_from_db()
    assert first.is_active


@pytest.mark.parametrize("path", ["", "log/", "queue/", "disconnect/", "setup/", "setup/connect/"])
def test_a_stranger_finds_nothing(connection: Connection, as_charlie: Client, path: str) -> None:
    assert as_charlie.get(HOME + path).status_code == 404
