"""What the rows of a list page share: found by words, archived when no longer used."""

from collections.abc import Collection
from typing import Any, Self, TypeVar

from django.db import models
from django.utils import timezone

from businesses.fields import PublicKey, TimeStamped
from contacts.search import matching

Row = TypeVar("Row", bound="Listed")


class ListedQuerySet(models.QuerySet[Row]):
    def active(self) -> Self:
        return self.filter(archived_at=None)

    def archived(self) -> Self:
        return self.exclude(archived_at=None)

    def in_state(self, state: str) -> Self:
        """Return what a list's "Show" asks for: "archived", "all", or whatever else: active."""
        if state == "all":
            return self.all()
        return self.archived() if state == "archived" else self.active()

    def search(self, query: str) -> Self:
        return self.filter(matching(query)) if query.strip() else self


class Listed(PublicKey, TimeStamped):
    """A row of a list page; `refresh_search_key` says what it is found by.

    Archived, never deleted: invoices, merges and links go on naming it.
    """

    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    search_key = models.TextField(blank=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.refresh_search_key()
        fields: Collection[str] | None = kwargs.get("update_fields")
        if fields is not None:
            # Else a save of one field would leave the row findable by what it no longer says.
            kwargs["update_fields"] = {*fields, "search_key", "updated_at"}
        super().save(*args, **kwargs)

    def refresh_search_key(self) -> None:
        """Set `search_key`; bulk writes, which skip save(), call this themselves."""
        raise NotImplementedError

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    def archive(self) -> None:
        """Take the row out of lists and choices. Archiving twice keeps the first time."""
        if self.archived_at is None:
            self.archived_at = timezone.now()
            self.save(update_fields=["archived_at"])

    def restore(self) -> None:
        """Bring an archived row back; one that is not archived stays as it is."""
        if self.archived_at is not None:
            self.archived_at = None
            self.save(update_fields=["archived_at"])
