"""The invoice list, one invoice, its print, PDF and export, through the door."""

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from businesses.models import Business
from invoices import services
from invoices.models import Invoice
from invoices.tests.making import line, make_contact, make_draft, make_issued, pay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def url(name: str, *arguments: object) -> str:
    return reverse(f"invoices:{name}", args=["blue", *arguments])


def listed(response: Any) -> list[Invoice]:
    return list(response.context["table"].rows)


def test_the_first_visit_says_what_to_do(as_bob: Client, as_rita: Client) -> None:
    assert "Write the first one" in as_bob.get(url("list")).content.decode()
    assert "New invoice" not in as_rita.get(url("list")).content.decode()


def test_tabs_hold_and_count_their_invoices(blue: Business, as_bob: Client) -> None:
    contact = make_contact(blue)
    draft = make_draft(blue, contact=contact)
    awaiting = make_issued(blue, contact=contact)
    late = make_issued(blue, contact=contact, due_date=dt.date(2026, 11, 9))
    paid = make_issued(blue, contact=contact)
    pay(paid, "110")
    void = services.void(make_issued(blue, contact=contact), by=None)
    wanted = {
        "": {draft, awaiting, late, paid, void},
        "draft": {draft},
        "awaiting": {awaiting, late},
        "overdue": {late},
        "paid": {paid},
        "void": {void},
        "nonsense": {draft, awaiting, late, paid, void},
    }
    for state, invoices in wanted.items():
        response = as_bob.get(url("list"), {"state": state})
        assert set(listed(response)) == invoices, state
    counted = {entry["tab"].name: entry["count"] for entry in response.context["tabs"]}
    assert counted == {state: len(wanted[state]) for state in counted}


def test_filters_by_words_contact_and_dates(blue: Business, as_bob: Client) -> None:
    mira, tom = make_contact(blue, "Mira"), make_contact(blue, "Tom")
    first = make_issued(blue, contact=mira, reference="Leak")
    second = make_issued(blue, contact=tom, date=dt.date(2026, 11, 5))
    assert listed(as_bob.get(url("list"), {"q": "leak"})) == [first]
    assert listed(as_bob.get(url("list"), {"contact": str(tom.pk)})) == [second]
    assert listed(as_bob.get(url("list"), {"since": "2026-11-03"})) == [second]
    assert listed(as_bob.get(url("list"), {"until": "2026-11-04"})) == [first]
    wrong = {"contact": "x", "since": "yesterday", "page": "99", "sort": "secret"}
    assert len(listed(as_bob.get(url("list"), wrong))) == 2


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("number", "INV-0001"),
        ("-number", "INV-0002"),
        ("total", "INV-0002"),
        ("contact", "INV-0002"),
    ],
)
def test_the_list_is_sorted(blue: Business, as_bob: Client, sort: str, first: str) -> None:
    make_issued(blue, contact=make_contact(blue, "zoe"))
    make_issued(blue, line(blue, "500"), contact=make_contact(blue, "Adam"))
    assert listed(as_bob.get(url("list"), {"sort": sort}))[0].number == first


def test_the_foot_sums_the_page_without_void_invoices(blue: Business, as_bob: Client) -> None:
    pay(make_issued(blue), "10.10")
    make_draft(blue, line(blue, "1"))
    services.void(make_issued(blue), by=None)
    sums = as_bob.get(url("list")).context["sums"]
    assert sums == {"total": Decimal("111.10"), "due": Decimal("99.90")}


def test_htmx_gets_the_table_alone(blue: Business, as_bob: Client) -> None:
    make_issued(blue)
    headers = {"HX-Request": "true", "HX-Target": "table"}
    part = as_bob.get(url("list"), headers=headers).content.decode()
    assert "INV-0001" in part
    assert "<html" not in part


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_takes_the_same_queries_for_one_and_for_many(
    blue: Business, as_bob: Client, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        make_issued(blue)
    # Session, user, membership; counts of the tabs and the table, its rows; the notice of Xero.
    with django_assert_num_queries(7):
        as_bob.get(url("list"))


def test_the_page_shows_lines_sums_and_payments(blue: Business, as_bob: Client) -> None:
    contact = make_contact(blue, "<b>Núñez</b> & Sons")
    wanted = line(blue, "12.3456", description="Two\nrows", quantity=Decimal("1.5"))
    invoice = make_issued(blue, wanted, contact=contact)
    pay(invoice, "5")
    page = as_bob.get(invoice.get_absolute_url()).content.decode()
    for words in ("INV-0001", escape(contact.name), "12.3456", "1.5", "18.52", "20.37", "15.37"):
        assert words in page
    assert "<b>Núñez" not in page


def test_a_reader_sees_no_buttons_that_change_things(blue: Business, as_rita: Client) -> None:
    invoice = make_issued(blue)
    page = as_rita.get(invoice.get_absolute_url()).content.decode()
    assert "Record payment" not in page
    assert url("void", invoice.pk) not in page
    assert url("pdf", invoice.pk) in page


def test_the_print_shows_what_a_tax_invoice_needs(blue: Business, as_rita: Client) -> None:
    blue.abn, blue.address, blue.payment_details = "51 824 753 556", "1 Quay St", "BSB 064-000"
    blue.save()
    invoice = make_issued(blue, line(blue, "100"), line(blue, "50"))
    page = as_rita.get(url("print", invoice.pk)).content.decode()
    for words in ("Tax invoice", "ABN 51 824 753 556", "1 Quay St", "GST 10% on", "BSB 064-000"):
        assert words in page
    assert "165.00" in page


def test_the_export_has_a_row_for_each_invoice_that_the_list_shows(
    blue: Business, as_rita: Client
) -> None:
    contact = make_contact(blue, "=SUM(A1)", first_name="Ruth")
    invoice = make_issued(blue, contact=contact, reference="Job, “7”")
    make_draft(blue)
    response = as_rita.get(url("export"), {"state": "awaiting"})
    assert "attachment" in response["Content-Disposition"]
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["Number"], row["Status"], row["Reference"]) == (
        invoice.number,
        "Awaiting payment",
        "Job, “7”",
    )
    assert (row["Contact"], row["Total"], row["Due"]) == ("'=SUM(A1)", "110.00", "110.00")


@pytest.mark.parametrize("page", ["detail", "edit", "print", "pdf", "void", "delete"])
def test_a_stranger_finds_nothing(blue: Business, as_charlie: Client, page: str) -> None:
    invoice = make_issued(blue)
    assert as_charlie.get(url(page, invoice.pk)).status_code == 404
    own = reverse(f"invoices:{page}", args=["dry", invoice.pk])
    assert as_charlie.get(own).status_code == 404


@pytest.mark.parametrize("page", ["list", "export", "create", "product_options"])
def test_a_stranger_finds_no_list_either(blue: Business, as_charlie: Client, page: str) -> None:
    assert as_charlie.get(url(page)).status_code == 404
