"""ImportFile: an uploaded contact list on its way in, kept where every web process finds it."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone

from businesses.fields import PublicKey, TimeStamped
from businesses.models import Business, User

# Long enough to come back after lunch or the next morning; the rows are personal data, so no more.
KEEP_ROWS = dt.timedelta(days=1)


class ImportStatus(models.TextChoices):
    UPLOADED = "uploaded", "Uploaded"
    IMPORTED = "imported", "Imported"
    UNDONE = "undone", "Undone"


class ImportFileQuerySet(models.QuerySet["ImportFile"]):
    def past_keeping(self) -> "ImportFileQuerySet":
        return self.filter(created_at__lt=timezone.now() - KEEP_ROWS)

    def clean_up(self) -> int:
        """Delete lists that were never imported and forget the rows of those that were."""
        self.past_keeping().filter(status=ImportStatus.UPLOADED).delete()
        return self.past_keeping().exclude(rows=[]).update(rows=[], left_out=[])


class ImportFile(PublicKey, TimeStamped):
    """`rows` and `header` are the file's cells as text, `mapping` a target field for each column.

    `result` holds the counts shown after the import, `left_out` the rows that stayed outside with
    their reasons, `created_ids` the contacts made, which an undo takes back.
    """

    business = models.ForeignKey(Business, models.CASCADE, related_name="import_files")
    name = models.CharField(max_length=255)
    encoding = models.CharField(max_length=20)
    header = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    mapping = models.JSONField(default=list)
    status = models.CharField(
        max_length=10, choices=ImportStatus, default=ImportStatus.UPLOADED, editable=False
    )
    result = models.JSONField(default=dict)
    left_out = models.JSONField(default=list)
    created_ids = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    # Contacts changed after this moment were touched by somebody, and an undo keeps them.
    imported_at = models.DateTimeField(null=True, blank=True)

    objects = ImportFileQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(status="uploaded") | Q(imported_at__isnull=False),
                name="import_file_imported_has_a_time",
            ),
        )

    def __str__(self) -> str:
        return self.name
