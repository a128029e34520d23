import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from businesses.models import Business, Role, User
from contacts.models import PoolRole
from invoices.models import InvoiceStatus
from pooltrackr.demo import seed
from pooltrackr.demo.businesses import OWNER_EMAIL, PASSWORD

# The mark, beside the fixture, is what makes pytest-django set the test database up.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def lagoon(django_db_setup, django_db_blocker) -> Iterator[Business]:
    """The demo's firm, seeded once: the tests below only read."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert "test" in connection.settings_dict["NAME"]
        seed.make_everything()
        yield Business.objects.get(slug="blue-lagoon")
        transaction.set_rollback(True)


def test_the_firm_has_people_of_each_role_with_the_password_shown(lagoon) -> None:
    roles = {each.user.email: each.role for each in lagoon.memberships.all()}
    assert roles == {
        "owner@bluelagoon.example": Role.OWNER,
        "office@bluelagoon.example": Role.OFFICE,
        "reader@bluelagoon.example": Role.READ_ONLY,
    }
    assert User.objects.get(email=OWNER_EMAIL).check_password(PASSWORD)
    assert len(set(User.objects.values_list("password"))) == 1


def test_contacts_have_duplicates_pools_and_tags(lagoon) -> None:
    contacts = lagoon.contacts.all()
    assert contacts.count() > 300
    names = [contact.name.casefold() for contact in contacts]
    assert len(set(names)) < len(names)
    assert lagoon.pools.count() > 200
    assert contacts.filter(pools__isnull=False).distinct().count() > 200
    assert lagoon.pools.filter(pool_contacts__role=PoolRole.AGENT).exists()
    assert contacts.filter(tags__name="Commercial").exists()


def test_everything_seeded_can_be_found_by_search(lagoon) -> None:
    contact = lagoon.contacts.exclude(last_name="").first()
    assert contact in lagoon.contacts.search(contact.last_name)
    pool = lagoon.pools.exclude(line1="").first()
    assert pool in lagoon.pools.search(pool.line1)


def test_products_stand_in_five_categories_with_and_without_tax(lagoon) -> None:
    assert lagoon.categories.count() == 5
    assert lagoon.products.count() >= 40
    assert set(lagoon.products.values_list("tax_rate__percent", flat=True)) == {0, 10}


def test_invoices_of_the_last_three_months_are_in_every_state(lagoon) -> None:
    invoices = list(lagoon.invoices.prefetch_related("lines"))
    assert len(invoices) == 150
    assert {invoice.status for invoice in invoices} == set(InvoiceStatus.values)
    issued = [invoice for invoice in invoices if invoice.is_issued]
    assert any(invoice.amount_due == 0 for invoice in issued)
    assert any(0 < invoice.amount_paid < invoice.total for invoice in issued)
    assert any(invoice.amount_paid == 0 for invoice in issued)
    today = max(invoice.date for invoice in invoices)
    assert all(invoice.date > today - dt.timedelta(days=95) for invoice in invoices)
    assert all(invoice.lines.all() for invoice in invoices)


def test_invoice_numbers_rise_with_their_dates(lagoon) -> None:
    numbered = lagoon.invoices.exclude(number="").order_by("number")
    dates = list(numbered.values_list("date", flat=True))
    assert dates == sorted(dates)


def test_nothing_seeded_lies_in_the_future(lagoon) -> None:
    payments = lagoon.payments.select_related("invoice")
    newest = max(lagoon.invoices.values_list("date", flat=True))
    assert all(each.invoice.date <= each.date <= newest for each in payments)


def test_the_second_business_has_its_own_few_rows(lagoon) -> None:
    other = Business.objects.get(slug="sundowner")
    assert 0 < other.contacts.count() < 20
    assert other.invoices.count() == 5
    assert not set(other.memberships.values_list("user")) & set(
        lagoon.memberships.values_list("user")
    )
