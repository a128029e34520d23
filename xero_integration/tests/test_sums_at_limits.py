"""Sums at the edge: what Xero takes arrives to the cent, what it refuses is refused here first."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from businesses.models import Business
from invoices import services
from invoices.errors import InvoiceRefused
from invoices.models import Invoice
from xero_integration.client.api import Client
from xero_integration.models import Connection, Kind, Lane, OutboxStatus
from xero_integration.tests import making
from xero_integration.tests.simulator import Json, Xero

D = Decimal
# Lines of (quantity, price, discount).
Lines = list[tuple[str, str, str]]

TAKEN: dict[str, Lines] = {
    "the largest line": [("1", "9999999999.99", "0")],
    "the largest line by discount": [("2", "9999999999.99", "50")],
    "fourteen digits on both sides": [("9999.9999", "999999.9999", "0")],
    "the smallest": [("0.0001", "0.0001", "0")],
    "half a cent": [("0.5", "0.01", "0")],
    "a third of a cent": [("0.3333", "0.01", "0")],
    "all of it off": [("3", "199.95", "100")],
    "nearly all of it off": [("1", "9999999.99", "99.99")],
    "no quantity": [("0", "250", "0")],
    "no price": [("4", "0", "0")],
    "down to nought": [("1", "100", "0"), ("1", "-100", "0")],
    "many decimals of both signs": [("3.3333", "7.7777", "12.5"), ("1.1111", "-2.2222", "0")],
}
BEYOND: dict[str, Lines] = {
    "a line too large": [("1", "9999999999.99", "0"), ("2", "5000000000", "0")],
    "a line too large below nought": [("1", "9000000000", "0"), ("2", "-5000000000", "0")],
    "below nought by a cent": [("1", "100", "0"), ("1", "-100.01", "0")],
    "below nought by tax alone": [("2", "0.05", "0"), ("1", "-0.10", "0"), ("1", "-0.01", "0")],
    "no line": [],
}
UNFIT = {"a negative quantity": ("quantity", "-1"), "no description": ("description", " ")}


def in_xero(connection: Connection, xero: Xero, lines: list[Json]) -> Json:
    """Return what Xero says to a sale of `lines`, sent past all rules of ours."""
    account = connection.accounts.for_sales().order_by("code").first()
    assert account is not None
    customer = xero.act("add_contact", fields={"Name": "Customer at the limit"})
    day = timezone.localdate().isoformat()
    fixed = {"Description": "Pool service", "AccountID": account.xero_id, "TaxType": "OUTPUT"}
    body = {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "Contact": {"ContactID": customer["ContactID"]},
        "Date": day,
        "DueDate": day,
        "LineItems": [{**fixed, **one} for one in lines],
    }
    with Client(connection, lane=Lane.BULK) as client:
        answer = client.call(
            "create_invoices", {"Invoices": [body]}, unitdp=4, summarize_errors=False
        )
    (found,) = answer.elements("Invoices")
    return found


def figures(lines: Lines) -> list[Json]:
    return [
        {"Quantity": float(quantity), "UnitAmount": float(price), "DiscountRate": float(discount)}
        for quantity, price, discount in lines
    ]


def our_draft(business: Business, lines: Lines, **fields: Any) -> Invoice:
    data = [
        making.line(business, price, quantity=D(quantity), discount_percent=D(discount))
        for quantity, price, discount in lines
    ]
    draft = making.draft(making.contact(business), *data, **fields)
    if not lines:
        draft.lines.all().delete()
    return draft


@pytest.mark.parametrize("mode", ["Exclusive", "Inclusive", "NoTax"])
@pytest.mark.parametrize("lines", TAKEN.values(), ids=TAKEN)
def test_sums_at_the_edge_arrive_to_the_cent(
    xero: Xero, connection: Connection, blue: Business, lines: Lines, mode: str
) -> None:
    invoice = services.issue(our_draft(blue, lines, tax_mode=mode), by=None)
    making.drain(connection)
    (held,) = xero.invoices()
    assert (D(str(held["TotalTax"])), D(str(held["Total"]))) == (invoice.tax_total, invoice.total)
    amounts = [D(str(one["LineAmount"])) for one in held["LineItems"]]
    assert amounts == [one.line_amount for one in invoice.lines.all()]
    assert making.row(invoice).status == OutboxStatus.DONE


@pytest.mark.parametrize("lines", BEYOND.values(), ids=BEYOND)
def test_what_xero_refuses_is_refused_here_before_it_has_a_number(
    xero: Xero, connection: Connection, blue: Business, lines: Lines
) -> None:
    assert in_xero(connection, xero, figures(lines))["ValidationErrors"]
    with pytest.raises(InvoiceRefused) as refused:
        services.issue(our_draft(blue, lines), by=None)
    assert len(str(refused.value).split()) > 3
    assert not Invoice.objects.exclude(number="").exists()
    assert not connection.outbox.filter(kind=Kind.INVOICE).exists()


@pytest.mark.parametrize(("name", "text"), UNFIT.values(), ids=UNFIT)
def test_a_line_xero_refuses_is_an_error_in_the_form(
    xero: Xero, connection: Connection, blue: Business, as_bob: Browser, name: str, text: str
) -> None:
    fits: Json = {"Quantity": 1, "UnitAmount": 100}
    unfit = {"Quantity": -1} if name == "quantity" else {"Description": text}
    assert in_xero(connection, xero, [{**fits, **unfit}])["ValidationErrors"]
    line = {"description": "Visit", "quantity": "1", "unit_price": "100", name: text}
    rate = blue.tax_rates.get(is_default=True)
    sent = {
        **{f"line-0-{field}": value for field, value in line.items()},
        "action": "issue",
        "contact": str(making.contact(blue).pk),
        "date": timezone.localdate().isoformat(),
        "tax_mode": "Exclusive",
        "line": ["0"],
        "line-0-tax_rate": str(rate.pk),
    }
    assert as_bob.post("/b/blue/invoices/add/", sent).status_code == 422
    assert not Invoice.objects.exists()
