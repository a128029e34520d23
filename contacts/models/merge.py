"""Merges of duplicate contacts, with what is needed to undo them, and pairs known to differ."""

from django.db import models

from businesses.constraints import SameBusiness
from businesses.models import Business, User
from contacts.models.contact import Contact


class Merge(models.Model):
    """One duplicate taken into its primary.

    `before` holds both contacts' fields as they were, `after` the primary's as the merge left
    them (undo compares: what changed since is asked about), `moves` what each follower of
    contacts.registry moved, in its own shape. Merges done together share `batch`.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="merges")
    batch = models.UUIDField(db_index=True)
    primary = models.ForeignKey(
        Contact, models.PROTECT, related_name="merges_received", db_index=False
    )
    duplicate = models.ForeignKey(
        Contact, models.PROTECT, related_name="merges_given", db_index=False
    )
    automatic = models.BooleanField(default=False)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    moves = models.JSONField(default=dict)
    done_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-done_at", "-id")
        constraints = (
            SameBusiness(field="primary", name="merge_primary_same_business"),
            SameBusiness(field="duplicate", name="merge_duplicate_same_business"),
            models.UniqueConstraint(
                fields=["duplicate"],
                condition=models.Q(undone_at=None),
                name="merge_one_standing_per_duplicate",
            ),
        )
        # With the business: the composite keys are checked by them (see Contact.merged_into).
        indexes = (
            models.Index(fields=["primary", "business"], name="merge_by_primary"),
            models.Index(fields=["duplicate", "business"], name="merge_by_duplicate"),
        )

    def __str__(self) -> str:
        return f"{self.duplicate} into {self.primary}"


class NotDuplicates(models.Model):
    """Two contacts that a person said are not the same; `first` has the lesser key."""

    business = models.ForeignKey(Business, models.CASCADE, related_name="not_duplicates")
    first = models.ForeignKey(Contact, models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Contact, models.CASCADE, related_name="+", db_index=False)
    said_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    said_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "pairs that are not duplicates"
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="not_duplicates_once"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="not_duplicates_ordered"
            ),
            SameBusiness(field="first", name="not_duplicates_first_same_business"),
            SameBusiness(field="second", name="not_duplicates_second_same_business"),
        )
        indexes = (
            models.Index(fields=["first", "business"], name="not_duplicates_by_first"),
            models.Index(fields=["second", "business"], name="not_duplicates_by_second"),
        )

    def __str__(self) -> str:
        return f"{self.first} is not {self.second}"
