"""What can be merged: contacts and pools, each with its tables, its fields and its followers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from businesses.models import Business
from contacts import registry
from contacts.models import Contact, Merge, NotDuplicatePools, NotDuplicates, Of, Pool, PoolMerge
from contacts.models.mergeable import MergeableQuerySet

Row = Contact | Pool
AnyMerge = Merge | PoolMerge

CONTACT_FIELDS = (
    *("kind", "name", "first_name", "last_name", "company"),
    *("email", "other_emails", "phone", "mobile"),
    *("street_line1", "street_line2", "street_city"),
    *("street_region", "street_code", "street_country"),
    *("postal_line1", "postal_line2", "postal_city"),
    *("postal_region", "postal_code", "postal_country"),
    *("abn", "account_number", "terms_days", "terms_type", "notes"),
)
POOL_FIELDS = (
    *("name", "type", "surface", "sanitiser", "volume_litres"),
    *("line1", "line2", "city", "region", "postal_code", "country", "equipment_notes"),
)


@dataclass(frozen=True)
class Subject:
    """`fields` are what a person can choose when merging, and what an undo puts back."""

    of: Of
    model: type[Any]
    merge: type[Any]
    apart: type[Any]
    fields: tuple[str, ...]
    followers: Mapping[str, registry.Follower[Any]]

    @property
    def noun(self) -> str:
        return str(self.of.value)

    @property
    def plural(self) -> str:
        return f"{self.noun}s"

    def rows(self, business: Business) -> MergeableQuerySet[Any]:
        return self.model.objects.filter(business=business)  # type: ignore[no-any-return]

    def merges(self, business: Business) -> models.QuerySet[Any]:
        return self.merge.objects.filter(business=business)  # type: ignore[no-any-return]

    def told_apart(self, business: Business) -> models.QuerySet[Any]:
        return self.apart.objects.filter(business=business)  # type: ignore[no-any-return]

    def described(self, row: Row) -> list[str]:
        """Return what hangs on `row`, in a few words for each follower that has something."""
        texts = (follower.describe(row) for follower in self.followers.values())
        return [text for text in texts if text]

    def label(self, field: str) -> str:
        """Return what a person calls the field, with a capital letter."""
        model_field = self.model._meta.get_field(field)
        kind, text = field.partition("_")[0], str(model_field.verbose_name)
        if kind in ("street", "postal") and field in CONTACT_FIELDS and "address" not in text:
            text = f"{kind} {text}"
        return text[:1].upper() + text[1:]


CONTACTS = Subject(Of.CONTACTS, Contact, Merge, NotDuplicates, CONTACT_FIELDS, registry.followers)
POOLS = Subject(Of.POOLS, Pool, PoolMerge, NotDuplicatePools, POOL_FIELDS, registry.pool_followers)
SUBJECTS = {str(subject.of.value): subject for subject in (CONTACTS, POOLS)}


def subject_of(row: Row | AnyMerge) -> Subject:
    return POOLS if isinstance(row, (Pool, PoolMerge)) else CONTACTS
