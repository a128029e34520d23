"""The outbox: what still has to reach Xero, and the batches in which it goes.

An OutboxRow is the wish that one object stand in Xero as it stands here. A Batch is one call,
written down before it is made; its members are the rows in flight.
"""

from django.db import models

from businesses.constraints import SameBusiness, business_and_id
from businesses.fields import TimeStamped
from businesses.models import Business
from xero_integration.models.connection import Connection
from xero_integration.models.link import Kind


class Lane(models.TextChoices):
    """What a person just did goes before what a machine does in bulk."""

    INTERACTIVE = "interactive", "At once"
    BULK = "bulk", "In bulk"


class OutboxStatus(models.TextChoices):
    WAITING = "waiting", "Waiting"
    IN_FLIGHT = "in_flight", "In progress"
    PARKED = "parked", "Needs you"
    DONE = "done", "Done"
    EXCLUDED = "excluded", "Left out of Xero"


class ErrorClass(models.TextChoices):
    """What to do about a failure; classified once, at the client's edge (client.errors)."""

    TEMPORARY = "temporary", "Temporary"
    RATE_LIMITED = "rate_limited", "Xero's limit reached"
    REJECTED = "rejected", "Refused by Xero"
    CONNECTION_LOST = "connection_lost", "Connection lost"
    UNKNOWN = "unknown", "Unknown"
    # Found here before sending: an account not mapped, a contact left out.
    NOT_READY = "not_ready", "Not ready to send"


class OutboxRow(TimeStamped):
    """One row for each (connection, kind, object).

    Enqueueing again raises `generation`; settling compares it with the one that was sent, so an
    edit made while the row is in flight is sent next. While `status` is in_flight the row belongs
    to an open BatchMember.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="outbox")
    kind = models.CharField(max_length=20, choices=Kind)
    object_id = models.UUIDField()
    label = models.CharField(max_length=255, blank=True, help_text="Name or number, for the log.")
    lane = models.CharField(max_length=15, choices=Lane, default=Lane.INTERACTIVE)
    status = models.CharField(max_length=15, choices=OutboxStatus, default=OutboxStatus.WAITING)
    generation = models.PositiveIntegerField(default=1)
    queued_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    error_class = models.CharField(max_length=20, choices=ErrorClass, blank=True)
    error_code = models.CharField(max_length=60, blank=True, help_text="Key of the known cause.")
    error_message = models.TextField(blank=True, help_text="Xero's own words.")
    proposed_name = models.CharField(max_length=255, blank=True)

    class Meta:
        verbose_name = "outbox row"
        constraints = (
            business_and_id("outbox_row"),
            models.UniqueConstraint(
                fields=["connection", "kind", "object_id"], name="outbox_one_row_per_object"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=OutboxStatus.values), name="outbox_status_known"
            ),
            SameBusiness(field="connection", name="outbox_connection_same_business"),
        )
        indexes = (
            # The claim: due rows of one kind and lane of one organisation, oldest first.
            models.Index(
                fields=["connection", "status", "kind", "lane", "not_before"], name="outbox_claim"
            ),
            # The sweep: rows in flight whose lease ran out, over all organisations.
            models.Index(fields=["status", "lease_until"], name="outbox_leases"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.label or self.object_id}: {self.status}"


class BatchStatus(models.TextChoices):
    PREPARED = "prepared", "Prepared"  # written down; the call may or may not have been made
    UNCLEAR = "unclear", "Outcome unclear"  # no answer, or a 5xx: the same key goes again
    # The key died, or Xero says that a number of ours is taken: what is there decides.
    LOOK_UP = "look_up", "To be looked up"
    SETTLED = "settled", "Settled"
    # Each member was looked up in Xero, then adopted or queued anew.
    LOOKED_UP = "looked_up", "Looked up"
    # Nothing reached Xero (limit, no connection): the rows wait again, with whatever is newest.
    RELEASED = "released", "Not sent"
    # Refused as a whole: its halves went as batches of their own.
    SPLIT = "split", "Split"


# Batches that still have something to do.
OPEN_BATCHES = (BatchStatus.PREPARED, BatchStatus.UNCLEAR, BatchStatus.LOOK_UP)


class BatchOperation(models.TextChoices):
    CREATE = "create", "Create"  # PUT: never overwrites somebody's record
    UPDATE = "update", "Update"  # POST by id
    VOID = "void", "Void"  # POST by id, of the status alone


class Batch(TimeStamped):
    """One call to Xero: its exact body and key are stored and committed before it is made."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="batches")
    kind = models.CharField(max_length=20, choices=Kind)
    operation = models.CharField(max_length=10, choices=BatchOperation)
    lane = models.CharField(max_length=15, choices=Lane, default=Lane.INTERACTIVE)
    idempotency_key = models.CharField(max_length=128, unique=True)
    # Kept until settled, its digest afterwards.
    body = models.TextField(blank=True)
    body_digest = models.CharField(max_length=64)
    status = models.CharField(max_length=15, choices=BatchStatus, default=BatchStatus.PREPARED)
    # When the key was first used; Xero forgets it six minutes later. Set before the call.
    first_sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    error_message = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "batches"
        constraints = (
            business_and_id("batch"),
            SameBusiness(field="connection", name="batch_connection_same_business"),
        )
        indexes = (models.Index(fields=["status", "lease_until"], name="batch_leases"),)

    def __str__(self) -> str:
        return f"{self.operation} {self.kind} {self.idempotency_key}"


class BatchMember(models.Model):
    """One element of a batch: the row in flight and the generation that its payload shows."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="members")
    row = models.ForeignKey(OutboxRow, models.CASCADE, related_name="members")
    position = models.PositiveSmallIntegerField()
    generation = models.PositiveIntegerField()
    payload_digest = models.CharField(max_length=64)
    # What the answer is compared with: total and tax as sent, our line ids in their order.
    expected = models.JSONField(default=dict, blank=True)
    # When the object was read: the link's `checked_at` once this has arrived.
    read_at = models.DateTimeField()
    # Why Xero refused it, kept while the look-up decides whether it is there already.
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("batch", "position")
        constraints = (
            models.UniqueConstraint(fields=["batch", "position"], name="member_once_per_place"),
            SameBusiness(field="batch", name="member_batch_same_business"),
            SameBusiness(field="row", name="member_row_same_business"),
        )

    def __str__(self) -> str:
        return f"{self.position} of {self.batch}"
