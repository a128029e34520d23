"""Composite keys and the plans that SQLite makes for them (businesses.constraints)."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper

OURS = ("contacts_", "invoices_", "stripe_integration_", "xero_integration_")


def composite_keys(cursor: CursorWrapper, table: str) -> Iterator[list[str]]:
    """The columns of each foreign key of `table` that has two of them."""
    keys: dict[int, list[str]] = {}
    cursor.execute(f"PRAGMA foreign_key_list({table})")
    for key, _order, _parent, column, *_rest in cursor.fetchall():
        keys.setdefault(key, []).append(column)
    return (columns for columns in keys.values() if len(columns) == 2)


def finds_one_row(cursor: CursorWrapper, plan: str) -> bool:
    """Whether the plan searches an index that is on the business alone and unique: one row."""
    found = re.search(r"USING (?:COVERING )?INDEX (\w+_autoindex_\w+) ", plan)
    if not found:
        return False
    cursor.execute(f"PRAGMA index_info({found[1]})")
    return len(cursor.fetchall()) == 1


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite for its query plans")
def test_saving_a_row_does_not_look_through_all_rows_of_its_business() -> None:
    slow = []
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in [name for name in tables if name.startswith(OURS)]:
            for columns in composite_keys(cursor, table):
                condition = " AND ".join(f"{column} = 1" for column in columns)
                # Names from the database itself, not from anybody outside.
                query = f"EXPLAIN QUERY PLAN SELECT rowid FROM {table} WHERE {condition}"  # noqa: S608
                cursor.execute(query)
                plan = cursor.fetchone()[3]
                if f"({columns[1]}=?" not in plan and not finds_one_row(cursor, plan):
                    slow.append(f"{table}.{columns[1]}: {plan}")
    assert slow == []
