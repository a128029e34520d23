"""Coarse limits that only a change of kind breaks (a query a row, a quadratic loop)."""

import time

import pytest
from django.urls import reverse

from contacts.imports.load import load, receive
from contacts.models import Contact

ROWS = 5_000
# Ten times what it takes on one slow core.
SECONDS = 30


@pytest.mark.django_db
def test_a_list_of_5000_is_imported_and_shown_in_seconds(office, business, queries_of) -> None:
    lines = (f"Contact {n},c{n}@example.com,07 55{n:06},{n} High St\n" for n in range(ROWS))
    data = ("Name,E-mail,Phone,Address\n" + "".join(lines)).encode()
    started = time.perf_counter()
    file = receive(data, name="list.csv", business=business, by=None)
    load(file, good_rows_only=False, skip_known=False)
    assert Contact.objects.count() == ROWS
    assert queries_of(office, reverse("contacts:list", args=[business.slug])) <= 15
    assert queries_of(office, reverse("contacts:duplicates", args=[business.slug])) <= 15
    assert time.perf_counter() - started < SECONDS
