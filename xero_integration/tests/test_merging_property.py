"""Merges at random, undone in reverse, leave invoices, payments and links as they were too.

What contacts/ holds itself is in contacts.tests.test_merging_property. Left out of the comparison
is what says when a row was saved, and what makes it be sent again.
"""

from decimal import Decimal
from typing import Any

import pytest
from django.core import serializers
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from businesses.models import Business
from contacts import merging
from contacts.merging.rule import merged_values
from contacts.models import Contact, Pool, PoolContact
from invoices import services
from invoices.models import Invoice, InvoiceLine, Payment
from xero_integration.models import Kind, Link
from xero_integration.tests import making
from xero_integration.tests.factories import ConnectionFactory, ContactFactory

COUNT = 5
MODELS = (Contact, Pool, PoolContact, Invoice, InvoiceLine, Payment, Link)
# Time stamps, and what a link remembers of the last sending.
PASSING = ("updated_at", "pushed_digest", "checked_at")
index = st.integers(0, COUNT - 1)
# An invoice: whose it is, of which pool, whether it was issued and how much of it was paid.
invoices = st.lists(
    st.tuples(index, st.integers(0, 1), st.booleans(), st.sampled_from(["", "10", "110"])),
    max_size=4,
)
linked = st.lists(index, unique=True)
merges = st.lists(
    st.tuples(
        st.booleans(), index, st.lists(index, min_size=1, max_size=3, unique=True), st.booleans()
    ),
    min_size=1,
    max_size=4,
)


def everything() -> list[dict[str, Any]]:
    rows = [row for model in MODELS for row in model.objects.order_by("pk")]
    found = serializers.serialize("python", rows)
    for row in found:
        for field in PASSING:
            row["fields"].pop(field, None)
    return found


def build(business: Business, wanted: Any, links: list[int]) -> dict[bool, list[Any]]:
    contacts = [ContactFactory(business=business, phone=str(n)) for n in range(COUNT)]
    pools = [Pool.objects.create(business=business, name=f"Pool {n}") for n in range(2)]
    connection = ConnectionFactory(business=business)
    for n in links:
        Link.objects.create(
            business=business,
            connection=connection,
            kind=Kind.CONTACT,
            object_id=contacts[n].pk,
            xero_id=f"xero-{n}",
        )
    for contact, pool, issued, paid in wanted:
        PoolContact.objects.get_or_create(
            business=business, pool=pools[pool], contact=contacts[contact]
        )
        invoice = making.draft(contacts[contact], pool=pools[pool])
        if issued:
            pay(services.issue(invoice, by=None), paid)
    return {True: contacts, False: pools}


def pay(invoice: Invoice, amount: str) -> None:
    if amount:
        services.record_payment(invoice, date=invoice.date, amount=Decimal(amount))


def merge_some(made: dict[bool, list[Any]], wanted: Any) -> list[Any]:
    done = []
    for of_contacts, first, duplicates, by_rule in wanted:
        rows = made[of_contacts]
        for row in rows:
            row.refresh_from_db()
        primary = rows[first % len(rows)]
        others = list({rows[n % len(rows)].pk: rows[n % len(rows)] for n in duplicates}.values())
        others = [row for row in others if row != primary and not row.is_archived]
        if others and not primary.is_archived:
            values = merged_values(primary, others) if by_rule else None
            done += merging.merge(primary, others, values=values, by=None)
    return done


@pytest.mark.django_db
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(wanted=invoices, links=linked, chosen=merges)
def test_merges_undone_in_reverse_leave_invoices_payments_and_links_as_they_were(
    blue: Business, wanted: Any, links: list[int], chosen: Any
) -> None:
    with transaction.atomic():
        made = build(blue, wanted, links)
        before = everything()
        done = merge_some(made, chosen)
        assert not done or everything() != before
        for merge in reversed(done):
            merging.undo(merge, by=None)
        assert everything() == before
        transaction.set_rollback(True)
