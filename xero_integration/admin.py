"""Xero's records for the platform's staff: to look, to search, and to send something once more.

Nothing that is synced can be added or deleted here, and what a worker or Xero decides is read-only.
Tokens are never shown.
"""

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from pooltrackr.lib.admin import ReadOnlyAdmin
from xero_integration import outbox
from xero_integration.connecting import disconnecting
from xero_integration.models import (
    Batch,
    BatchMember,
    CategoryAccount,
    CategoryTracking,
    Connection,
    Consent,
    Job,
    Link,
    LinkChoice,
    MoneyQuestion,
    OutboxRow,
    ProductAccount,
    PullState,
    Question,
    SyncEntry,
    TaxMapping,
    WizardRun,
    XeroAccount,
    XeroBrandingTheme,
    XeroContact,
    XeroEvent,
    XeroInvoice,
    XeroItem,
    XeroTaxRate,
    XeroToken,
    XeroTrackingOption,
)


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    list_display = ("organisation_name", "business", "status", "connected_at", "last_synced_at")
    list_filter = ("status", "invoice_status")
    search_fields = ("organisation_name", "tenant_id", "business__name", "business__slug")
    actions = ("end",)

    @admin.action(description="Disconnect: the business has left, or its trial is over")
    def end(self, request: HttpRequest, rows: QuerySet[Connection]) -> None:
        """End connections as their owners would: Xero counts them until they are deleted there."""
        assert request.user.is_authenticated
        ended = [disconnecting.disconnect(one, by=request.user) for one in rows.current()]  # type: ignore[attr-defined]
        late = ended.count(False)
        words = f"{len(ended)} connections ended."
        said = f"{words} Xero has yet to be told of {late}." if late else words
        self.message_user(request, said, messages.SUCCESS)


@admin.register(XeroToken)
class XeroTokenAdmin(ReadOnlyAdmin):
    hidden = ("access_token_encrypted", "refresh_token_encrypted")
    list_display = ("xero_userid", "expires_at", "refresh_expires_at", "generation", "broken_at")
    list_filter = (("broken_at", admin.EmptyFieldListFilter),)
    search_fields = ("xero_userid",)
    list_select_related = ()


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    hidden = ("verifier_encrypted", "nonce")
    list_display = ("business", "user", "created_at", "used_at")
    search_fields = ("business__name", "user__email")
    list_select_related = ("business", "user")


@admin.register(Link)
class LinkAdmin(ReadOnlyAdmin):
    list_display = ("business", "kind", "object_id", "xero_id", "status", "pushed_at")
    list_filter = ("kind", "status")
    search_fields = ("object_id", "xero_id", "business__name")


@admin.register(OutboxRow)
class OutboxRowAdmin(ReadOnlyAdmin):
    list_display = (
        *("label", "business", "kind", "status", "lane", "attempts"),
        *("error_class", "error_code", "queued_at"),
    )
    list_filter = ("status", "kind", "lane", "error_class", "error_code")
    search_fields = ("label", "object_id", "error_message", "business__name")
    actions = ("retry", "leave_out")

    @admin.action(description="Retry: send the chosen rows once more")
    def retry(self, request: HttpRequest, rows: QuerySet[OutboxRow]) -> None:
        queued = outbox.retry(rows, by=None)
        self.message_user(request, f"{queued} rows wait again.", messages.SUCCESS)

    @admin.action(description="Leave the chosen rows out of Xero")
    def leave_out(self, request: HttpRequest, rows: QuerySet[OutboxRow]) -> None:
        left = outbox.exclude(rows, by=None)
        self.message_user(request, f"{left} rows are left out of Xero.", messages.SUCCESS)


class MemberInline(admin.TabularInline[BatchMember, Batch]):
    model = BatchMember
    fields = ("position", "row", "generation", "error_code", "error_message", "settled_at")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[BatchMember]:
        return super().get_queryset(request).select_related("row")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    # The body quotes customers' records; its digest says enough to staff.
    hidden = ("body",)
    inlines = (MemberInline,)
    list_display = (
        *("idempotency_key", "business", "kind", "operation", "status"),
        *("attempts", "http_status", "duration_ms", "created_at"),
    )
    list_filter = ("status", "kind", "operation", "http_status")
    search_fields = ("idempotency_key", "business__name", "error_message")
    date_hierarchy = "created_at"


@admin.register(SyncEntry)
class SyncEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "business", "direction", "kind", "action", "outcome", "label")
    list_filter = ("outcome", "kind", "action", "direction")
    search_fields = ("label", "object_id", "xero_id", "message", "business__name")
    date_hierarchy = "at"


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("business", "kind", "status", "phase", "done", "total", "started_at")
    list_filter = ("kind", "status")
    search_fields = ("business__name", "error_message")


@admin.register(WizardRun)
class WizardRunAdmin(ReadOnlyAdmin):
    list_display = ("business", "step", "keep", "finished_at", "updated_at")
    list_filter = ("step", "keep")
    search_fields = ("business__name",)


@admin.register(LinkChoice)
class LinkChoiceAdmin(ReadOnlyAdmin):
    list_display = ("contact", "business", "action", "xero_contact", "certainty", "score")
    list_filter = ("action", "certainty", "keep", ("applied_at", admin.EmptyFieldListFilter))
    search_fields = ("contact__name", "xero_contact__name", "business__name")
    list_select_related = ("business", "contact", "xero_contact")


@admin.register(XeroContact)
class XeroContactAdmin(ReadOnlyAdmin):
    hidden = ("search_key",)
    list_display = ("name", "business", "status", "is_customer", "is_supplier", "read_at")
    list_filter = ("status", "is_customer", "is_supplier", "create_here")
    search_fields = ("name", "xero_id", "email", "business__name")


@admin.register(XeroInvoice)
class XeroInvoiceAdmin(ReadOnlyAdmin):
    list_display = ("number", "business", "type", "status", "date", "total", "amount_due")
    list_filter = ("status", "type")
    search_fields = ("number", "reference", "xero_id", "business__name")


@admin.register(XeroEvent)
class XeroEventAdmin(ReadOnlyAdmin):
    list_display = (
        *("received_at", "business", "category", "event_type", "resource_id"),
        *("status", "attempts", "message"),
    )
    list_filter = ("status", "category", "event_type")
    search_fields = ("resource_id", "tenant_id", "message", "business__name")
    date_hierarchy = "received_at"


@admin.register(MoneyQuestion)
class MoneyQuestionAdmin(ReadOnlyAdmin):
    list_display = ("invoice", "business", "amount", "status", "answer", "surplus", "created_at")
    list_filter = ("status", "answer")
    search_fields = ("invoice__number", "xero_id", "business__slug")
    list_select_related = ("business", "invoice")


@admin.register(Question)
class QuestionAdmin(ReadOnlyAdmin):
    list_display = ("contact", "business", "matter", "status", "created_at", "answered_at")
    list_filter = ("status", "matter")
    search_fields = ("contact__name", "xero_id", "business__slug")
    list_select_related = ("business", "contact")


@admin.register(PullState)
class PullStateAdmin(ReadOnlyAdmin):
    list_display = (
        *("connection", "business", "kind", "since", "page", "polled_at"),
        *("failing_since", "attempts", "not_before", "lease_until"),
    )
    list_filter = ("kind", ("failing_since", admin.EmptyFieldListFilter))
    search_fields = ("business__name",)
    list_select_related = ("business", "connection")


@admin.register(XeroAccount)
class XeroAccountAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "business", "type", "account_class", "status")
    list_filter = ("status", "account_class", "type")
    search_fields = ("code", "name", "xero_id", "business__name")


@admin.register(XeroTaxRate)
class XeroTaxRateAdmin(ReadOnlyAdmin):
    list_display = ("name", "business", "tax_type", "percent", "status", "can_apply_to_revenue")
    list_filter = ("status", "can_apply_to_revenue")
    search_fields = ("name", "tax_type", "business__name")


@admin.register(XeroBrandingTheme)
class XeroBrandingThemeAdmin(ReadOnlyAdmin):
    list_display = ("name", "business", "sort_order", "status")
    list_filter = ("status",)
    search_fields = ("name", "xero_id", "business__name")


@admin.register(XeroTrackingOption)
class XeroTrackingOptionAdmin(ReadOnlyAdmin):
    list_display = ("name", "tracking", "business", "status")
    list_filter = ("status",)
    search_fields = ("name", "tracking__name", "xero_id", "business__name")
    list_select_related = ("business", "tracking")


@admin.register(XeroItem)
class XeroItemAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "business", "price", "is_sold", "is_tracked", "status")
    list_filter = ("status", "is_sold", "is_tracked")
    search_fields = ("code", "name", "xero_id", "business__name")


@admin.register(CategoryTracking)
class CategoryTrackingAdmin(ReadOnlyAdmin):
    list_display = ("business", "tracking", "category", "option")
    search_fields = ("business__name", "tracking__name", "category__name", "option__name")
    list_select_related = ("business", "tracking", "category", "option")


@admin.register(CategoryAccount)
class CategoryAccountAdmin(ReadOnlyAdmin):
    list_display = ("business", "category", "account")
    search_fields = ("business__name", "category__name", "account__name")
    list_select_related = ("business", "category", "account")


@admin.register(ProductAccount)
class ProductAccountAdmin(ReadOnlyAdmin):
    list_display = ("business", "product", "account")
    search_fields = ("business__name", "product__name", "account__name")
    list_select_related = ("business", "product", "account")


@admin.register(TaxMapping)
class TaxMappingAdmin(ReadOnlyAdmin):
    list_display = ("business", "tax_rate", "xero_tax_rate")
    search_fields = ("business__name", "tax_rate__name", "xero_tax_rate__name")
    list_select_related = ("business", "tax_rate", "xero_tax_rate")
