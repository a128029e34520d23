"""Credit notes of money that was given back: to the cent, with its tax, divided among the lines."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from businesses.models import Business
from invoices import services
from invoices.models import CreditNote, Invoice, MoneyMovement, MovementKind, TaxMode
from invoices.services import Movement
from invoices.services.crediting import divided, left_with_tax
from invoices.tests.making import DATE, gst_free, line, make_issued, pay
from pooltrackr.lib.money import ZERO


def refund(invoice: Invoice, amount: str) -> MoneyMovement:
    data = Movement(
        kind=MovementKind.REFUND,
        source_id=f"txn_{uuid4()}",
        date=DATE,
        currency=invoice.currency,
        amount=-Decimal(amount),
        invoice=invoice,
    )
    return services.record_movement(invoice.business, processor="stripe", data=data)


def credited(invoice: Invoice, amount: str) -> CreditNote | None:
    return services.credit_refund(invoice, refund(invoice, amount), reason="Refunded by card")


@pytest.fixture
def invoice(blue: Business) -> Invoice:
    """Two lines, paid: 25.06 and 20.00 with GST 10 % on the first alone; 47.57 in all."""
    lines = (line(blue, "25.06"), line(blue, "20", tax_rate=gst_free(blue)))
    issued = make_issued(blue, *lines)
    pay(issued, str(issued.amount_due))
    return issued


@pytest.mark.django_db
def test_all_of_it_has_all_of_its_tax(invoice: Invoice) -> None:
    note = credited(invoice, "47.57")
    assert note is not None
    sums = (invoice.subtotal, invoice.tax_total, invoice.total)
    assert (note.subtotal, note.tax_total, note.total) == sums
    assert set(left_with_tax(invoice).values()) == {ZERO}


@pytest.mark.django_db
@pytest.mark.parametrize("mode", TaxMode.values)
def test_parts_come_to_the_cent_in_every_tax_mode(blue: Business, mode: str) -> None:
    lines = [line(blue, price) for price in ("25.06", "25.61", "-3.33")]
    invoice = make_issued(blue, *lines, tax_mode=mode)
    pay(invoice, str(invoice.total))
    parts = ["10.01", "0.07", "13.13", str(invoice.total - Decimal("23.21"))]
    for part in parts:
        note = credited(invoice, part)
        assert note is not None
        assert str(note.total) == part
        assert note.subtotal + note.tax_total == note.total
    assert set(left_with_tax(invoice).values()) == {ZERO}
    assert credited(invoice, "0.01") is None


@pytest.mark.django_db
def test_it_is_no_payment_and_nothing_is_due_again(invoice: Invoice, as_bob: Client) -> None:
    note = credited(invoice, "30.00")
    invoice.refresh_from_db()
    assert (invoice.amount_due, invoice.payments.count()) == (0, 1)
    page = as_bob.get(invoice.get_absolute_url()).content.decode()
    assert note is not None
    assert "$30.00</span> given back" in page
    assert note.number in page
    drawn = as_bob.get(reverse("invoices:credit_note_pdf", args=["blue", note.pk]))
    assert drawn.content.startswith(b"%PDF")


@pytest.mark.django_db
def test_a_second_call_makes_no_second_note(invoice: Invoice) -> None:
    money = refund(invoice, "30.00")
    first = services.credit_refund(invoice, money, reason="")
    assert services.credit_refund(invoice, money, reason="") == first
    assert invoice.credit_notes.count() == 1


@pytest.mark.django_db
def test_more_than_is_left_is_for_something_else(invoice: Invoice) -> None:
    assert credited(invoice, "47.58") is None
    assert not invoice.credit_notes.exists()


@pytest.mark.django_db
def test_credit_by_hand_leaves_less_to_credit(blue: Business) -> None:
    invoice = make_issued(blue, line(blue, "100"))
    services.credit(invoice, amounts={invoice.lines.get().pk: Decimal(40)}, date=DATE)
    pay(invoice, "66")
    assert credited(invoice, "66.01") is None
    assert credited(invoice, "66.00") is not None
    assert list(services.left_to_credit(invoice).values()) == [0]


@given(
    left=st.lists(st.integers(-3_000, 1_000_000), min_size=1, max_size=8),
    part=st.fractions(0, 1),
)
def test_a_division_is_whole_whatever_the_lines(left: list[int], part: float) -> None:
    lines = {UUID(int=place): Decimal(cents) / 100 for place, cents in enumerate(left)}
    whole = sum(lines.values(), ZERO)
    amount = Decimal(int(whole * 100 * Decimal(part.numerator) / part.denominator)) / 100
    shares = divided(amount, lines)
    assert sum(shares.values(), ZERO) == (amount if amount > 0 else 0)
