"""A contact's fields as plain JSON, as Merge.before and Merge.after hold them."""

from typing import Any

from django.db import models

from contacts.models import Contact

# What a person can choose when merging, and what an undo puts back.
FIELDS = (
    *("kind", "name", "first_name", "last_name", "company"),
    *("email", "other_emails", "phone", "mobile"),
    *("street_line1", "street_line2", "street_city"),
    *("street_region", "street_code", "street_country"),
    *("postal_line1", "postal_line2", "postal_city"),
    *("postal_region", "postal_code", "postal_country"),
    *("abn", "account_number", "terms_days", "terms_type", "notes"),
)


def snapshot(contact: Contact) -> dict[str, Any]:
    """Return the fields of `contact`; lists are copied, so later changes do not reach back."""
    values = {field: getattr(contact, field) for field in FIELDS}
    return {**values, "other_emails": list(contact.other_emails)}


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the fields in which two snapshots differ."""
    return [field for field in FIELDS if before.get(field) != after.get(field)]


def label(field: str) -> str:
    """Return what a person calls the field, with a capital letter."""
    model_field = Contact._meta.get_field(field)
    assert isinstance(model_field, models.Field)
    kind, text = field.partition("_")[0], str(model_field.verbose_name)
    if kind in ("street", "postal") and "address" not in text:
        text = f"{kind} {text}"
    return text[:1].upper() + text[1:]
