"""Invoices follow a merge of contacts, drafts and issued alike, and come back from it."""

from typing import Any

import pytest

from businesses.models import Business
from contacts.registry import followers
from invoices.models import Invoice
from invoices.signals import invoices_changed
from invoices.tests.making import make_contact, make_draft, make_issued

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Any:
    heard: list[tuple[Business, list[Any]]] = []

    def listen(business: Business, ids: list[Any], **kwargs: Any) -> None:
        heard.append((business, ids))

    invoices_changed.connect(listen)
    yield heard
    invoices_changed.disconnect(listen)


def test_drafts_and_issued_invoices_move_and_come_back(blue: Business, told: Any) -> None:
    follower = followers["invoices"]
    primary, duplicate = make_contact(blue, "Primary"), make_contact(blue, "Duplicate")
    own = make_issued(blue, contact=primary)
    moved = {make_draft(blue, contact=duplicate), make_issued(blue, contact=duplicate)}
    assert follower.describe(duplicate) == "2 invoices"

    moves = follower.move(duplicate=duplicate, primary=primary)
    assert set(primary.invoices.all()) == {own, *moved}
    assert follower.describe(duplicate) == ""
    assert follower.conflicts(moves, duplicate=duplicate, primary=primary) == []

    follower.restore(moves, duplicate=duplicate, primary=primary)
    assert set(duplicate.invoices.all()) == moved
    assert set(primary.invoices.all()) == {own}
    assert [set(ids) for _, ids in told] == [{invoice.pk for invoice in moved}] * 2


def test_an_invoice_moved_on_since_is_named_and_stays(blue: Business) -> None:
    follower = followers["invoices"]
    primary, duplicate, third = (make_contact(blue, name) for name in ("One", "Two", "Three"))
    invoice = make_issued(blue, contact=duplicate)
    moves = follower.move(duplicate=duplicate, primary=primary)
    Invoice.objects.filter(pk=invoice.pk).update(contact=third)
    assert follower.conflicts(moves, duplicate=duplicate, primary=primary) == [
        "INV-0001 now belongs to Three and would stay there."
    ]
    follower.restore(moves, duplicate=duplicate, primary=primary)
    assert third.invoices.get() == invoice


def test_a_draft_deleted_since_stands_in_nobodys_way(blue: Business) -> None:
    follower = followers["invoices"]
    primary, duplicate = make_contact(blue, "One"), make_contact(blue, "Two")
    draft = make_draft(blue, contact=duplicate)
    moves = follower.move(duplicate=duplicate, primary=primary)
    draft.delete()
    assert follower.conflicts(moves, duplicate=duplicate, primary=primary) == []
    follower.restore(moves, duplicate=duplicate, primary=primary)


def test_moving_nothing_tells_nobody(blue: Business, told: Any) -> None:
    primary, duplicate = make_contact(blue, "One"), make_contact(blue, "Two")
    assert followers["invoices"].move(duplicate=duplicate, primary=primary) == []
    assert told == []
