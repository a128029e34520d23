"""Invoices and products for the platform's own staff: to be found and seen, words to be mended.

Amounts, states and numbers change through the services only, and only a draft can be deleted.
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from invoices.models import (
    Invoice,
    InvoiceLine,
    InvoiceSequence,
    Payment,
    Product,
    ProductCategory,
    TaxRate,
)


class KeptAdmin(admin.ModelAdmin[Any]):
    """Rows of one business for good: made in the product, never deleted here."""

    list_select_related: ClassVar[list[str] | tuple[str, ...]] = ("business",)
    list_filter: ClassVar[list[Any] | tuple[Any, ...]] = ("business",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SeenInline(admin.TabularInline[Any, Invoice]):
    """Rows that are shown with their invoice and changed by nobody here."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LineInline(SeenInline):
    model = InvoiceLine
    fields = readonly_fields = (
        *("position", "product", "description", "quantity", "unit_price"),
        *("discount_percent", "tax_rate", "line_amount", "tax_amount"),
    )


class PaymentInline(SeenInline):
    model = Payment
    fields = readonly_fields = (
        *("date", "amount", "method", "reference", "recorded_by", "reversed_at", "reversed_by"),
    )


@admin.register(Invoice)
class InvoiceAdmin(KeptAdmin):
    list_display = (
        *("__str__", "business", "contact", "status", "date", "due_date"),
        *("total", "amount_paid", "updated_at"),
    )
    list_filter = ("status", "business", "tax_mode", ("voided_at", admin.EmptyFieldListFilter))
    list_select_related = ("business", "contact")
    search_fields = ("=number", "search_key", "contact__search_key", "=id")
    date_hierarchy = "date"
    inlines = (LineInline, PaymentInline)
    readonly_fields = (
        *("id", "business", "number", "status", "contact", "pool", "date", "tax_mode"),
        *("currency", "subtotal", "tax_total", "total", "amount_paid"),
        *("issued_at", "issued_by", "voided_at", "voided_by", "created_at", "updated_at"),
    )
    fieldsets = (
        (None, {"fields": ("number", "status", "business", "contact", "pool", "id")}),
        ("Words and dates", {"fields": ("date", "due_date", "service_date", "reference", "notes")}),
        (
            "Amounts",
            {
                "fields": (
                    *("tax_mode", "currency", "subtotal", "tax_total", "total", "amount_paid"),
                )
            },
        ),
        (
            "History",
            {
                "fields": (
                    *("issued_at", "issued_by", "voided_at", "voided_by"),
                    *("created_at", "updated_at"),
                )
            },
        ),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Without an object the bulk action asks: that one could take issued invoices along.
        return bool(obj and obj.is_draft and request.user.has_perm("invoices.delete_invoice"))


@admin.register(Payment)
class PaymentAdmin(KeptAdmin):
    list_display = ("invoice", "business", "date", "amount", "method", "reference", "reversed_at")
    list_filter = ("method", "business", ("reversed_at", admin.EmptyFieldListFilter))
    list_select_related = ("business", "invoice")
    search_fields = ("=invoice__number", "reference", "invoice__contact__search_key", "=id")
    date_hierarchy = "date"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Product)
class ProductAdmin(KeptAdmin):
    list_display = ("code", "name", "business", "category", "price", "tax_rate", "archived_at")
    list_filter = ("business", ("archived_at", admin.EmptyFieldListFilter))
    list_select_related = ("business", "category", "tax_rate")
    search_fields = ("search_key", "=id")
    readonly_fields = (
        *("id", "business", "category", "tax_rate", "archived_at", "created_at", "updated_at"),
    )


@admin.register(ProductCategory)
class ProductCategoryAdmin(KeptAdmin):
    list_display = ("name", "business")
    search_fields = ("name",)
    readonly_fields = ("business",)


@admin.register(TaxRate)
class TaxRateAdmin(KeptAdmin):
    list_display = ("name", "business", "percent", "is_default")
    search_fields = ("name",)
    # Stored invoices were computed with the percentage.
    readonly_fields = ("business", "percent", "is_default")


@admin.register(InvoiceSequence)
class InvoiceSequenceAdmin(KeptAdmin):
    list_display = ("business", "__str__", "prefix", "digits", "next_number")
    search_fields = ("business__name", "prefix")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
