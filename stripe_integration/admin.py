"""Stripe's records for the platform's staff: to look and to search, and to work on an event anew.

Keys are never shown, and there is no card to show.
"""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from pooltrackr.lib.admin import ReadOnlyAdmin
from stripe_integration import events
from stripe_integration.models import (
    Charge,
    CheckoutSession,
    OnChargeChange,
    Payout,
    SavedCard,
    StripeAccount,
    StripeEvent,
)


@admin.register(StripeAccount)
class StripeAccountAdmin(ReadOnlyAdmin):
    hidden = ("key_encrypted",)
    list_display = ("name", "stripe_id", "business", "status", "way", "is_live", "owed")
    list_filter = ("status", "way", "is_live", "country")
    search_fields = ("name", "stripe_id", "business__name", "business__slug")


@admin.register(CheckoutSession)
class CheckoutSessionAdmin(ReadOnlyAdmin):
    # Its address lets whoever has it pay.
    hidden = ("url", "body")
    list_display = ("invoice", "business", "way", "status", "amount", "fee", "created_at")
    list_filter = ("status", "way")
    search_fields = ("stripe_id", "payment_intent", "invoice__number", "business__name")
    list_select_related = ("business", "invoice")


@admin.register(Charge)
class ChargeAdmin(ReadOnlyAdmin):
    list_display = ("stripe_id", "business", "invoice", "amount", "applied", "refunded", "dispute")
    list_filter = ("brand", "dispute")
    search_fields = ("stripe_id", "payment_intent", "invoice__number", "business__name")
    list_select_related = ("business", "invoice")


@admin.register(SavedCard)
class SavedCardAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "business", "contact", "agreed_at", "forgotten_at")
    search_fields = ("method", "customer", "contact__name", "business__name")
    list_select_related = ("business", "contact")


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    list_display = ("stripe_id", "business", "status", "arrives_on", "amount", "currency")
    list_filter = ("status",)
    search_fields = ("stripe_id", "business__name")


@admin.register(OnChargeChange)
class OnChargeChangeAdmin(ReadOnlyAdmin):
    list_display = ("business", "by", "at", "reason")
    search_fields = ("business__name", "reason")
    list_select_related = ("business", "by")


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    list_display = ("event_type", "object_id", "account", "status", "attempts", "occurred_at")
    list_filter = ("status", "by_poll")
    search_fields = ("event_id", "object_id", "payment_intent")
    list_select_related = ("account",)
    actions = ("again",)

    @admin.action(description="Work on them anew")
    def again(self, request: HttpRequest, rows: QuerySet[StripeEvent]) -> None:
        self.message_user(request, f"{events.replay(rows)} events queued.", messages.SUCCESS)
