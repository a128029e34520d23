"""Model fields and base classes that every app shares."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from stdnum.au import abn
from stdnum.exceptions import ValidationError as NumberError


def validate_abn(value: str) -> None:
    """Check the length and the check digits of an Australian business number."""
    try:
        abn.validate(value)
    except NumberError as error:
        raise ValidationError(
            "This is not a valid ABN. It has 11 digits, and two of them check the others: "
            "look for a typing error."
        ) from error


def tidy_abn(value: str) -> str:
    """Return an ABN as it is printed ("51 824 753 556"), or the text as given."""
    try:
        return str(abn.format(abn.validate(value)))
    except NumberError:
        return value.strip()


class TimeStamped(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class PublicKey(models.Model):
    """A random UUID as key: such a row's key leaves the house (in Xero, in links, in URLs)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True
