"""Invoices at the edge: absurd figures and dates, keys of other people, nothing lost or leaked."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from businesses.models import Business
from businesses.terms import TermsType, due_date
from contacts.models import Contact
from invoices import services
from invoices.errors import InvoiceRefused
from invoices.models import Invoice, Payment
from invoices.tests.making import (
    gst,
    line,
    make_contact,
    make_draft,
    make_issued,
    make_product,
    pay,
)

pytestmark = pytest.mark.django_db
ADD = "/b/blue/invoices/add/"


def form(by: Contact, *, lines: int = 1, **fields: str) -> dict[str, Any]:
    """What the editor sends: an invoice of 100.00 a line."""
    sent: dict[str, Any] = {
        "action": "save",
        "contact": str(by.pk),
        "date": "2026-11-02",
        "due_date": "2026-11-16",
        "tax_mode": "Exclusive",
        "key": str(uuid4()),
        "line": [str(n) for n in range(lines)],
    }
    for n in range(lines):
        sent |= {
            f"line-{n}-description": f"Visit {n}",
            f"line-{n}-quantity": "1",
            f"line-{n}-unit_price": "100",
            f"line-{n}-tax_rate": str(gst(by.business).pk),
        }
    return sent | fields


@pytest.mark.parametrize("name", ["date", "due_date", "service_date"])
@pytest.mark.parametrize(
    "day", ["9999-12-31", "0001-01-01", "1066-10-14", "10000-01-01", "0000-1-1"]
)
def test_a_day_that_no_invoice_has_is_an_error_in_the_form(
    blue: Business, as_bob: Client, name: str, day: str
) -> None:
    answer = as_bob.post(ADD, form(make_contact(blue), **{name: day}))
    assert answer.status_code == 422
    assert not Invoice.objects.exists()
    # While one types: the due date is computed at each change.
    assert (
        as_bob.post(ADD, form(make_contact(blue), **{name: day, "action": "date"})).status_code
        == 200
    )


@pytest.mark.parametrize("kind", TermsType.values)
def test_terms_end_with_the_calendar(kind: str) -> None:
    assert due_date(dt.date.max, days=365, kind=kind) == dt.date.max


def test_a_payment_has_a_day_of_our_time(blue: Business, as_bob: Client) -> None:
    invoice = make_issued(blue)
    sent = {"amount": "1", "date": "0001-01-01", "method": "cash", "key": str(uuid4())}
    assert as_bob.post(f"/b/blue/invoices/{invoice.pk}/payments/", sent).status_code == 422
    assert not Payment.objects.exists()


@pytest.mark.parametrize("name", ["item", "description", "quantity", "product", "id", "tax_rate"])
def test_a_zero_byte_is_no_error(blue: Business, as_bob: Client, name: str) -> None:
    make_product(blue)
    answer = as_bob.post(ADD, form(make_contact(blue), **{f"line-0-{name}": "\x00"}))
    assert answer.status_code in (302, 422)


def test_more_lines_than_an_invoice_takes_are_said_not_dropped(
    blue: Business, as_bob: Client
) -> None:
    answer = as_bob.post(ADD, form(make_contact(blue), lines=201))
    assert answer.status_code == 422
    assert "up to 200 lines" in answer.content.decode()
    assert not Invoice.objects.exists()
    assert as_bob.post(ADD, form(make_contact(blue), lines=200)).status_code == 302
    assert Invoice.objects.get().total == Decimal("22000.00")


def test_a_total_beyond_its_column_is_refused(blue: Business) -> None:
    lines = [line(blue, "9000000000") for _ in range(150)]
    with pytest.raises(InvoiceRefused, match="comes to more than"):
        make_draft(blue, *lines)


def test_the_largest_lines_keep_every_cent(blue: Business) -> None:
    invoice = make_draft(blue, *[line(blue, "9999999999.99")] * 3)
    invoice.refresh_from_db()
    assert invoice.subtotal == Decimal("29999999999.97")
    assert invoice.total == Decimal("32999999999.97")


@pytest.mark.parametrize(
    ("fields", "total"),
    [
        ({"quantity": Decimal("0.0001"), "unit_price": "49.9999"}, "0.00"),
        ({"quantity": Decimal("0.0001"), "unit_price": "50"}, "0.01"),
        ({"discount_percent": Decimal(100), "unit_price": "500"}, "0.00"),
        ({"quantity": Decimal(0), "unit_price": "500"}, "0.00"),
    ],
)
def test_small_and_free_lines(blue: Business, fields: dict[str, Any], total: str) -> None:
    price = fields.pop("unit_price")
    invoice = make_issued(blue, line(blue, price, **fields))
    assert invoice.subtotal == Decimal(total)
    if not invoice.total:
        assert invoice.state == "paid"


def test_a_negative_line_lowers_an_invoice_but_not_below_zero(blue: Business) -> None:
    assert make_issued(blue, line(blue, "100"), line(blue, "-40")).total == Decimal("66.00")
    assert make_issued(blue, line(blue, "100"), line(blue, "-100")).total == Decimal("0.00")
    with pytest.raises(InvoiceRefused, match="below zero"):
        make_issued(blue, line(blue, "100"), line(blue, "-100.01"))


@pytest.mark.parametrize("text", ["1e30", "NaN", "-Infinity", "0.00005", "1,000.50", "-1e-9", "٣x"])
def test_figures_that_make_no_sense_are_errors_in_the_form(
    blue: Business, as_bob: Client, text: str
) -> None:
    for name in ("quantity", "unit_price", "discount_percent"):
        answer = as_bob.post(ADD, form(make_contact(blue), **{f"line-0-{name}": text}))
        assert answer.status_code == 422, name
    assert not Invoice.objects.exists()


def test_an_invoice_with_payments_is_not_voided_until_they_are_reversed(
    blue: Business, as_bob: Client
) -> None:
    invoice = make_issued(blue)
    payment = pay(invoice, "10")
    as_bob.post(f"/b/blue/invoices/{invoice.pk}/void/")
    invoice.refresh_from_db()
    assert not invoice.is_void
    as_bob.post(f"/b/blue/invoices/{invoice.pk}/payments/{payment.pk}/reverse/")
    as_bob.post(f"/b/blue/invoices/{invoice.pk}/void/")
    invoice.refresh_from_db()
    assert invoice.is_void
    # The back button, and Pay once more.
    sent = {"amount": "1", "date": "2026-11-02", "method": "cash", "key": str(uuid4())}
    answer = as_bob.post(f"/b/blue/invoices/{invoice.pk}/payments/", sent)
    assert answer.status_code == 422
    assert invoice.payments.standing().count() == 0


def test_another_business_meets_nothing_of_ours_in_its_editor(
    blue: Business, dry: Business, as_charlie: Client
) -> None:
    """Ids of another tenant in the body: contact, pool, tax rate, product, line, invoice's key."""
    ours = make_draft(blue)
    product, pool = make_product(blue), blue.pools.create(name="Ours")
    own = make_contact(dry, "Own")
    path = "/b/dry/invoices/add/"
    assert as_charlie.post(path, form(own, contact=str(ours.contact_id))).status_code == 422
    assert as_charlie.post(path, form(own, pool=str(pool.pk))).status_code == 422
    foreign_rate = {"line-0-tax_rate": str(gst(blue).pk)}
    assert as_charlie.post(path, form(own, **foreign_rate)).status_code == 422
    assert as_charlie.post(path, form(own, **{"line-0-item": product.code})).status_code == 422
    assert not dry.invoices.exists()

    assert as_charlie.post(path, form(own, key=str(ours.pk))).status_code == 422
    line_id = {"line-0-id": str(ours.lines.get().pk), "line-0-product": str(product.pk)}
    assert as_charlie.post(path, form(own, **line_id)).status_code == 302
    ours.refresh_from_db()
    assert ours.lines.count() == 1
    assert ours.lines.get().description == "Pool service"
    assert dry.invoices.get().lines.get().product is None


def test_a_payment_key_of_another_business_is_refused(blue: Business, dry: Business) -> None:
    payment = pay(make_issued(blue), "10")
    other = make_issued(dry)
    with pytest.raises(InvoiceRefused, match="used already"):
        services.record_payment(other, date=dt.date(2026, 11, 2), amount=Decimal(1), key=payment.pk)
