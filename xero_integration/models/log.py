"""The sync log: what happened to each record, in which direction, in Xero's own words."""

from django.db import models

from businesses.constraints import SameBusiness
from businesses.models import Business
from xero_integration.models.connection import Connection
from xero_integration.models.link import Kind
from xero_integration.models.outbox import Batch


class Direction(models.TextChoices):
    TO_XERO = "to_xero", "To Xero"
    FROM_XERO = "from_xero", "From Xero"


class Outcome(models.TextChoices):
    DONE = "done", "Done"
    RETRYING = "retrying", "Will try again"
    FAILED = "failed", "Needs you"


class Action(models.TextChoices):
    CREATE = "create", "Created"
    UPDATE = "update", "Updated"
    LINK = "link", "Linked"
    ADOPT = "adopt", "Found and linked"
    LEAVE = "leave", "Left out"
    VOID = "void", "Voided"
    UNLINK = "unlink", "Unlinked"
    READ = "read", "Read"
    EMAIL = "email", "E-mailed"
    # By the sweep: what a killed worker or a missed signal had left behind.
    MEND = "mend", "Mended"


class SyncEntry(models.Model):
    """One line of the log. Appended, never changed."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="entries")
    at = models.DateTimeField(auto_now_add=True)
    direction = models.CharField(max_length=10, choices=Direction)
    kind = models.CharField(max_length=20, choices=Kind)
    action = models.CharField(max_length=10, choices=Action)
    outcome = models.CharField(max_length=10, choices=Outcome)
    object_id = models.UUIDField(null=True, blank=True)
    xero_id = models.CharField("Xero id", max_length=64, blank=True)
    label = models.CharField(max_length=255, blank=True)
    message = models.TextField(blank=True, help_text="Xero's own words.")
    error_code = models.CharField(max_length=60, blank=True)
    batch = models.ForeignKey(Batch, models.SET_NULL, null=True, blank=True, related_name="+")
    duration_ms = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = "sync log entry"
        verbose_name_plural = "sync log entries"
        ordering = ("-at", "-id")
        constraints = (SameBusiness(field="connection", name="entry_connection_same_business"),)
        indexes = (
            models.Index(fields=["connection", "-at"], name="entry_by_time"),
            models.Index(fields=["connection", "kind", "object_id"], name="entry_by_object"),
        )

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.label}"
