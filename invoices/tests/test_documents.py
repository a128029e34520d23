"""The PDF, read back: what a customer gets has to be in it, whatever was typed."""

import datetime as dt
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from businesses.models import Business
from contacts.models import Pool
from invoices import services
from invoices.document.content import content_of
from invoices.document.pdf import pdf_of
from invoices.models import Invoice, TaxMode
from invoices.tests.making import gst_free, line, make_contact, make_draft, make_issued, pay

pytestmark = pytest.mark.django_db


def pages(invoice: Invoice) -> list[str]:
    reader = PdfReader(io.BytesIO(pdf_of(content_of(invoice))))
    return [page.extract_text() for page in reader.pages]


def words(invoice: Invoice) -> str:
    """All text with single spaces: where a line breaks does not matter."""
    return re.sub(r"\s+", " ", " ".join(pages(invoice)))


@pytest.fixture
def shop(blue: Business) -> Business:
    blue.abn = "51 824 753 556"
    blue.address = "12 Harbour Street\nBrisbane QLD 4000"
    blue.payment_details = "BSB 064-000 Account 1234"
    blue.save()
    return blue


def test_the_pdf_is_served_in_the_browser(shop: Business, as_rita: Client) -> None:
    invoice = make_issued(shop)
    response = as_rita.get(reverse("invoices:pdf", args=["blue", invoice.pk]))
    assert response["Content-Type"] == "application/pdf"
    assert 'inline; filename="inv-0001.pdf"' in response["Content-Disposition"]
    assert response.content.startswith(b"%PDF-")


def test_a_tax_invoice_says_who_to_whom_what_and_how_much(shop: Business) -> None:
    contact = make_contact(
        shop,
        "Castellan Pty Ltd",
        postal_line1="PO Box 7",
        postal_city="Ashgrove",
        postal_code="4060",
    )
    pool = Pool.objects.create(business=shop, name="Back yard", line1="9 Palm Ave", city="Gap")
    invoice = make_issued(
        shop,
        line(shop, "1234.5678", description="Pump, fitted", quantity=Decimal("1.5")),
        line(shop, "20", description="Water test", tax_rate=gst_free(shop)),
        contact=contact,
        pool=pool,
        reference="Job 44",
        service_date=dt.date(2026, 10, 30),
        notes="Gate code 4411",
    )
    pay(invoice, "100")
    text = words(invoice)
    for wanted in (
        *("Tax invoice", "Blue Lagoon Pool Care", "ABN 51 824 753 556", "12 Harbour Street"),
        *("Castellan Pty Ltd", "PO Box 7", "Ashgrove 4060", "Back yard, 9 Palm Ave, Gap"),
        *("INV-0001", "2 November 2026", "16 November 2026", "30 October 2026", "Job 44"),
        *("Pump, fitted", "1.5", "1,234.5678", "1,851.85", "Water test", "20.00"),
        *("GST 10% on 1,851.85", "185.19", "GST free on 20.00"),
        *("Total AUD 2,057.04", "Paid -100.00", "Amount due 1,957.04"),
        *("Gate code 4411", "How to pay", "BSB 064-000 Account 1234", "Page 1 of 1"),
    ):
        assert wanted in text, wanted


def test_without_gst_it_is_an_invoice_without_tax(shop: Business) -> None:
    shop.gst_registered = False
    shop.save()
    text = words(make_issued(shop, tax_mode=TaxMode.NO_TAX))
    assert "Tax invoice" not in text
    assert "GST" not in text
    assert "Total AUD 100.00" in text


def test_a_draft_and_a_void_invoice_say_so(shop: Business) -> None:
    assert "Draft tax invoice" in words(make_draft(shop))
    void = words(services.void(make_issued(shop), by=None))
    assert "Tax invoice (void)" in void
    assert "Amount due" not in void


def test_prices_with_tax_show_what_was_taxed(shop: Business) -> None:
    text = words(make_issued(shop, line(shop, "110"), tax_mode=TaxMode.INCLUSIVE))
    assert "Subtotal without tax 100.00" in text
    assert "GST 10% on 100.00 10.00" in text


def test_a_discount_has_its_column_only_when_there_is_one(shop: Business) -> None:
    assert "Discount" not in words(make_issued(shop))
    discounted = make_issued(shop, line(shop, "100", discount_percent=Decimal("12.5")))
    assert "12.5 %" in words(discounted)
    assert "87.50" in words(discounted)


@pytest.mark.parametrize(
    "name",
    [
        "José Núñez",
        "Łukasz Żółć",
        "Владимир Ελλάδα",
        "Nguyễn Văn Ấn",
        "王小明",
        "かなカナ",
        "김수영",
    ],
)
def test_names_of_any_script_are_in_it(shop: Business, name: str) -> None:
    assert name in words(make_issued(shop, contact=make_contact(shop, name)))


@pytest.mark.parametrize(
    "text",
    ["<b>Bold & <i>brave</b>", "&amp; stays", "]]> <para>", "a\x00b\x07c\u202e", "\U0001f3ca pool"],
)
def test_signs_of_markup_and_control_are_only_text(shop: Business, text: str) -> None:
    contact = make_contact(shop, text.replace("\x00", ""))
    shown = words(
        make_issued(shop, line(shop, description=text.replace("\x00", "")), contact=contact)
    )
    visible = "".join(sign for sign in text if sign.isprintable() and ord(sign) < 0x10000)
    assert visible.strip() in shown


def test_many_lines_go_over_pages_with_the_head_on_each(shop: Business) -> None:
    lines = [line(shop, "1", description=f"Visit number {count}") for count in range(90)]
    found = pages(make_issued(shop, *lines))
    assert len(found) > 2
    for number, page in enumerate(found, start=1):
        assert f"Page {number} of {len(found)}" in page
        assert page.count("Description") <= 1
    assert all("Description" in page for page in found[:-1])
    assert "Visit number 89" in "".join(found)


def test_a_description_longer_than_a_page_is_all_there(shop: Business) -> None:
    long = " ".join(f"word{count}" for count in range(480))
    assert len(long) < 4000
    unbroken = "x" * 3000
    text = words(
        make_issued(shop, line(shop, "1", description=long), line(shop, "1", description=unbroken))
    )
    for count in range(480):
        assert f"word{count}" in text
    assert text.count("x") >= 3000


def test_a_long_address_leaves_room_for_the_invoice(shop: Business) -> None:
    shop.address = "\n".join(f"Row {count}" for count in range(200))
    shop.save()
    assert "INV-0001" in words(make_issued(shop))


def test_an_invoice_without_lines_can_be_looked_at(shop: Business) -> None:
    draft = make_draft(shop)
    draft.lines.all().delete()
    services.recalculate(draft)
    assert "Total AUD 0.00" in words(draft)


def test_print_and_pdf_name_the_same_taxes(shop: Business, as_rita: Client) -> None:
    invoice = make_issued(shop, line(shop, "25.06"), line(shop, "25.61"), line(shop, "25.63"))
    page: Any = as_rita.get(reverse("invoices:print", args=["blue", invoice.pk]))
    (part,) = page.context["content"].tax_parts
    assert (part.name, part.net, part.tax) == ("GST 10%", Decimal("76.30"), invoice.tax_total)
