"""Whatever points at a contact or a pool is thought of when two of them are merged.

A new foreign key fails here until somebody has decided what a merge means for it.
"""

from typing import Any

import pytest
from django.apps import apps

from contacts.models import Contact, Pool

FOLLOWS = "moves to the primary, and back when the merge is undone"
STAYS = "is about the record itself, and stays with it"
DECIDED = {
    "contacts.Contact.merged_into": STAYS,
    "contacts.Pool.merged_into": STAYS,
    "contacts.ContactTag.contact": FOLLOWS,
    "contacts.PoolContact.contact": FOLLOWS,
    "contacts.PoolContact.pool": FOLLOWS,
    "contacts.NotDuplicates.first": FOLLOWS,
    "contacts.NotDuplicates.second": FOLLOWS,
    "contacts.NotDuplicatePools.first": FOLLOWS,
    "contacts.NotDuplicatePools.second": FOLLOWS,
    "contacts.Merge.primary": STAYS,
    "contacts.Merge.duplicate": STAYS,
    "contacts.PoolMerge.primary": STAYS,
    "contacts.PoolMerge.duplicate": STAYS,
    "invoices.Invoice.contact": FOLLOWS,
    "invoices.Invoice.pool": FOLLOWS,
    "xero_integration.LinkChoice.contact": STAYS,
    "xero_integration.Question.contact": STAYS,
    "xero_integration.Question.other": STAYS,
    "stripe_integration.ContactPaying.contact": FOLLOWS,
    "stripe_integration.SavedCard.contact": FOLLOWS,
}


def pointing_at(model: type[Any]) -> set[str]:
    return {
        f"{one._meta.label}.{field.name}"
        for one in apps.get_models(include_auto_created=True)
        for field in one._meta.concrete_fields
        if field.is_relation and field.related_model is model
    }


@pytest.mark.parametrize("model", [Contact, Pool])
def test_each_relation_is_decided(model: type[Any]) -> None:
    assert pointing_at(model) - set(DECIDED) == set()


def test_nothing_is_decided_that_is_gone() -> None:
    assert set(DECIDED) - pointing_at(Contact) - pointing_at(Pool) == set()
