"""The simulator's arithmetic, on examples with a public source and as rules."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.xero.accounting import totals
from simulators.xero.switches import Switches
from simulators.xero.tests.caller import Api, Simulator, line

SWITCHES = Switches()
AMOUNTS = st.decimals(min_value=0, max_value=100_000, places=2)


def test_tax_is_rounded_per_line_as_in_xeros_rounding_guide() -> None:
    # Xero, "Rounding in Xero": 15 %, a sum taxed once would give 11.45.
    lines = [Decimal(text) for text in ("25.06", "25.61", "25.63")]
    taxes = [
        totals.line_tax(one, Decimal(15), types="Exclusive", switches=SWITCHES) for one in lines
    ]
    assert taxes == [Decimal("3.76"), Decimal("3.84"), Decimal("3.84")]
    summed = totals.totals(zip(lines, taxes, strict=True), types="Exclusive")
    assert (summed.sub_total, summed.total_tax, summed.total) == (
        Decimal("76.30"),
        Decimal("11.44"),
        Decimal("87.74"),
    )


@pytest.mark.parametrize(("switch", "amount"), [("round", 1908.4), ("truncate", 1908.39)])
def test_the_discount_reported_both_ways(
    xero: Simulator, api: Api, switch: str, amount: float
) -> None:
    # Stack Overflow 66782237: created by the API, and after an edit in Xero.
    xero.control("switches", discount_rounding=switch)
    dana = api.contact()["ContactID"]
    lines = [line(UnitAmount=2120.44, DiscountRate=10)]
    assert api.invoice(dana, LineItems=lines)["SubTotal"] == amount


@pytest.mark.parametrize(
    ("switch", "price", "rate", "amount"),
    [
        ("round", 0.01, 50, 0.01),
        ("subtract", 0.01, 50, 0.0),
        ("subtract", 5.5, 99.9, 0.01),
        ("subtract", 795, 100, 0.0),
        ("subtract", 2120.44, 10, 1908.4),
    ],
)
def test_a_discount_that_is_rounded_by_itself(
    xero: Simulator, api: Api, switch: str, price: float, rate: float, amount: float
) -> None:
    # github.com/XeroAPI/Xero-NetStandard/issues/147 and 74: what Xero says it expected.
    xero.control("switches", discount_rounding=switch)
    lines = [line(UnitAmount=price, DiscountRate=rate)]
    assert api.invoice(api.contact()["ContactID"], LineItems=lines)["SubTotal"] == amount


@pytest.mark.parametrize(("switch", "tax"), [("half_up", 0.05), ("half_even", 0.04)])
def test_a_half_cent_goes_as_the_switch_says(
    xero: Simulator, api: Api, switch: str, tax: float
) -> None:
    xero.control("switches", rounding=switch)
    dana = api.contact()["ContactID"]
    assert api.invoice(dana, LineItems=[line(UnitAmount=0.45)])["TotalTax"] == tax


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ("Exclusive", (110.0, 11.0, 121.0)),
        ("Inclusive", (100.0, 10.0, 110.0)),
        ("NoTax", (110.0, 0.0, 110.0)),
    ],
)
def test_the_three_treatments_of_tax(
    api: Api, types: str, expected: tuple[float, float, float]
) -> None:
    dana = api.contact()["ContactID"]
    held = api.invoice(dana, LineAmountTypes=types, LineItems=[line(UnitAmount=110)])
    assert (held["SubTotal"], held["TotalTax"], held["Total"]) == expected


def test_a_change_of_treatment_taxes_the_stored_lines_anew(api: Api) -> None:
    dana = api.contact()["ContactID"]
    held = api.invoice(dana, Status="DRAFT", LineItems=[line(UnitAmount=110)])
    changed = api.post(f"Invoices/{held['InvoiceID']}", {"LineAmountTypes": "Inclusive"})
    assert changed.json()["Invoices"][0]["Total"] == 110


def test_a_discount_by_amount_comes_off_the_line(api: Api) -> None:
    dana = api.contact()["ContactID"]
    held = api.invoice(dana, LineItems=[line(Quantity=2, DiscountAmount=15.5)])
    assert (held["SubTotal"], held["TotalDiscount"]) == (174.5, 15.5)


@given(AMOUNTS, st.sampled_from([Decimal(0), Decimal(10), Decimal("12.5"), Decimal(15)]))
def test_an_inclusive_line_is_its_net_and_its_tax(amount: Decimal, rate: Decimal) -> None:
    tax = totals.line_tax(amount, rate, types="Inclusive", switches=SWITCHES)
    net = amount - tax
    assert abs(net * rate / 100 - tax) <= Decimal("0.01")
    assert tax.as_tuple().exponent == -2


@given(AMOUNTS, st.decimals(min_value=0, max_value=100, places=2))
def test_a_discount_never_turns_a_line_around(price: Decimal, rate: Decimal) -> None:
    amount = totals.line_amount(
        Decimal(3), price, discount_rate=rate, discount_amount=None, switches=SWITCHES
    )
    assert 0 <= amount <= 3 * price
