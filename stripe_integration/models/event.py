"""What Stripe tells: that something happened to an object, never what is in it."""

from django.db import models
from django.utils import timezone

from stripe_integration.models.account import StripeAccount


class EventStatus(models.TextChoices):
    RECEIVED = "received", "Received"
    DONE = "done", "Done"
    IGNORED = "ignored", "Ignored"
    # The last try failed; the sweep has it tried again.
    FAILED = "failed", "Failed"


OPEN_EVENTS = (EventStatus.RECEIVED, EventStatus.FAILED)


class StripeEvent(models.Model):
    """One event, by webhook or by poll. Its object is read anew when it is worked on.

    Stripe delivers at least once, late and in any order: `event_id` makes a repetition meet its
    row, and reading anew makes the order of no matter.
    """

    event_id = models.CharField(max_length=100, unique=True)
    account = models.ForeignKey(
        StripeAccount, models.CASCADE, null=True, blank=True, related_name="events"
    )
    event_type = models.CharField("type", max_length=100)
    object_id = models.CharField("object at Stripe", max_length=100, blank=True)
    payment_intent = models.CharField(max_length=100, blank=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    by_poll = models.BooleanField("found by asking", default=False)
    status = models.CharField(max_length=10, choices=EventStatus, default=EventStatus.RECEIVED)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    message = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "event from Stripe"
        verbose_name_plural = "events from Stripe"
        ordering = ("-received_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(status__in=EventStatus.values), name="stripe_event_status_known"
            ),
        )
        indexes = (
            models.Index(fields=["status", "not_before"], name="stripe_event_due"),
            models.Index(fields=["status", "received_at"], name="stripe_event_age"),
        )

    def __str__(self) -> str:
        return f"{self.event_type} {self.object_id}: {self.status}"
