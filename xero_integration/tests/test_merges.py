"""Merges of contacts that are in Xero: what is said before, and listed when one is undone."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from businesses.models import Business, User
from contacts import merging, registry
from contacts.models import Contact
from xero_integration.models import Connection
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero


@pytest.fixture
def two(xero: Xero, connection: Connection, blue: Business) -> Iterator[list[Contact]]:
    """Two contacts of one name here, both in Xero."""
    yield [making.contact(blue, "Rosa Reyes"), making.contact(blue, "Rosa Reyes Pools")]


@pytest.fixture
def office(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def test_two_that_are_in_xero_say_what_happens_there_before_they_are_merged(
    connection: Connection, blue: Business, two: list[Contact], office: Client
) -> None:
    query = "&".join(f"c={contact.pk}" for contact in two)
    url = f"{reverse('contacts:duplicates_compare', args=[blue.slug])}?{query}"
    assert "linked to Xero" not in office.get(url).content.decode()
    making.drain(connection)
    assert "stays in Xero with the invoices" in office.get(url).content.decode()
    ids = [contact.pk for contact in two]
    warned = registry.warnings_of_merging(blue, [ids, ids[:1], []])
    assert [len(texts) for texts in warned] == [1, 0, 0]


def test_what_was_sent_between_a_merge_and_its_undo_is_listed(
    connection: Connection, two: list[Contact], alice: User
) -> None:
    primary, duplicate = two
    invoice = making.invoice(duplicate)
    making.drain(connection)
    (merge,) = merging.merge(primary, [duplicate], values={"phone": "07 3333 1234"}, by=alice)
    assert merging.sent_since([merge]) == []
    making.drain(connection)
    merging.undo(merge, by=alice)
    (text,) = merging.sent_since([merge])
    assert "Rosa Reyes" in text and str(invoice) not in text


def test_an_invoice_that_was_sent_under_the_primary_is_listed_after_the_undo(
    connection: Connection, blue: Business, two: list[Contact], alice: User, office: Client
) -> None:
    primary, duplicate = two
    making.drain(connection)
    invoice = making.invoice(duplicate)
    (merge,) = merging.merge(primary, [duplicate], values=None, by=alice)
    making.drain(connection)
    url = reverse("contacts:merge_undo", args=[blue.slug, merge.pk])
    page = office.post(url, follow=True).content.decode()
    assert "Sent to Xero between the merge and its undo" in page and str(invoice) in page
