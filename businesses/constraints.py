"""A database constraint: both ends of a relation belong to one business."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class SameBusiness(models.BaseConstraint):
    """A composite foreign key (business, `field`) to (business, id) of the related table.

    The related model carries the unique pair by `business_and_id()`. A null `field` passes, as
    SQL's MATCH SIMPLE has it. Works on PostgreSQL and, declared in the table, on SQLite.

    Saving a parent row lets SQLite look for its children by both columns. An index on `business`
    alone would win there and read every row of the business, so a child has none, or one on
    (`field`, business); pooltrackr.tests.test_indexes asks for the plan of each.
    """

    def __init__(self, *, field: str, name: str, **kwargs: Any) -> None:
        self.field = field
        super().__init__(name=name, **kwargs)

    def constraint_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        assert model is not None and schema_editor is not None
        quote = schema_editor.quote_name
        field = model._meta.get_field(self.field)
        assert isinstance(field, models.ForeignKey)
        target = field.related_model._meta
        # Deferrable: undoing a merge moves both ends within one transaction.
        return (
            f"CONSTRAINT {quote(self.name)} FOREIGN KEY ({quote('business_id')}, "
            f"{quote(field.column)}) REFERENCES {quote(target.db_table)} "
            f"({quote('business_id')}, {quote(str(target.pk.column))}) "
            "DEFERRABLE INITIALLY DEFERRED"
        )

    def create_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        assert model is not None and schema_editor is not None
        table = schema_editor.quote_name(model._meta.db_table)
        return f"ALTER TABLE {table} ADD {self.constraint_sql(model, schema_editor)}"

    def remove_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        assert model is not None and schema_editor is not None
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Collection[str] | None = None,
        using: str = "default",
    ) -> None:
        if exclude and self.field in exclude:
            return
        related = getattr(instance, self.field, None)
        if related is not None and related.business_id != instance.business_id:  # type: ignore[attr-defined]
            raise ValidationError({self.field: "This belongs to another business."})

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, tuple(args), {**kwargs, "field": self.field}

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SameBusiness):
            return self.deconstruct() == other.deconstruct()
        return NotImplemented

    __hash__ = models.BaseConstraint.__hash__


def business_and_id(table: str) -> models.UniqueConstraint:
    """The unique pair (business, id) that a composite foreign key points to."""
    return models.UniqueConstraint(fields=["business", "id"], name=f"{table}_business_and_id")
