"""Merges of duplicates, with what is needed to undo them, and pairs known to differ.

Contacts and pools have tables of their own, since the database checks that both ends of a relation
belong to one business; what a merge is, is the same for both.
"""

from django.db import models

from businesses.constraints import SameBusiness
from businesses.models import Business, User
from contacts.models.contact import Contact
from contacts.models.pool import Pool


def merge_constraints(name: str) -> tuple[models.BaseConstraint, ...]:
    return (
        SameBusiness(field="primary", name=f"{name}_primary_same_business"),
        SameBusiness(field="duplicate", name=f"{name}_duplicate_same_business"),
        models.UniqueConstraint(
            fields=["duplicate"],
            condition=models.Q(undone_at=None),
            name=f"{name}_one_standing_per_duplicate",
        ),
    )


def apart_constraints(name: str) -> tuple[models.BaseConstraint, ...]:
    return (
        models.UniqueConstraint(fields=["first", "second"], name=f"{name}_once"),
        models.CheckConstraint(
            condition=models.Q(first__lt=models.F("second")), name=f"{name}_ordered"
        ),
        SameBusiness(field="first", name=f"{name}_first_same_business"),
        SameBusiness(field="second", name=f"{name}_second_same_business"),
    )


def both_ends(name: str, one: str, other: str) -> tuple[models.Index, ...]:
    # With the business: the composite keys are checked by them (see Contact.merged_into).
    return tuple(
        models.Index(fields=[end, "business"], name=f"{name}_by_{end}") for end in (one, other)
    )


class MergeRow(models.Model):
    """One duplicate taken into its primary.

    `before` holds both rows' fields as they were, `after` the primary's as the merge left them
    (undo compares: what changed since is asked about), `moves` what each follower of
    contacts.registry moved, in its own shape. Merges done together share `batch`.
    """

    batch = models.UUIDField(db_index=True)
    automatic = models.BooleanField(default=False)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    moves = models.JSONField(default=dict)
    done_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ("-done_at", "-id")

    def __str__(self) -> str:
        return f"{self.duplicate} into {self.primary}"  # type: ignore[attr-defined]


class Merge(MergeRow):
    business = models.ForeignKey(Business, models.PROTECT, related_name="merges")
    primary = models.ForeignKey(
        Contact, models.PROTECT, related_name="merges_received", db_index=False
    )
    duplicate = models.ForeignKey(
        Contact, models.PROTECT, related_name="merges_given", db_index=False
    )

    class Meta(MergeRow.Meta):
        constraints = merge_constraints("merge")
        indexes = both_ends("merge", "primary", "duplicate")


class PoolMerge(MergeRow):
    business = models.ForeignKey(Business, models.PROTECT, related_name="pool_merges")
    primary = models.ForeignKey(
        Pool, models.PROTECT, related_name="merges_received", db_index=False
    )
    duplicate = models.ForeignKey(Pool, models.PROTECT, related_name="merges_given", db_index=False)

    class Meta(MergeRow.Meta):
        constraints = merge_constraints("pool_merge")
        indexes = both_ends("pool_merge", "primary", "duplicate")


class ApartRow(models.Model):
    """Two rows that a person said are not the same; `first` has the lesser key."""

    said_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    said_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.first} is not {self.second}"  # type: ignore[attr-defined]


class NotDuplicates(ApartRow):
    business = models.ForeignKey(Business, models.CASCADE, related_name="not_duplicates")
    first = models.ForeignKey(Contact, models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Contact, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        verbose_name_plural = "pairs that are not duplicates"
        constraints = apart_constraints("not_duplicates")
        indexes = both_ends("not_duplicates", "first", "second")


class NotDuplicatePools(ApartRow):
    business = models.ForeignKey(Business, models.CASCADE, related_name="not_duplicate_pools")
    first = models.ForeignKey(Pool, models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Pool, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        verbose_name_plural = "pairs of pools that are not duplicates"
        constraints = apart_constraints("not_duplicate_pools")
        indexes = both_ends("not_duplicate_pools", "first", "second")
