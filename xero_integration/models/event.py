"""What arrives from Xero: events of its webhooks, and how far each organisation has been read."""

from django.db import models
from django.utils import timezone

from businesses.constraints import SameBusiness
from businesses.models import Business
from xero_integration.models.connection import Connection
from xero_integration.models.link import Kind


class EventStatus(models.TextChoices):
    RECEIVED = "received", "Received"
    DONE = "done", "Read"
    # Our own change came back, or the mirror had it already.
    ECHO = "echo", "Nothing new"
    IGNORED = "ignored", "Ignored"
    # The last try failed; the sweep has it tried again.
    FAILED = "failed", "Failed"


# Those that still have something to do.
OPEN_EVENTS = (EventStatus.RECEIVED, EventStatus.FAILED)


class XeroEvent(models.Model):
    """One event of a webhook: that a record changed, never what is in it.

    Xero delivers at least once, late and in any order; `uid` is made of the event itself, so that
    a repetition meets its row. `business` and `connection` are empty when nobody here is connected
    to the organisation.
    """

    business = models.ForeignKey(
        Business, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    connection = models.ForeignKey(
        Connection, models.CASCADE, null=True, blank=True, related_name="events"
    )
    uid = models.CharField(max_length=64, unique=True, editable=False)
    tenant_id = models.CharField("organisation id", max_length=64)
    category = models.CharField(max_length=30)
    event_type = models.CharField("type", max_length=30)
    resource_id = models.CharField("record in Xero", max_length=64)
    occurred_at = models.DateTimeField("changed in Xero at")
    received_at = models.DateTimeField(default=timezone.now)
    status = models.CharField(max_length=10, choices=EventStatus, default=EventStatus.RECEIVED)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    message = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "event from Xero"
        verbose_name_plural = "events from Xero"
        ordering = ("-received_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(status__in=EventStatus.values), name="xero_event_status_known"
            ),
            SameBusiness(field="connection", name="xero_event_same_business"),
        )
        indexes = (
            # What is to be done, of one organisation and over all of them.
            models.Index(fields=["connection", "status", "not_before"], name="xero_event_due"),
            models.Index(fields=["status", "received_at"], name="xero_event_age"),
        )

    def __str__(self) -> str:
        return f"{self.category} {self.event_type} {self.resource_id}: {self.status}"


class PullState(models.Model):
    """How far one kind of an organisation's records has been read; one reader at a time.

    `since` is Xero's own time of the newest record stored, so that no clock of ours decides what
    is read; `page` goes on within it, where a single second holds more than a page.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="pull_states")
    kind = models.CharField(max_length=20, choices=Kind)
    since = models.DateTimeField()
    page = models.PositiveIntegerField(default=1)
    polled_at = models.DateTimeField(null=True, blank=True)
    # Of polls that failed, one after the other: all empty again once a page was stored.
    failing_since = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField("failed tries", default=0)
    not_before = models.DateTimeField("next try", null=True, blank=True)
    message = models.TextField(blank=True)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "reading state"
        constraints = (
            models.UniqueConstraint(fields=["connection", "kind"], name="pull_state_once"),
            SameBusiness(field="connection", name="pull_state_same_business"),
        )
        indexes = (models.Index(fields=["polled_at"], name="pull_state_due"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} since {self.since:%Y-%m-%d %H:%M:%S}"
