"""The platform's pages for its own staff."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Everything to be seen but `hidden`, nothing to be changed: an integration's own records."""

    hidden: ClassVar[tuple[str, ...]] = ()
    list_per_page = 50
    show_full_result_count = False
    # The business's name is on every list, never a query for each row.
    list_select_related: ClassVar[list[str] | tuple[str, ...]] = ("business",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        names = [field.name for field in self.model._meta.fields]
        return [name for name in names if name not in self.hidden]
