"""Rows written by the hundred: the same as one by one, on either database."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from businesses.models import Business
from pooltrackr.lib import bulk
from xero_integration.models import Connection, XeroContact, XeroInvoice
from xero_integration.tests.factories import ConnectionFactory

COLUMNS = ["name", "email", "is_customer", "alike", "updated_at", "search_key"]
MOMENT = timezone.make_aware(dt.datetime(2026, 11, 2, 9, 30, 15, 123456), dt.UTC)


@pytest.fixture
def connection(blue: Business) -> Connection:
    return ConnectionFactory(business=blue)


def row(connection: Connection, number: int, **fields: Any) -> XeroContact:
    made = XeroContact(
        business_id=connection.business_id,
        connection=connection,
        xero_id=f"there-{number}",
        **{"name": f"Ünal % “{number}”", "updated_at": MOMENT, **fields},
    )
    made.refresh_search_key()
    return made


def held(connection: Connection) -> list[dict[str, Any]]:
    return list(connection.xero_contacts.order_by("xero_id").values())


def test_rows_are_as_if_saved_one_by_one(connection: Connection) -> None:
    fields: dict[str, Any] = {"is_customer": True, "alike": [{"score": 0.5, "reasons": ["é"]}]}
    bulk.insert([row(connection, 1, **fields)])
    row(connection, 2, **fields).save()
    first, second = held(connection)
    same = {"id", "xero_id", "name", "search_key"}
    assert {k: v for k, v in first.items() if k not in same} == {
        k: v for k, v in second.items() if k not in same
    }
    assert first["name"] == "Ünal % “1”"
    assert first["updated_at"] == MOMENT


def test_amounts_days_and_nothing_come_back_as_they_were(connection: Connection) -> None:
    invoice = XeroInvoice(
        business_id=connection.business_id,
        connection=connection,
        xero_id="one",
        total="1234.50",
        date=dt.date(2026, 11, 2),
        lines=None,
    )
    bulk.insert([invoice])
    kept = connection.xero_invoices.get()
    assert (str(kept.total), kept.date, kept.due_date, kept.lines) == (
        *("1234.50", dt.date(2026, 11, 2)),
        *(None, None),
    )


def test_what_is_there_is_written_over_in_the_named_columns_alone(connection: Connection) -> None:
    row(connection, 1, name="Before", tax_number="kept").save()
    news = [row(connection, 1, name="After", tax_number="not asked for"), row(connection, 2)]
    bulk.upsert(news, unique=["connection", "xero_id"], update=COLUMNS)
    first, second = held(connection)
    assert (first["name"], first["tax_number"]) == ("After", "kept")
    assert second["name"] == "Ünal % “2”"


def test_a_row_that_is_refused_takes_the_others_with_it(connection: Connection) -> None:
    row(connection, 2).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert([row(connection, 1), row(connection, 2)])
    assert [one["xero_id"] for one in held(connection)] == ["there-2"]


def test_nothing_is_nothing(connection: Connection) -> None:
    bulk.insert([])
    bulk.upsert([], unique=["connection", "xero_id"], update=COLUMNS)
    assert held(connection) == []
