import pytest
from django.db import connection


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite for its query plans")
def test_saving_a_row_does_not_look_through_all_rows_of_its_business():
    with connection.cursor() as cursor:
        tables = [t for t in connection.introspection.table_names(cursor) if t[:9] == "contacts_"]
        for table in tables:
            keys: dict[int, list[str]] = {}
            cursor.execute(f"PRAGMA foreign_key_list({table})")
            for key, _order, _parent, column, *_rest in cursor.fetchall():
                keys.setdefault(key, []).append(column)
            for columns in keys.values():
                if len(columns) == 2:
                    condition = " AND ".join(f"{column} = 1" for column in columns)
                    # Names from the database itself, not from anybody outside.
                    query = f"EXPLAIN QUERY PLAN SELECT rowid FROM {table} WHERE {condition}"  # noqa: S608
                    cursor.execute(query)
                    plan = cursor.fetchone()[3]
                    assert f"({columns[1]}=?" in plan, f"{table}: {plan}"
