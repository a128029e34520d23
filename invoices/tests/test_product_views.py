"""Products, categories, tax rates and numbering through the door."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from businesses.models import Business
from invoices.models import TaxRate
from invoices.tests.making import gst, line, make_draft, make_issued, make_product

pytestmark = pytest.mark.django_db


def url(name: str, *arguments: object) -> str:
    return reverse(f"invoices:{name}", args=["blue", *arguments])


def texts(response: Any) -> str:
    return response.content.decode()


def product_data(business: Business, **changes: str) -> dict[str, str]:
    return {
        "code": "NEW",
        "name": "New thing",
        "price": "12.3456",
        "tax_rate": str(gst(business).pk),
        "category": "",
        "description": "",
        **changes,
    }


# --- products -----------------------------------------------------------------------------------


def test_the_list_is_searched_filtered_and_sorted(blue: Business, as_rita: Client) -> None:
    chemicals = blue.categories.create(name="Chemicals")
    chlorine = make_product(blue, category=chemicals)
    brush = make_product(blue, "BR-1", name="Brush", price=Decimal(9))
    old = make_product(blue, "OLD", name="Old brush")
    old.archive()
    for asked, wanted in (
        ({}, [brush, chlorine]),
        ({"q": "brush"}, [brush]),
        ({"state": "archived"}, [old]),
        ({"state": "all"}, [brush, chlorine, old]),
        ({"category": str(chemicals.pk)}, [chlorine]),
        ({"category": "none"}, [brush]),
        ({"category": "77777"}, [brush, chlorine]),
        ({"sort": "-price"}, [chlorine, brush]),
    ):
        response: Any = as_rita.get(url("product_list"), asked)
        assert list(response.context["table"].rows) == wanted, asked


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_takes_the_same_queries_for_one_and_for_many(
    blue: Business, as_bob: Client, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        make_product(blue, f"P{number}")
    # Session, user, membership, categories of the filter, count and rows; the notice about Xero.
    with django_assert_num_queries(7):
        as_bob.get(url("product_list"))


def test_a_product_is_created_with_four_decimals(blue: Business, as_bob: Client) -> None:
    response = as_bob.post(url("product_create"), product_data(blue), follow=True)
    assert "New thing has been saved." in texts(response)
    assert blue.products.get().price == Decimal("12.3456")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": " chl-10 "}, "has this code already"),
        ({"code": ""}, "required"),
        ({"name": "x" * 51}, "at most 50"),
        ({"price": "-1"}, "greater than or equal to 0"),
        ({"price": "1.23456"}, "no more than 4 decimal places"),
    ],
)
def test_a_wrong_product_stays_on_the_page(
    blue: Business, as_bob: Client, changes: dict[str, str], words: str
) -> None:
    make_product(blue)
    response = as_bob.post(
        url("product_create"), product_data(blue, description="Keep me", **changes)
    )
    assert response.status_code == 422
    assert words in texts(response)
    assert "Keep me" in texts(response)
    assert blue.products.count() == 1


def test_rates_and_categories_of_others_are_no_choice(
    blue: Business, dry: Business, as_bob: Client
) -> None:
    theirs = dry.categories.create(name="Theirs")
    for changes in ({"tax_rate": str(gst(dry).pk)}, {"category": str(theirs.pk)}):
        response = as_bob.post(url("product_create"), product_data(blue, **changes))
        assert "valid choice" in texts(response)


def test_a_changed_price_leaves_invoices_alone(blue: Business, as_bob: Client) -> None:
    product = make_product(blue)
    invoice = make_issued(blue, line(blue, "38.50", product=product))
    as_bob.post(url("product_edit", product.pk), product_data(blue, price="99"))
    product.refresh_from_db()
    invoice.refresh_from_db()
    assert (product.price, invoice.total) == (Decimal(99), Decimal("42.35"))


def test_a_product_is_archived_and_restored(blue: Business, as_bob: Client) -> None:
    product = make_product(blue)
    assert "is archived" in texts(as_bob.post(url("product_archive", product.pk), follow=True))
    assert not blue.products.active().exists()
    assert "in use again" in texts(as_bob.post(url("product_restore", product.pk), follow=True))
    assert blue.products.active().exists()


# --- categories ---------------------------------------------------------------------------------


def test_a_category_is_added_renamed_and_deleted(blue: Business, as_bob: Client) -> None:
    as_bob.post(url("category_list"), {"name": " Servicing "})
    category = blue.categories.get()
    assert category.name == "Servicing"
    assert 'value="Servicing"' in texts(as_bob.get(url("category_rename", category.pk)))
    as_bob.post(url("category_rename", category.pk), {"rename-name": "Service"})
    category.refresh_from_db()
    assert category.name == "Service"
    as_bob.post(url("category_delete", category.pk))
    assert not blue.categories.exists()


def test_two_categories_never_share_a_name(blue: Business, as_bob: Client) -> None:
    blue.categories.create(name="Servicing")
    other = blue.categories.create(name="Goods")
    for address, data in (
        (url("category_list"), {"name": "SERVICING"}),
        (url("category_rename", other.pk), {"rename-name": "servicing"}),
    ):
        response = as_bob.post(address, data)
        assert response.status_code == 422
        assert "of this name already" in texts(response)


def test_a_category_in_use_is_not_deleted(blue: Business, as_bob: Client) -> None:
    category = blue.categories.create(name="Servicing")
    make_product(blue, category=category)
    response = as_bob.post(url("category_delete", category.pk), follow=True)
    assert "is in use" in texts(response)
    assert blue.categories.exists()


# --- tax rates ----------------------------------------------------------------------------------


def test_a_rate_is_added_and_made_the_default(blue: Business, as_bob: Client) -> None:
    as_bob.post(url("tax_rate_list"), {"name": "GST 12.5%", "percent": "12.5"})
    rate = blue.tax_rates.get(name="GST 12.5%")
    as_bob.post(url("tax_rate_default", rate.pk))
    assert blue.tax_rates.get(is_default=True) == rate


def test_the_percentage_of_a_used_rate_stays_and_its_name_may_change(
    blue: Business, as_bob: Client
) -> None:
    rate = gst(blue)
    address = url("tax_rate_edit", rate.pk)
    assert as_bob.post(address, {"edit-name": "GST", "edit-percent": "11"}).status_code == 302
    make_draft(blue, line(blue, tax_rate=TaxRate.objects.get(pk=rate.pk)))
    response = as_bob.post(address, {"edit-name": "GST", "edit-percent": "15"})
    assert "percentage stays" in texts(response)
    assert as_bob.post(address, {"edit-name": "Tax", "edit-percent": "11.0"}).status_code == 302
    rate.refresh_from_db()
    assert (rate.name, rate.percent) == ("Tax", Decimal(11))


def test_a_used_rate_and_the_default_are_not_deleted(blue: Business, as_bob: Client) -> None:
    free = blue.tax_rates.get(name="GST free")
    default = as_bob.post(url("tax_rate_delete", gst(blue).pk), follow=True)
    assert "is the default" in texts(default)
    make_product(blue, tax_rate=free)
    assert "is in use" in texts(as_bob.post(url("tax_rate_delete", free.pk), follow=True))
    assert blue.tax_rates.count() == 2
    blue.products.get().delete()
    as_bob.post(url("tax_rate_delete", free.pk))
    assert blue.tax_rates.count() == 1


# --- numbering ----------------------------------------------------------------------------------


def test_numbering_changes_the_next_number(blue: Business, as_bob: Client) -> None:
    data = {"prefix": "P-", "digits": "6", "next_number": "42"}
    assert "P-000042" in texts(as_bob.post(url("numbering"), data, follow=True))
    blue.refresh_from_db()
    assert make_issued(blue).number == "P-000042"


@pytest.mark.parametrize(
    ("field", "value"), [("next_number", "0"), ("next_number", "-5"), ("digits", "11")]
)
def test_impossible_numbering_is_refused(
    blue: Business, as_bob: Client, field: str, value: str
) -> None:
    data = {"prefix": "P-", "digits": "4", "next_number": "1", field: value}
    response = as_bob.post(url("numbering"), data)
    assert response.status_code == 422
    assert "gets INV-0001" in texts(response)


# --- who may ------------------------------------------------------------------------------------


def test_a_reader_looks_and_changes_nothing(blue: Business, as_rita: Client) -> None:
    product, category = make_product(blue), blue.categories.create(name="C")
    for page in ("product_list", "category_list", "tax_rate_list", "numbering"):
        assert as_rita.get(url(page)).status_code == 200
    assert as_rita.get(url("product_edit", product.pk)).status_code == 200
    for address in (
        url("product_edit", product.pk),
        url("product_archive", product.pk),
        url("category_list"),
        url("category_rename", category.pk),
        url("category_delete", category.pk),
        url("tax_rate_list"),
        url("tax_rate_default", gst(blue).pk),
        url("tax_rate_delete", gst(blue).pk),
        url("numbering"),
    ):
        assert as_rita.post(address).status_code == 403


def test_a_stranger_finds_nothing(blue: Business, as_charlie: Client) -> None:
    product, category = make_product(blue), blue.categories.create(name="C")
    for name, pk in (
        ("product_edit", product.pk),
        ("category_rename", category.pk),
        ("tax_rate_edit", gst(blue).pk),
    ):
        assert as_charlie.get(url(name, pk)).status_code == 404
        own = reverse(f"invoices:{name}", args=["dry", pk])
        assert as_charlie.get(own).status_code == 404
        assert as_charlie.post(own).status_code == 404
