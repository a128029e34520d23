"""Checkpoints of Xero's certification that no other test shows; docs/certification.md has all."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from businesses.models import Business, User
from invoices.models import PaymentMethod
from xero_integration.client import oauth
from xero_integration.connecting import disconnecting
from xero_integration.connecting.connect import NOT_ALLOWED
from xero_integration.models import Connection, OutboxStatus, XeroToken
from xero_integration.tests import making
from xero_integration.tests.scene import ACCOUNTS, Scene, finish_wizard
from xero_integration.tests.simulator import CLIENT_ID, CLIENT_SECRET, Xero
from xero_integration.tests.test_reconciliation import compare
from xero_integration.views.connect import OPTIONAL, PERMISSIONS

pytestmark = pytest.mark.django_db(transaction=True)

HOME = "/b/blue/xero/"
DOCUMENT = settings.BASE_DIR / "docs" / "certification.md"
# What each scope is for, as a word of the permission that the connect page explains.
EXPLAINED = {
    "openid": "name",
    "profile": "name",
    "email": "e-mail",
    "offline_access": "Stay connected",
    "accounting.contacts": "contacts",
    "accounting.invoices": "invoices",
    "accounting.payments": "payments",
    "accounting.settings.read": "settings",
}


@pytest.fixture
def scene(xero: Xero, connection: Connection, blue: Business, alice: User, as_bob: Client) -> Scene:
    finish_wizard(connection)
    return Scene(xero, connection, blue, alice, as_bob)


# --- the document -------------------------------------------------------------------------------


def named() -> list[str]:
    """Return what stands in code marks in the document: files, and tests of files."""
    return re.findall(r"`([\w./]+\.(?:py|html|md)(?:::\w+)?)`", DOCUMENT.read_text())


def test_every_file_and_every_test_that_the_document_names_exists() -> None:
    names = named()
    assert len(names) > 60
    missing = [name for name in names if not exists(*name.split("::"))]
    assert missing == []


def exists(path: str, test: str = "") -> bool:
    file = Path(settings.BASE_DIR) / path
    return file.is_file() and (not test or f"\ndef {test}(" in file.read_text())


# --- 1: connection ------------------------------------------------------------------------------


def test_the_pages_never_show_what_only_the_server_may_know(scene: Scene) -> None:
    """1.8: neither client id, client secret nor a token is in anything that a browser gets."""
    token = XeroToken.objects.get()
    secret = (CLIENT_ID, CLIENT_SECRET, token.access_token, token.refresh_token)
    for url in (HOME, ACCOUNTS, f"{HOME}setup/connect/", f"{HOME}log/", f"{HOME}queue/"):
        page = scene.page(url)
        assert not [one for one in secret if one in page], url


def test_consent_opens_in_the_same_window_and_asks_for_no_password(
    scene: Scene, as_alice: Client
) -> None:
    """1.8 and 2.2: a button of ours that leads to Xero itself; no new window, no logo."""
    disconnecting.disconnect(scene.connection, by=scene.alice)
    page = scene.page(HOME)
    form = re.search(r"<form[^>]*connect/start/.*?</form>", page, re.DOTALL)
    assert form
    assert "Reconnect" in form[0]
    assert "target=" not in form[0]
    assert "password" not in form[0]
    assert "<img" not in form[0]
    answer = as_alice.post(f"{HOME}setup/connect/start/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{settings.XERO_LOGIN_URL}/identity/connect/authorize?")


def test_a_business_that_left_is_disconnected_in_xero_by_the_platforms_staff(
    scene: Scene, browser_of: Any
) -> None:
    """1.7: an off-boarded customer's connection is deleted at Xero, not left to lapse."""
    staff = User.objects.create_superuser("staff@platform.example", "secret")
    browser_of(staff).post(
        "/admin/xero_integration/connection/",
        {"action": "end", "_selected_action": scene.connection.pk},
    )
    scene.connection.refresh_from_db()
    assert scene.connection.disconnected_at is not None
    assert scene.xero.state("identity")["identity"]["connections"] == []


# --- 3: app launcher ----------------------------------------------------------------------------


def test_the_launchers_address_opens_the_log_in_page(client: Client, db: None) -> None:
    """3.1: what the owner enters as "Login URL for launcher" is SITE_URL/login/."""
    assert client.get("/login/").status_code == 200
    assert client.get("/", follow=True).redirect_chain[-1][0].startswith("/login/")


# --- 4: scopes ----------------------------------------------------------------------------------


def test_each_scope_is_needed_and_explained_before_it_is_asked_for() -> None:
    """4.1 and 4.2: no scope without its reason on the connect page; none to write settings."""
    assert set(settings.XERO_SCOPES) == set(EXPLAINED)
    said = " ".join(words for words, _ in PERMISSIONS)
    assert [word for word in EXPLAINED.values() if word not in said] == []
    # Asked for only once somebody wants what it is for.
    assert set(OPTIONAL) == set(NOT_ALLOWED)
    assert set(OPTIONAL).isdisjoint(settings.XERO_SCOPES)
    assert "offline_access" in oauth.authorise_url(state="s", verifier="v" * 43)


# --- 7: accounts --------------------------------------------------------------------------------


def sales_code(scene: Scene) -> str:
    return str(scene.connection.category_accounts.get().account.code)


def test_an_account_archived_in_xero_is_found_at_night_and_leads_to_the_mapping(
    scene: Scene,
) -> None:
    """7.4: no invoice has to be refused first."""
    code = sales_code(scene)
    scene.xero.act("archive_account", account=code)
    compare(scene.connection)
    page = scene.page(HOME)
    assert "is archived in Xero" in page
    assert ACCOUNTS in page
    invoice = making.invoice(making.contact(scene.business))
    before = len(scene.xero.writes("Invoices"))
    scene.go()
    assert scene.row(invoice).error_code == "account_unusable"
    assert len(scene.xero.writes("Invoices")) == before

    scene.xero.act("restore_account", account=code)
    compare(scene.connection)
    scene.go()
    assert scene.is_done(invoice)
    assert "is archived in Xero" not in scene.page(HOME)


def test_after_one_refusal_the_next_invoice_is_stopped_before_it_is_sent(scene: Scene) -> None:
    """7.4: what a refusal taught is known from then on."""
    contact = scene.customer()
    scene.xero.act("archive_account", account=sales_code(scene))
    first = making.invoice(contact)
    scene.go()
    second = making.invoice(contact)
    scene.go()
    assert scene.row(first).error_code == "account_archived"
    assert scene.row(second).error_code == "account_unusable"


def test_a_refresh_that_shows_the_account_restored_sends_what_waited(scene: Scene) -> None:
    code = sales_code(scene)
    scene.xero.act("archive_account", account=code)
    invoice = making.invoice(scene.customer())
    scene.go()
    assert scene.row(invoice).status == OutboxStatus.PARKED
    scene.xero.act("restore_account", account=code)
    assert (
        "1 record that waited goes now"
        in scene.browser.post(f"{ACCOUNTS}refresh/", follow=True).content.decode()
    )
    scene.go()
    assert scene.is_done(invoice)


# --- 8: taxes -----------------------------------------------------------------------------------


def members(data: Any) -> set[str]:
    """Return the names of all members of a body, at any depth."""
    if isinstance(data, list):
        return set().union(*map(members, data))
    if isinstance(data, dict):
        return set(data).union(*map(members, data.values()))
    return set()


def test_nothing_that_we_write_holds_a_tax_amount_an_account_or_a_person(scene: Scene) -> None:
    """8.2, 7.3 and contacts: Xero computes the tax, keeps its chart, and its contact persons."""
    invoice = scene.sent_invoice()
    scene.pay(invoice)
    scene.go()
    writes = [one for one in scene.xero.writes() if "api.xro" in str(one["path"])]
    sent = set().union(*(members(one["body"]) for one in writes))
    assert {"LineItems", "TaxType", "Amount"} <= sent
    assert sent & {"TaxAmount", "LineAmount", "TotalTax", "Total", "ContactPersons"} == set()
    collections = {str(one["path"]).split("api.xro/2.0/")[1].split("/")[0] for one in writes}
    assert collections <= {"Contacts", "Invoices", "Payments"}
    assert PaymentMethod.BANK_TRANSFER in scene.connection.payment_accounts.values_list(
        "method", flat=True
    )
