"""Background work on duplicates: searches by similarity with their groups, and merges in bulk."""

import datetime as dt
from uuid import UUID

from django.db import models
from django.utils import timezone

from businesses.constraints import SameBusiness, business_and_id
from businesses.fields import PublicKey, TimeStamped
from businesses.models import Business, User

# A running job writes its progress at least this often; one that fell silent lost its worker.
SILENT_AFTER = dt.timedelta(seconds=90)


class GroupMode(models.TextChoices):
    STRICT = "strict", "Exactly the same"
    SIMILAR = "similar", "Similar"


class JobKind(models.TextChoices):
    SEARCH = "search", "Search for duplicates"
    MERGE = "merge", "Automatic merge"
    UNDO = "undo", "Undo of an automatic merge"


class Of(models.TextChoices):
    """What duplicates are looked for among."""

    CONTACTS = "contact", "Contacts"
    POOLS = "pool", "Pools"


class JobStatus(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class DuplicateJobQuerySet(models.QuerySet["DuplicateJob"]):
    def unfinished(self) -> "DuplicateJobQuerySet":
        return self.filter(status__in=(JobStatus.WAITING, JobStatus.RUNNING))

    def claim(self, pk: UUID) -> bool:
        """Take the job for this worker: one that waits, or one whose worker fell silent."""
        silent = timezone.now() - SILENT_AFTER
        free = models.Q(status=JobStatus.WAITING) | models.Q(
            status=JobStatus.RUNNING, updated_at__lt=silent
        )
        return bool(
            self.filter(free, pk=pk).update(status=JobStatus.RUNNING, updated_at=timezone.now())
        )


class DuplicateJob(PublicKey, TimeStamped):
    """One search or one automatic merge, with its progress.

    A finished search keeps its groups until the contacts in them change; `fields` and `rule` say
    what an automatic merge compares and keeps, `batch` ties its merges together.
    """

    business = models.ForeignKey(Business, models.CASCADE, related_name="duplicate_jobs")
    kind = models.CharField(max_length=10, choices=JobKind)
    of = models.CharField(max_length=10, choices=Of, default=Of.CONTACTS)
    mode = models.CharField(max_length=10, choices=GroupMode)
    fields = models.JSONField(default=list)
    rule = models.CharField(max_length=20, blank=True)
    batch = models.UUIDField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=JobStatus, default=JobStatus.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    requested_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = DuplicateJobQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        constraints = (business_and_id("duplicate_job"),)
        indexes = (
            # The tool asks for the latest search and the running merge of one business.
            models.Index(
                fields=["business", "kind", "of", "-created_at"], name="duplicate_job_latest"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_status_display().lower()}"

    @property
    def is_unfinished(self) -> bool:
        return self.status in (JobStatus.WAITING, JobStatus.RUNNING)

    @property
    def fell_silent(self) -> bool:
        return self.is_unfinished and self.updated_at < timezone.now() - SILENT_AFTER

    def progress(self, done: int, *, total: int) -> None:
        """Say how far the work is, which also tells that the worker lives."""
        self.done, self.total = done, total
        self.save(update_fields=["done", "total", "updated_at"])

    def finish(self, *, message: str = "") -> None:
        self._end(JobStatus.DONE, message)

    def fail(self, *, message: str) -> None:
        self._end(JobStatus.FAILED, message)

    def _end(self, status: JobStatus, message: str) -> None:
        self.status, self.message, self.finished_at = status, message, timezone.now()
        self.save(update_fields=["status", "message", "finished_at", "updated_at"])


class DuplicateGroup(models.Model):
    """Rows that a similarity search takes for one, best first by `position`.

    `contacts` holds their keys: of contacts or of pools, as the job says.
    """

    # No index: SQLite would check the composite key by it, through all rows of the business.
    business = models.ForeignKey(
        Business, models.CASCADE, related_name="duplicate_groups", db_index=False
    )
    job = models.ForeignKey(DuplicateJob, models.CASCADE, related_name="groups")
    position = models.PositiveIntegerField()
    contacts = models.JSONField(default=list)
    probability = models.FloatField()
    # The matcher would bet on it: only such groups are merged without a person's look.
    sure = models.BooleanField(default=False)
    reasons = models.JSONField(default=list)

    class Meta:
        ordering = ("job", "position")
        constraints = (
            models.UniqueConstraint(fields=["job", "position"], name="duplicate_group_position"),
            SameBusiness(field="job", name="duplicate_group_same_business"),
        )

    def __str__(self) -> str:
        return f"{len(self.contacts)} contacts, {self.probability:.0%}"
