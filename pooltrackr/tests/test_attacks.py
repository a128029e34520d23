"""What somebody would try who means harm: foreign ids, hostile texts, forged forms."""

import csv
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from businesses.models import Business, User
from contacts.models import ContactTag, PoolContact
from invoices.services import create_draft, issue
from invoices.tests.making import data, line, make_contact, make_product
from pooltrackr.tests.test_strangers import ALL, STATES, Address
from pooltrackr.tests.world import World
from xero_integration.models import LinkAction, OutboxStatus, XeroContact
from xero_integration.models.mirror import XeroAccount

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{7*7}}"
each_address = pytest.mark.parametrize("address", ALL, ids=lambda address: address.name)
# Reading may leave these behind: the session's age, the wizard's own row, a search begun.
WRITTEN_BY_READING = ("django_session", "xero_integration_wizardrun", "contacts_duplicate")


@pytest.fixture
def ours(blue: Business, alice: User) -> World:
    return World(blue, alice)


@pytest.fixture
def theirs(dry: Business, charlie: User) -> World:
    return World(dry, charlie)


@each_address
def test_a_form_of_another_site_changes_nothing(address: Address, ours, alice) -> None:
    ours.get("connection")
    path = address.filled(ours)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    assert browser.post(path, {"action": "save"}).status_code in (403, 405)


@each_address
def test_reading_changes_nothing(address: Address, ours, as_alice) -> None:
    ours.get("connection")
    path = address.filled(ours)
    STATES.get(address.name, lambda world: None)(ours)
    with CaptureQueriesContext(connection) as said:
        answer = as_alice.get(path)
        if answer.streaming:
            b"".join(answer.streaming_content)
    writes = [one["sql"] for one in said if re.match("INSERT|UPDATE|DELETE", one["sql"])]
    assert [sql for sql in writes if not any(name in sql for name in WRITTEN_BY_READING)] == []


def test_foreign_contacts_join_no_pool_and_no_merge(ours, theirs, as_charlie) -> None:
    foreign, own = ours.get("contact"), theirs.get("contact")
    pool = theirs.get("pool")
    as_charlie.post(f"/b/dry/pools/{pool.pk}/contacts/", {"contact": foreign.pk, "role": "owner"})
    assert as_charlie.get(f"/b/dry/pools/add/?contact={foreign.pk}").status_code == 404
    merge = {"c": [own.pk, foreign.pk], "primary": own.pk}
    as_charlie.post("/b/dry/contacts/duplicates/merge/", merge)
    as_charlie.post("/b/dry/contacts/duplicates/ignore/", merge)
    as_charlie.post(f"/b/dry/contacts/duplicates/compare/?c={own.pk}&c={foreign.pk}", merge)
    assert not PoolContact.objects.exists()
    assert not theirs.business.merges.exists()
    assert not theirs.business.not_duplicates.exists()
    foreign.refresh_from_db()
    assert not foreign.is_archived


def test_foreign_tags_are_neither_seen_nor_used(ours, theirs, as_charlie) -> None:
    tag = ours.business.tags.create(name="Secret")
    own = theirs.get("contact")
    ContactTag.objects.create(business=ours.business, contact=ours.get("contact"), tag=tag)
    assert "Secret" not in as_charlie.get(f"/b/dry/contacts/?tag={tag.pk}").content.decode()
    assert "Secret" not in as_charlie.get("/b/dry/contacts/tags/?tags=S").content.decode()
    sent = {"name": "Own", "kind": "person", "tags": "Secret"}
    as_charlie.post(f"/b/dry/contacts/{own.pk}/edit/", sent)
    assert own.tags.get().business == theirs.business


def test_foreign_categories_and_rates_fit_no_product(ours, theirs, as_charlie) -> None:
    sent = {"code": "X", "name": "X", "price": "1", "category": "", "description": ""}
    own_rate, rate = theirs.get("tax_rate"), ours.get("tax_rate")
    assert as_charlie.post("/b/dry/products/add/", {**sent, "tax_rate": rate.pk}).status_code == 422
    sent |= {"tax_rate": own_rate.pk, "category": ours.get("category").pk}
    assert as_charlie.post("/b/dry/products/add/", sent).status_code == 422
    assert not theirs.business.products.exists()


def xero_contact(world: World, name: str) -> XeroContact:
    own = {"connection": world.get("connection"), "xero_id": name, "status": "ACTIVE"}
    return world.make(XeroContact, name=name, **own)


def test_the_wizard_takes_no_foreign_contact_row_product_or_account(
    ours, theirs, as_charlie
) -> None:
    choice, foreign = theirs.get("link_choice"), xero_contact(ours, "Foreign")
    own = xero_contact(theirs, "Own")
    setup = "/b/dry/xero/setup"
    sent = {"act": LinkAction.LINK.value, "target": foreign.pk}
    as_charlie.post(f"{setup}/link/{choice.pk}/choose/", sent)
    choice.refresh_from_db()
    assert choice.xero_contact is None

    as_charlie.post(f"{setup}/create/rows/", {"shown": [foreign.pk], "create": [foreign.pk]})
    foreign.refresh_from_db()
    assert foreign.create_here == own.create_here

    row = ours.get("outbox_row")
    as_charlie.post("/b/dry/xero/queue/act/", {"act": "exclude", "row": [row.pk]})
    as_charlie.post("/b/dry/xero/queue/act/", {"act": "exclude", "every": "on"})
    row.refresh_from_db()
    assert row.status == OutboxStatus.PARKED

    account = ours.get("product_account").account
    usable = {"xero_id": "b", "type": "REVENUE", "status": "ACTIVE"}
    own_account = theirs.make(XeroAccount, connection=theirs.get("connection"), **usable)
    products = f"{setup}/accounts/products/"
    as_charlie.post(products, {"product": ours.get("product").pk, "account": own_account.pk})
    as_charlie.post(products, {"product": theirs.get("product").pk, "account": account.pk})
    assert not theirs.get("connection").product_accounts.exists()
    mapping = as_charlie.post(f"{setup}/accounts/", {"category-none": account.pk})
    assert mapping.status_code == 422


def test_hostile_names_are_shown_as_they_are_written(ours, as_alice, blue) -> None:
    contact = make_contact(blue, EVIL, company=EVIL, notes=EVIL, street_line1=EVIL, email="a@b.au")
    blue.contacts.create(name=EVIL, phone="=1+1")
    blue.pools.create(name=EVIL[:200]).pool_contacts.create(business=blue, contact=contact)
    product = make_product(blue, code="=X", name="<script>alert(3)</script>")
    wanted = data(contact, line(blue, description=f"{EVIL}\n<para>", product=product), notes=EVIL)
    invoice = issue(create_draft(blue, data=wanted), by=None)
    blue.name = EVIL
    blue.save()
    for path in (
        *("", "contacts/", "contacts/?q=script", f"contacts/{contact.pk}/", "contacts/duplicates/"),
        *(f"contacts/{contact.pk}/edit/", f"contacts/{contact.pk}/archive/", "pools/", "products/"),
        *("invoices/", f"invoices/{invoice.pk}/", f"invoices/{invoice.pk}/print/", "settings/"),
        *(f"invoices/{invoice.pk}/edit/", f"invoices/{invoice.pk}/void/", "people/", "xero/"),
    ):
        page = as_alice.get(f"/b/blue/{path}").content.decode()
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
    assert as_alice.get(f"/b/blue/invoices/{invoice.pk}/pdf/").content.startswith(b"%PDF")
    search = as_alice.get("/b/blue/contacts/search/?q=script")
    assert search.headers["Content-Type"] == "application/json"
    assert search.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["contacts/export/", "invoices/export.csv"])
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
def test_no_cell_of_an_export_runs_in_a_spreadsheet(path, start, as_alice, blue) -> None:
    contact = blue.contacts.create(name=f"{start}cmd|' /C calc'!A0", notes=f"{start}1")
    issue(create_draft(blue, data=data(contact, reference=f"{start}2")), by=None)
    answer = as_alice.get(f"/b/blue/{path}")
    text = b"".join(answer.streaming_content).decode().lstrip("\ufeff")
    for row in list(csv.reader(text.splitlines(keepends=True)))[1:]:
        for cell in row:
            assert not re.match(r"[=+@\t\r]|-\D", cell), cell
