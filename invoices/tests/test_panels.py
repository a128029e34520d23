"""What invoices show elsewhere: on a contact's page, on the dashboard, in the admin."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from businesses.models import Business
from businesses.registry import figures_of
from contacts.registry import consequences_of_archiving
from invoices.tests.making import (
    gst,
    line,
    make_contact,
    make_draft,
    make_issued,
    make_product,
    pay,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def test_a_contacts_page_shows_its_invoices_and_what_is_owed(
    blue: Business, as_rita: Client
) -> None:
    contact = make_contact(blue)
    for _ in range(6):
        make_issued(blue, contact=contact)
    make_issued(blue, contact=contact, due_date=dt.date(2026, 11, 9))
    make_issued(blue, contact=make_contact(blue, "Other"))
    page = as_rita.get(contact.get_absolute_url()).content.decode()
    assert "$770.00" in page
    assert "overdue" in page
    assert "All 7 invoices" in page
    assert "INV-0008" not in page


def test_archiving_says_what_is_left_open(blue: Business) -> None:
    contact = make_contact(blue)
    assert consequences_of_archiving(contact) == []
    make_draft(blue, contact=contact)
    make_issued(blue, contact=contact)
    make_issued(blue, contact=contact)
    draft, unpaid = consequences_of_archiving(contact)
    assert draft.startswith("It has a draft invoice")
    assert unpaid.startswith("2 unpaid invoices stay due")


def test_the_dashboard_sums_what_is_owed_to_the_cent(blue: Business, as_rita: Client) -> None:
    contact = make_contact(blue, "Late payer")
    for _ in range(3):
        make_issued(blue, line(blue, "0.1", tax_rate=blue.tax_rates.get(name="GST free")))
    late = make_issued(blue, contact=contact, due_date=dt.date(2026, 11, 9))
    pay(late, "10.05")
    make_draft(blue)
    shown = {figure.label: (figure.value, figure.note) for figure in figures_of(blue)}
    assert shown["Awaiting payment"] == ("$100.25", "4 invoices")
    assert shown["Overdue"] == ("$99.95", "1 invoice")
    assert shown["Draft invoices"][0] == "1"
    assert "Late payer" in as_rita.get(reverse("dashboard", args=["blue"])).content.decode()


def test_the_admin_finds_and_shows_everything(blue: Business, admin_client: Client) -> None:
    product = make_product(blue, category=blue.categories.create(name="C"))
    invoice = make_issued(blue, line(blue, product=product))
    payment = pay(invoice, "1")
    rows = {
        "invoice": invoice,
        "payment": payment,
        "product": product,
        "productcategory": product.category,
        "taxrate": gst(blue),
        "invoicesequence": blue.invoice_sequence,
    }
    for model, row in rows.items():
        listing = reverse(f"admin:invoices_{model}_changelist")
        assert admin_client.get(listing, {"q": "inv"}).status_code == 200
        page = reverse(f"admin:invoices_{model}_change", args=[row.pk])
        assert admin_client.get(page).status_code == 200


def test_the_admin_changes_words_and_no_amounts(blue: Business, admin_client: Client) -> None:
    invoice = make_issued(blue)
    data = {
        "due_date": "2026-12-01",
        "service_date": "",
        "reference": "Mended",
        "notes": "",
        "total": "1",
        "status": "draft",
        "number": "X",
        **{f"{name}-TOTAL_FORMS": "0" for name in ("lines", "payments")},
        **{f"{name}-INITIAL_FORMS": "0" for name in ("lines", "payments")},
    }
    response = admin_client.post(reverse("admin:invoices_invoice_change", args=[invoice.pk]), data)
    assert response.status_code == 302
    invoice.refresh_from_db()
    assert (invoice.reference, invoice.total) == ("Mended", Decimal(110))
    assert (invoice.status, invoice.number) == ("issued", "INV-0001")


def test_the_admin_deletes_drafts_and_nothing_else(blue: Business, admin_client: Client) -> None:
    issued, draft = make_issued(blue), make_draft(blue)
    for invoice, status in ((issued, 403), (draft, 302)):
        address = reverse("admin:invoices_invoice_delete", args=[invoice.pk])
        assert admin_client.post(address, {"post": "yes"}).status_code == status
    assert list(blue.invoices.all()) == [issued]
    listing = admin_client.get(reverse("admin:invoices_invoice_changelist")).content.decode()
    assert "delete_selected" not in listing


@pytest.mark.parametrize("count", [1, 25])
def test_the_dashboards_figures_take_the_same_queries_for_any_number_of_invoices(
    blue: Business, count: int, django_assert_max_num_queries: Any
) -> None:
    contact = make_contact(blue)
    for _ in range(count):
        make_issued(blue, contact=contact)
    with django_assert_max_num_queries(6):
        assert figures_of(blue)
