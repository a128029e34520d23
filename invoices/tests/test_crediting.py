"""Credit notes: what they take off an invoice, and what they may not."""

import io
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from businesses.models import Business
from invoices import services
from invoices.errors import InvoiceRefused
from invoices.models import CreditNote, Invoice, InvoiceState, PaymentMethod, TaxMode
from invoices.tests.making import DATE, gst_free, line, make_issued, pay

pytestmark = pytest.mark.django_db


def credit(invoice: Invoice, *amounts: str, **more: Any) -> CreditNote:
    lines = list(invoice.lines.all())
    chosen = {one.pk: Decimal(amount) for one, amount in zip(lines, amounts, strict=False)}
    return services.credit(invoice, amounts=chosen, date=DATE, **more)


@pytest.fixture
def invoice(blue: Business) -> Invoice:
    """Two lines: 25.06 and 20.00 with GST 10 % on the first alone; 47.57 in all."""
    lines = (line(blue, "25.06"), line(blue, "20", tax_rate=gst_free(blue)))
    return make_issued(blue, *lines)


def test_the_whole_is_credited_to_the_cent(invoice: Invoice) -> None:
    note = credit(invoice, "25.06", "20.00", reason="Not done")
    assert (note.subtotal, note.tax_total, note.total) == (
        invoice.subtotal,
        invoice.tax_total,
        invoice.total,
    )
    invoice.refresh_from_db()
    assert invoice.amount_due == 0
    assert invoice.state == InvoiceState.PAID
    assert note.payment.method == PaymentMethod.CREDIT
    assert note.number == f"CN-{invoice.number}"


def test_a_part_leaves_the_rest_due_and_may_be_followed_by_another(invoice: Invoice) -> None:
    first, second = credit(invoice, "5.06"), credit(invoice, "10.00", "20.00")
    assert (first.total, second.total) == (Decimal("5.57"), Decimal("31.00"))
    assert second.number == f"{first.number}-2"
    assert list(services.left_to_credit(invoice).values()) == [Decimal(10), Decimal(0)]
    invoice.refresh_from_db()
    assert invoice.amount_due == invoice.total - Decimal("36.57")


@pytest.mark.parametrize("mode", TaxMode.values)
def test_the_whole_fits_in_every_tax_mode(blue: Business, mode: str) -> None:
    prices = ("25.06", "25.61", "25.63")
    invoice = make_issued(blue, *(line(blue, one) for one in prices), tax_mode=mode)
    assert credit(invoice, *prices).total == invoice.total


def test_a_line_of_negative_price_is_credited_with_its_sign(blue: Business) -> None:
    invoice = make_issued(blue, line(blue, "100"), line(blue, "-10"))
    assert credit(invoice, "100.00", "-10.00").total == invoice.total
    with pytest.raises(InvoiceRefused, match="left to credit"):
        credit(make_issued(blue, line(blue, "100"), line(blue, "-10")), "50.00", "5.00")


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        (("25.07",), "left to credit"),
        (("-1.00",), "left to credit"),
        (("0.001",), "left to credit"),
        ((), "at least one line"),
        (("0.00",), "at least one line"),
    ],
)
def test_what_is_not_left_is_refused(
    invoice: Invoice, amounts: tuple[str, ...], words: str
) -> None:
    with pytest.raises(InvoiceRefused, match=words):
        credit(invoice, *amounts)
    assert not CreditNote.objects.exists()


def test_what_was_paid_is_not_credited(invoice: Invoice) -> None:
    pay(invoice, "40.00")
    with pytest.raises(InvoiceRefused, match="refunded, not credited"):
        credit(invoice, "10.00")
    assert credit(invoice, "5.00").total == Decimal("5.50")


def test_drafts_and_void_invoices_are_not_credited(blue: Business, invoice: Invoice) -> None:
    services.void(invoice, by=None)
    with pytest.raises(InvoiceRefused, match="not an issued invoice"):
        credit(invoice, "5.00")


def test_a_credited_invoice_is_not_edited_or_voided(invoice: Invoice) -> None:
    credit(invoice, "5.00")
    invoice.refresh_from_db()
    assert not invoice.may_be_edited
    with pytest.raises(InvoiceRefused):
        services.void(invoice, by=None)


def test_one_form_makes_one_note(invoice: Invoice) -> None:
    key = uuid.uuid4()
    assert credit(invoice, "5.00", key=key) == credit(invoice, "5.00", key=key)


# --- pages ----------------------------------------------------------------------------------------


def url_of(invoice: Invoice) -> str:
    return reverse("invoices:credit", args=["blue", invoice.pk])


def test_the_page_proposes_all_that_is_left_and_makes_the_note(
    invoice: Invoice, as_bob: Client
) -> None:
    assert url_of(invoice) in as_bob.get(invoice.get_absolute_url()).content.decode()
    form = as_bob.get(url_of(invoice)).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    first = next(name for name in sent if name.startswith("line-"))
    sent |= {first: "", "date": "2026-11-03", "reason": "Pump not fitted"}
    page = as_bob.post(url_of(invoice), sent, follow=True).content.decode()
    note = CreditNote.objects.get()
    assert (note.total, note.reason) == (Decimal("20.00"), "Pump not fitted")
    assert reverse("invoices:credit_note_pdf", args=["blue", note.pk]) in page
    assert "Pump not fitted" in page
    assert (
        reverse("invoices:payment_reverse", args=["blue", invoice.pk, note.payment_id]) not in page
    )


def test_what_is_too_much_is_said_on_the_page(invoice: Invoice, as_bob: Client) -> None:
    form = as_bob.get(url_of(invoice)).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    sent |= {name: "90" for name in sent if name.startswith("line-")}
    sent |= {"date": "2026-11-03", "reason": ""}
    answer = as_bob.post(url_of(invoice), sent)
    assert answer.status_code == 422
    assert "left to credit" in answer.content.decode()


def test_a_credit_is_not_reversed_like_a_payment(invoice: Invoice, as_bob: Client) -> None:
    note = credit(invoice, "5.00")
    url = reverse("invoices:payment_reverse", args=["blue", invoice.pk, note.payment_id])
    assert "stands once it is made" in as_bob.post(url, follow=True).content.decode()
    note.payment.refresh_from_db()
    assert not note.payment.is_reversed


def test_the_pdf_says_what_an_adjustment_note_must(invoice: Invoice, as_rita: Client) -> None:
    note = credit(invoice, "5.00", reason="Not done")
    answer = as_rita.get(reverse("invoices:credit_note_pdf", args=["blue", note.pk]))
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    for word in (note.number, invoice.number, "Not done", "5.50", "0.50", "Mira Castellan"):
        assert word in words
