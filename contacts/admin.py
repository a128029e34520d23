"""Contacts for the platform's own staff: everything to be found and seen, nothing to be deleted."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from contacts.models import (
    Contact,
    ContactTag,
    DuplicateGroup,
    DuplicateJob,
    ImportFile,
    Merge,
    NotDuplicatePools,
    NotDuplicates,
    Pool,
    PoolContact,
    PoolMerge,
    Tag,
)


class KeptAdmin(admin.ModelAdmin[Any]):
    """Rows that others point to: archived, never deleted, and of one business for good."""

    list_select_related: ClassVar[list[str] | tuple[str, ...]] = ("business",)
    list_filter: ClassVar[list[Any] | tuple[Any, ...]] = ("business",)
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(KeptAdmin):
    """Rows that only the product writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ContactTagInline(admin.TabularInline[ContactTag, Contact]):
    model = ContactTag
    extra = 0
    can_delete = False
    readonly_fields = ("tag",)
    fields = ("tag",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PoolContactInline(admin.TabularInline[PoolContact, models.Model]):
    model = PoolContact
    extra = 0
    can_delete = False
    fields = readonly_fields = ("pool", "contact", "role")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Contact)
class ContactAdmin(KeptAdmin):
    list_display = ("name", "business", "kind", "email", "mobile", "archived_at", "updated_at")
    list_filter = ("business", "kind", ("archived_at", admin.EmptyFieldListFilter))
    search_fields = ("search_key", "=external_id", "=id")
    readonly_fields = (
        *("id", "business", "external_id", "archived_at", "merged_into"),
        *("created_at", "updated_at"),
    )
    date_hierarchy = "created_at"
    inlines = (ContactTagInline, PoolContactInline)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # the business is read-only here, and a contact without one cannot be


@admin.register(Pool)
class PoolAdmin(KeptAdmin):
    list_display = ("name", "business", "type", "address", "archived_at", "updated_at")
    list_filter = ("business", "type", ("archived_at", admin.EmptyFieldListFilter))
    search_fields = ("search_key", "=id")
    readonly_fields = (
        *("id", "business", "archived_at", "merged_into"),
        *("created_at", "updated_at"),
    )
    inlines = (PoolContactInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Tag)
class TagAdmin(KeptAdmin):
    list_display = ("name", "business")
    search_fields = ("name",)
    readonly_fields = ("business",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Merge, PoolMerge)
class MergeAdmin(ReadOnlyAdmin):
    list_display = (
        "duplicate",
        "primary",
        "business",
        "automatic",
        "done_by",
        "done_at",
        "undone_at",
    )
    list_filter = ("business", "automatic", ("undone_at", admin.EmptyFieldListFilter))
    list_select_related = ("business", "primary", "duplicate", "done_by")
    search_fields = ("primary__search_key", "duplicate__search_key", "=batch")
    date_hierarchy = "done_at"


@admin.register(NotDuplicates, NotDuplicatePools)
class NotDuplicatesAdmin(ReadOnlyAdmin):
    list_display = ("first", "second", "business", "said_by", "said_at")
    list_select_related = ("business", "first", "second", "said_by")
    search_fields = ("first__search_key", "second__search_key")


@admin.register(ImportFile)
class ImportFileAdmin(ReadOnlyAdmin):
    list_display = ("name", "business", "status", "uploaded_by", "created_at", "imported_at")
    list_filter = ("business", "status")
    list_select_related = ("business", "uploaded_by")
    search_fields = ("name", "=id")
    date_hierarchy = "created_at"
    # The rows are people's data and may be megabytes: counted on the page of the import itself.
    exclude = ("rows", "created_ids")


@admin.register(DuplicateJob)
class DuplicateJobAdmin(ReadOnlyAdmin):
    list_display = (
        "kind",
        "business",
        "of",
        "mode",
        "status",
        "done",
        "total",
        "created_at",
        "message",
    )
    list_filter = ("business", "kind", "status")
    date_hierarchy = "created_at"


@admin.register(DuplicateGroup)
class DuplicateGroupAdmin(ReadOnlyAdmin):
    list_display = ("job", "position", "probability", "sure", "business")
    list_filter = ("business", "sure")
    list_select_related = ("business", "job")
