"""Payloads: pure, blanks left out, Xero's limits checked before anything is sent."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from businesses.models import Business
from contacts.models import Contact
from invoices.models import Invoice, InvoiceLine, TaxRate
from xero_integration import payloads
from xero_integration.mapping.mappings import Mappings


def contact(**fields: object) -> Contact:
    return Contact(business=Business(), **{"name": "Rosa Reyes", **fields})


def invoice(**fields: object) -> Invoice:
    day = dt.date(2026, 11, 2)
    return Invoice(business=Business(), number="T-1", date=day, due_date=day, **fields)


def line(**fields: object) -> InvoiceLine:
    fields = {"description": "Service", "tax_rate": TaxRate(pk=1, name="GST"), **fields}
    return InvoiceLine(business=Business(), **fields)


TARGET = payloads.Target("contact-id", status="AUTHORISED")


def test_a_creation_carries_our_namespaced_number_and_an_update_xeros_id() -> None:
    one = contact()
    assert payloads.contact_payload(one).body["ContactNumber"] == f"PT-{one.pk}"
    update = payloads.contact_payload(one, xero_id="abc").body
    assert update["ContactID"] == "abc"
    assert "ContactNumber" not in update


def test_blanks_are_left_out() -> None:
    assert payloads.contact_content(contact(email="  ", phone="", abn="")) == {"Name": "Rosa Reyes"}


def test_both_addresses_go_as_xeros_types() -> None:
    one = contact(postal_line1="PO Box 1", street_city="Noosa", street_country="Australia.")
    assert payloads.contact_content(one)["Addresses"] == [
        {"AddressType": "POBOX", "AddressLine1": "PO Box 1"},
        {"AddressType": "STREET", "City": "Noosa", "Country": "Australia"},
    ]


def test_own_terms_go_and_the_businesss_do_not() -> None:
    assert "PaymentTerms" not in payloads.contact_content(contact())
    own = contact(terms_days=7, terms_type="DAYSAFTERBILLDATE")
    terms = payloads.contact_content(own)["PaymentTerms"]
    assert terms == {"Sales": {"Day": 7, "Type": "DAYSAFTERBILLDATE"}}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": "A <b>"}, "name_characters"),
        ({"name": "  "}, "name_missing"),
        ({"email": "rosé@example.com"}, "email_invalid"),
        ({"account_number": "9" * 51}, "too_long"),
        ({"phone": "1" * 51}, "too_long"),
    ],
)
def test_what_xero_would_refuse_is_found_before(fields: dict[str, str], code: str) -> None:
    assert [one.code for one in payloads.contact_payload(contact(**fields)).problems] == [code]


def test_notes_do_not_change_the_digest_and_the_phone_does() -> None:
    digest = payloads.contact_digest(contact(notes="a"))
    assert payloads.contact_digest(contact(notes="b")) == digest
    assert payloads.contact_digest(contact(phone="1")) != digest


def test_the_contact_of_an_invoice_goes_by_its_id_alone() -> None:
    payload = payloads.invoice_payload(invoice(), [line()], target=TARGET, mappings=Mappings())
    assert payload.body["Contact"] == {"ContactID": "contact-id"}
    assert payload.body["Status"] == "AUTHORISED"
    assert "TaxAmount" not in payload.body["LineItems"][0]


def test_an_update_sends_ids_of_known_lines_and_no_status() -> None:
    known, new = line(), line()
    target = payloads.Target(
        "c", status="AUTHORISED", xero_id="inv", line_ids={str(known.pk): "line-1"}
    )
    body = payloads.invoice_payload(
        invoice(), [known, new], target=target, mappings=Mappings()
    ).body
    assert body["InvoiceID"] == "inv"
    assert "Status" not in body
    assert [one.get("LineItemID") for one in body["LineItems"]] == ["line-1", None]


def test_the_digest_of_an_invoice_hangs_on_our_own_data_alone() -> None:
    one, lines = invoice(), [line()]
    digests = {
        payloads.invoice_payload(one, lines, target=target, mappings=Mappings()).digest
        for target in (TARGET, payloads.Target("other", status="DRAFT", xero_id="x"))
    }
    assert len(digests) == 1
    one.reference = "Gate 4"
    assert payloads.invoice_digest(one, lines) not in digests


@pytest.mark.parametrize(
    ("address", "is_sent"),
    [
        ("https://app.example.com/b/blue/invoices/1/", True),
        ("https://app.example.com/b/xerox-pools/invoices/1/", False),
        ("/b/blue/invoices/1/", False),
    ],
)
def test_a_back_link_never_holds_xeros_name(address: str, is_sent: bool) -> None:
    assert bool(payloads.back_link(address)) is is_sent


@given(
    st.decimals(
        min_value=Decimal("-9999999999.9999"), max_value=Decimal("9999999999.9999"), places=4
    )
)
def test_every_price_our_columns_can_hold_survives_json_exactly(price: Decimal) -> None:
    body = payloads._line_content(line(unit_price=price))
    assert Decimal(repr(body["UnitAmount"])) == price
