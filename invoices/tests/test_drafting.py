"""Drafts: created, changed line by line, copied and deleted."""

import datetime as dt
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models.signals import post_save

from businesses.models import Business
from businesses.terms import TermsType
from invoices import services
from invoices.errors import InvoiceRefused
from invoices.models import Invoice, InvoiceLine, TaxMode
from invoices.services import LineData
from invoices.tests.making import (
    data,
    gst_free,
    line,
    make_contact,
    make_draft,
    make_issued,
    make_product,
    pay,
)

pytestmark = pytest.mark.django_db


def as_data(stored: InvoiceLine) -> LineData:
    return LineData(
        id=stored.pk,
        description=stored.description,
        quantity=stored.quantity,
        unit_price=stored.unit_price,
        tax_rate=stored.tax_rate,
        discount_percent=stored.discount_percent,
    )


def test_a_new_business_has_rates_and_a_sequence(blue: Business) -> None:
    rates = {rate.name: (rate.percent, rate.is_default) for rate in blue.tax_rates.all()}
    assert rates == {"GST 10%": (Decimal(10), True), "GST free": (Decimal(0), False)}
    assert str(blue.invoice_sequence) == "INV-0001"


def test_saving_a_business_again_seeds_nothing_more(blue: Business) -> None:
    blue.save()
    assert blue.tax_rates.count() == 2


def test_a_business_without_gst_starts_gst_free() -> None:
    plain = Business.objects.create(name="No GST", slug="no-gst", gst_registered=False)
    assert plain.tax_rates.get(is_default=True).name == "GST free"


def test_a_draft_stores_the_amounts_of_its_lines(blue: Business) -> None:
    draft = make_draft(
        blue,
        line(blue, "25.06"),
        line(blue, "10", quantity=Decimal("2.5"), tax_rate=gst_free(blue)),
    )
    draft.refresh_from_db()
    assert (draft.subtotal, draft.tax_total, draft.total) == (
        Decimal("50.06"),
        Decimal("2.51"),
        Decimal("52.57"),
    )
    stored = [(row.line_amount, row.tax_amount) for row in draft.lines.all()]
    assert stored == [(Decimal("25.06"), Decimal("2.51")), (Decimal("25.00"), Decimal("0.00"))]
    assert draft.number == ""


def test_the_same_key_makes_one_invoice(blue: Business) -> None:
    wanted, key = data(make_contact(blue)), uuid.uuid4()
    first = services.create_draft(blue, data=wanted, key=key)
    second = services.create_draft(blue, data=wanted, key=key)
    assert first == second
    assert blue.invoices.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_once_makes_one_invoice(blue: Business) -> None:
    wanted, key = data(make_contact(blue)), uuid.uuid4()
    barrier = threading.Barrier(4)

    def create(_: int) -> uuid.UUID:
        barrier.wait(timeout=20)
        try:
            return services.create_draft(blue, data=wanted, key=key).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(create, range(4))) == {key}
    assert blue.invoices.get().lines.count() == 1


def test_the_contacts_own_terms_decide_the_due_date(blue: Business) -> None:
    contact = make_contact(blue, terms_days=20, terms_type=TermsType.OF_FOLLOWING_MONTH)
    assert make_draft(blue, contact=contact).due_date == dt.date(2026, 12, 20)


def test_the_business_terms_decide_without_terms_of_the_contact(blue: Business) -> None:
    blue.terms_days, blue.terms_type = 7, TermsType.DAYS_AFTER_BILL_DATE
    blue.save()
    assert make_draft(blue).due_date == dt.date(2026, 11, 9)


def test_a_due_date_that_was_chosen_stays(blue: Business) -> None:
    chosen = dt.date(2026, 12, 25)
    assert make_draft(blue, due_date=chosen).due_date == chosen


def test_lines_keep_their_keys_and_take_the_new_order(blue: Business) -> None:
    draft = make_draft(blue, line(blue, "1"), line(blue, "2"), line(blue, "3"))
    one, two, three = draft.lines.all()
    wanted = [
        as_data(three),
        replace(as_data(one), unit_price=Decimal("9")),
        line(blue, "4"),
    ]
    services.update(draft, data=data(draft.contact, *wanted))
    after = list(draft.lines.all())
    assert [row.pk for row in after[:2]] == [three.pk, one.pk]
    assert [row.unit_price for row in after] == [Decimal(3), Decimal(9), Decimal(4)]
    assert not InvoiceLine.objects.filter(pk=two.pk).exists()
    assert draft.total == Decimal("17.60")


def test_a_line_of_another_invoice_is_not_taken_over(blue: Business) -> None:
    other, draft = make_draft(blue), make_draft(blue)
    stolen = as_data(other.lines.get())
    services.update(draft, data=data(draft.contact, stolen))
    assert other.lines.count() == 1
    assert draft.lines.get().pk != other.lines.get().pk


def test_the_invoices_last_save_comes_after_its_lines(blue: Business) -> None:
    heard: list[tuple[Decimal, int]] = []

    def listen(instance: Invoice, **kwargs: object) -> None:
        heard.append((instance.total, instance.lines.count()))

    post_save.connect(listen, sender=Invoice)
    try:
        make_draft(blue, line(blue), line(blue))
    finally:
        post_save.disconnect(listen, sender=Invoice)
    assert heard[-1] == (Decimal("220.00"), 2)


def test_an_issued_invoice_may_change_until_it_is_paid(blue: Business) -> None:
    invoice = make_issued(blue)
    services.update(invoice, data=data(invoice.contact, line(blue, "50")))
    assert invoice.total == Decimal("55.00")
    pay(invoice, "5")
    with pytest.raises(InvoiceRefused, match="has payments"):
        services.update(invoice, data=data(invoice.contact))


def test_an_issued_invoice_cannot_lose_all_its_lines(blue: Business) -> None:
    invoice = make_issued(blue)
    wanted = replace(data(invoice.contact), lines=())
    with pytest.raises(InvoiceRefused, match="at least one line"):
        services.update(invoice, data=wanted)
    assert Invoice.objects.get(pk=invoice.pk).lines.count() == 1


def test_a_void_invoice_is_not_changed(blue: Business) -> None:
    invoice = services.void(make_issued(blue), by=None)
    with pytest.raises(InvoiceRefused, match="void"):
        services.update(invoice, data=data(invoice.contact))


def test_a_line_beyond_xeros_limit_is_refused_and_nothing_is_written(blue: Business) -> None:
    huge = line(blue, "999999999", quantity=Decimal(1000))
    with pytest.raises(InvoiceRefused, match=r"9,999,999,999\.99"):
        make_draft(blue, huge)
    assert not blue.invoices.exists()


def test_changing_the_tax_mode_changes_the_sums(blue: Business) -> None:
    draft = make_draft(blue, line(blue, "110"), tax_mode=TaxMode.INCLUSIVE)
    assert (draft.subtotal, draft.tax_total, draft.total) == (100, 10, 110)
    services.update(draft, data=data(draft.contact, line(blue, "110"), tax_mode=TaxMode.NO_TAX))
    assert (draft.subtotal, draft.tax_total, draft.total) == (110, 0, 110)


def test_recalculating_mends_amounts_that_went_wrong(blue: Business) -> None:
    draft = make_draft(blue)
    draft.lines.update(line_amount=1, tax_amount=1)
    services.recalculate(draft)
    assert (draft.lines.get().line_amount, draft.total) == (Decimal(100), Decimal(110))


def test_a_copy_is_a_new_draft_with_the_same_lines(blue: Business) -> None:
    product = make_product(blue)
    invoice = make_issued(
        blue,
        line(blue, "12.3456", product=product, discount_percent=Decimal("5")),
        reference="Job 12",
        service_date=dt.date(2026, 10, 30),
    )
    made = services.copy(invoice)
    assert made.is_draft
    assert (made.number, made.reference, made.service_date) == ("", "Job 12", None)
    row = made.lines.get()
    assert (row.product, row.unit_price, row.discount_percent) == (product, Decimal("12.3456"), 5)
    assert row.pk != invoice.lines.get().pk
    assert made.total == invoice.total


def test_an_invoice_of_an_archived_contact_is_not_copied(blue: Business) -> None:
    invoice = make_issued(blue)
    invoice.contact.archive()
    with pytest.raises(InvoiceRefused, match="archived"):
        services.copy(invoice)


def test_a_draft_can_be_deleted_and_an_issued_invoice_cannot(blue: Business) -> None:
    services.delete_draft(make_draft(blue))
    assert not blue.invoices.exists()
    invoice = make_issued(blue)
    with pytest.raises(InvoiceRefused, match="Void it"):
        services.delete_draft(invoice)
    assert blue.invoices.get() == invoice


def test_a_line_is_added_once_by_its_key_and_never_to_a_paid_invoice(blue) -> None:
    invoice, key = make_issued(blue), uuid.uuid4()
    for _ in range(2):
        services.add_line(invoice, data=line(blue, "10"), key=key)
    assert [one.position for one in invoice.lines.all()] == [0, 1]
    assert (invoice.total, invoice.lines.last().pk) == (Decimal(121), key)
    pay(invoice, "1")
    with pytest.raises(InvoiceRefused, match="no further line"):
        services.add_line(invoice, data=line(blue, "10"), key=uuid.uuid4())
