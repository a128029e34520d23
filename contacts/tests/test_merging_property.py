"""Whatever is merged at random and undone in reverse leaves the database as it was."""

from typing import Any

import pytest
from django.core import serializers
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from businesses.models import Business
from contacts import merging
from contacts.merging.rule import merged_values
from contacts.models import (
    Contact,
    ContactTag,
    NotDuplicatePools,
    NotDuplicates,
    Pool,
    PoolContact,
    Tag,
)

COUNT = 6
text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8)
fields = st.fixed_dictionaries(
    {
        "email": st.sampled_from(["", "a@example.com", "b@example.com"]),
        "other_emails": st.lists(st.sampled_from(["c@example.com", "d@example.com"]), unique=True),
        "phone": text,
        "street_line1": text,
        "notes": text,
        "terms_days": st.none() | st.integers(0, 60),
    }
)
index = st.integers(0, COUNT - 1)
links = st.lists(
    st.tuples(st.integers(0, 2), index, st.sampled_from(["owner", "tenant"])), unique=True
)
tags = st.lists(st.tuples(st.integers(0, 2), index), unique=True)
pairs = st.lists(st.tuples(index, index).filter(lambda pair: pair[0] < pair[1]), unique=True)
# A merge: of contacts or of pools, the primary, its duplicates, and whether the rule sets values.
merges = st.lists(
    st.tuples(
        st.sampled_from(["contacts", "contacts", "pools"]),
        index,
        st.lists(index, min_size=1, max_size=3, unique=True),
        st.booleans(),
    ),
    max_size=6,
)


def everything() -> list[dict[str, Any]]:
    """Every row of contacts/, without what a save always changes."""
    models = (Contact, Pool, PoolContact, Tag, ContactTag, NotDuplicates, NotDuplicatePools)
    rows = [row for model in models for row in model.objects.order_by("pk")]
    found = serializers.serialize("python", rows)
    for row in found:
        row["fields"].pop("updated_at", None)
    return found


def build(contacts: Any, links: Any, tags: Any, pairs: Any) -> dict[str, list[Any]]:
    business = Business.objects.create(name="Clearwater", slug="property")
    made = [
        Contact.objects.create(business=business, name=f"Contact {n}", **values)
        for n, values in enumerate(contacts)
    ]
    pools = [
        Pool.objects.create(business=business, name=f"Pool {n}", volume_litres=n * 1000 or None)
        for n in range(3)
    ]
    words = [Tag.objects.create(business=business, name=f"tag {n}") for n in range(3)]
    for pool, contact, role in links:
        PoolContact.objects.create(
            business=business, pool=pools[pool], contact=made[contact], role=role
        )
    for tag, contact in tags:
        ContactTag.objects.create(business=business, tag=words[tag], contact=made[contact])
    for pair in pairs:
        first, second = sorted((made[n] for n in pair), key=lambda contact: contact.pk)
        NotDuplicates.objects.create(business=business, first=first, second=second)
    first, second = sorted(pools[:2], key=lambda pool: pool.pk)
    NotDuplicatePools.objects.create(business=business, first=first, second=second)
    return {"contacts": made, "pools": pools}


def merge_some(made: dict[str, list[Any]], wanted: Any) -> list[Any]:
    done = []
    for kind, first, duplicates, by_rule in wanted:
        rows = made[kind]
        for row in rows:
            row.refresh_from_db()
        primary = rows[first % len(rows)]
        chosen = {rows[n % len(rows)].pk: rows[n % len(rows)] for n in duplicates}
        others = [row for row in chosen.values() if row != primary and not row.is_archived]
        if primary.is_archived or not others:
            continue
        values = merged_values(primary, others) if by_rule else None
        done += merging.merge(primary, others, values=values, by=None)
    return done


@pytest.mark.django_db
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    contacts=st.lists(fields, min_size=COUNT, max_size=COUNT),
    links=links,
    tags=tags,
    pairs=pairs,
    wanted=merges,
)
def test_merges_undone_in_reverse_leave_everything_as_it_was(
    contacts, links, tags, pairs, wanted
) -> None:
    with transaction.atomic():
        made = build(contacts, links, tags, pairs)
        before = everything()
        done = merge_some(made, wanted)
        if done:
            assert everything() != before
        for merge in reversed(done):
            merging.undo(merge, by=None)
        assert everything() == before
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(contacts=st.lists(fields, min_size=2, max_size=4))
def test_the_rule_loses_no_value(contacts) -> None:
    business = Business(pk=1, name="Clearwater", slug="rule")
    made = [
        Contact(business=business, name=f"Contact {n}", **values)
        for n, values in enumerate(contacts)
    ]
    primary, *others = made
    values = merged_values(primary, others)
    emails = {email.casefold() for email in (values["email"], *values["other_emails"])}
    kept = " ".join(str(value) for value in values.values()).casefold()
    for contact in made:
        assert {email.casefold() for email in contact.emails} <= emails
        for value in (contact.name, contact.street_line1, contact.notes.strip()):
            assert value.strip().casefold() in kept or not value.strip()
