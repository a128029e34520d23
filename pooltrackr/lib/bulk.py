"""Rows written by the hundred where their new keys are not needed: several times quicker.

Django's `bulk_create` composes one long statement of all values for each chunk, and reads keys
back. That was a third of the processor time of a sync (docs/scale.md); here the driver gets one
short statement and the values.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connections, models, router
from django.db.models import Model
from django.db.transaction import atomic

Field = models.Field[Any, Any]

# Fields that hand values of their own type to the driver unchanged; most are of these.
AS_IT_IS: dict[type[Field], type] = {
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.PositiveSmallIntegerField: int,
    models.PositiveIntegerField: int,
    models.BigAutoField: int,
}


def insert(rows: Iterable[Model]) -> None:
    """Insert rows of one model, as `bulk_create` does, but leave their `pk` None.

    Raises IntegrityError as any insert does: then none of them is written.
    """
    _write(list(rows), ending="")


def upsert(rows: Iterable[Model], *, unique: Sequence[str], update: Sequence[str]) -> None:
    """Insert rows of one model; where one with the same `unique` fields is, write `update` of it.

    The fields are names, and `unique` those of one of the model's constraints.
    """
    rows = list(rows)
    if not rows:
        return
    quote = _connection(type(rows[0])).ops.quote_name
    columns = {field.name: quote(field.column) for field in type(rows[0])._meta.concrete_fields}
    target = ", ".join(columns[name] for name in unique)
    changes = ", ".join(f"{columns[name]} = EXCLUDED.{columns[name]}" for name in update)
    _write(rows, ending=f" ON CONFLICT ({target}) DO UPDATE SET {changes}")


def _write(rows: Sequence[Model], *, ending: str) -> None:
    if not rows:
        return
    model = type(rows[0])
    connection = _connection(model)
    quote = connection.ops.quote_name
    fields = [field for field in model._meta.concrete_fields if not _is_given(field)]
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    # Names of the model's own table and columns only: every value is a parameter.
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places}){ending}"  # noqa: S608
    readers = [_reader(field, connection) for field in fields]
    values = [[read(row) for read in readers] for row in rows]
    with atomic(connection.alias, savepoint=False), connection.cursor() as cursor:
        cursor.executemany(statement, values)


def _is_given(field: Field) -> bool:
    """Say whether the database gives the field its value."""
    return isinstance(field, models.AutoField)


def _reader(field: Field, connection: Any) -> Callable[[Model], Any]:
    """Return what reads the field's value of a row, as the driver takes it."""
    if type(field).pre_save is not models.Field.pre_save:
        return lambda row: field.get_db_prep_save(field.pre_save(row, add=True), connection)
    name, own_type = field.attname, _own_type(field)

    def read(row: Model) -> Any:
        value = getattr(row, name)
        return value if type(value) is own_type else field.get_db_prep_save(value, connection)

    return read


def _own_type(field: Field) -> type | None:
    """Return the type of values that the field hands to the driver unchanged, if there is one."""
    if isinstance(field, models.ForeignKey):
        field = field.target_field
    return AS_IT_IS.get(type(field))


def _connection(model: type[Model]) -> Any:
    return connections[router.db_for_write(model)]
