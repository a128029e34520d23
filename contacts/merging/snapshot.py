"""A row's fields as plain JSON, as `before` and `after` of a merge hold them."""

from typing import Any

from contacts.merging.subject import Row, subject_of


def snapshot(row: Row) -> dict[str, Any]:
    """Return the fields of `row`; lists are copied, so later changes do not reach back."""
    values = {field: getattr(row, field) for field in subject_of(row).fields}
    return {name: list(v) if isinstance(v, list) else v for name, v in values.items()}


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the fields in which two snapshots of one row differ."""
    return [field for field in after if before.get(field) != after[field]]
