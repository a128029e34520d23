"""The database itself refuses a relation between two businesses."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from businesses.models import Business
from contacts.models import Contact, Pool, PoolContact
from invoices.models import Invoice

pytestmark = pytest.mark.django_db


@pytest.fixture
def blue() -> Business:
    return Business.objects.create(slug="blue-c", name="Blue")


@pytest.fixture
def dry() -> Business:
    return Business.objects.create(slug="dry-c", name="Dry")


def check_now() -> None:
    """Deferred constraints are checked at commit; ask for it now."""
    connection.check_constraints()


def test_a_pool_link_across_businesses_is_refused_by_the_database(
    blue: Business, dry: Business
) -> None:
    pool = Pool.objects.create(business=blue, name="Back yard")
    stranger = Contact.objects.create(business=dry, name="Stranger")
    with pytest.raises(IntegrityError), transaction.atomic():
        PoolContact.objects.create(business=blue, pool=pool, contact=stranger)
        check_now()


def test_an_update_that_moves_an_invoice_to_a_strangers_contact_is_refused(
    blue: Business, dry: Business
) -> None:
    own = Contact.objects.create(business=blue, name="Own")
    stranger = Contact.objects.create(business=dry, name="Stranger")
    day = dt.date(2026, 11, 1)
    invoice = Invoice.objects.create(business=blue, contact=own, date=day, due_date=day)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(contact=stranger)
        check_now()


def test_validation_names_the_field_before_the_database_has_to(
    blue: Business, dry: Business
) -> None:
    pool = Pool.objects.create(business=blue, name="Back yard")
    stranger = Contact.objects.create(business=dry, name="Stranger")
    link = PoolContact(business=blue, pool=pool, contact=stranger)
    with pytest.raises(ValidationError) as caught:
        link.validate_constraints()
    assert "contact" in caught.value.message_dict


def test_a_missing_relation_passes(blue: Business) -> None:
    contact = Contact.objects.create(business=blue, name="Own")
    contact.validate_constraints()
    assert contact.merged_into_id is None
