"""What a customer was allowed for card payments stands after a merge, and comes back with it."""

import pytest

from businesses.models import Business
from contacts.merging.merge import merge
from contacts.merging.undo import undo
from contacts.models import Contact
from stripe_integration.models import ContactPaying

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(blue: Business) -> tuple[Contact, Contact]:
    return tuple(Contact.objects.create(business=blue, name=name) for name in ("Rosa", "Rosa R"))


def switched_off(contact: Contact) -> ContactPaying:
    return ContactPaying.objects.create(
        business=contact.business, contact=contact, offers_payment=False
    )


def holder(row: ContactPaying) -> Contact:
    row.refresh_from_db()
    return row.contact


def test_the_choice_goes_along_and_comes_back(pair: tuple[Contact, Contact]) -> None:
    primary, duplicate = pair
    row = switched_off(duplicate)
    [done] = merge(primary, [duplicate], values=None, by=None)
    assert holder(row) == primary
    undo(done, by=None)
    assert holder(row) == duplicate


def test_the_primarys_own_choice_stands(pair: tuple[Contact, Contact]) -> None:
    primary, duplicate = pair
    own, other = switched_off(primary), switched_off(duplicate)
    [done] = merge(primary, [duplicate], values=None, by=None)
    assert (holder(own), holder(other)) == pair
    undo(done, by=None)
    assert (holder(own), holder(other)) == pair
