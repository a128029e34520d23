"""Questions: what happened to a contact in Xero that a person must decide about here."""

from django.db import models

from businesses.constraints import SameBusiness
from businesses.fields import TimeStamped
from businesses.models import Business, User
from contacts.models import Contact
from xero_integration.models.connection import Connection


class Matter(models.TextChoices):
    """What is asked."""

    DIFFERS = "differs", "Changed on both sides"
    ARCHIVED = "archived", "Archived in Xero"
    MERGED = "merged", "Merged in Xero"


class QuestionStatus(models.TextChoices):
    OPEN = "open", "Open"
    ANSWERED = "answered", "Answered"
    # What was asked about is so no longer: changed back, unarchived, linked anew.
    OVER = "over", "No longer asked"


class QuestionQuerySet(models.QuerySet["Question"]):
    def open(self) -> "QuestionQuerySet":
        """Those that still want an answer: nobody has merged or archived here meanwhile."""
        asked = self.filter(status=QuestionStatus.OPEN, contact__merged_into=None)
        asked = asked.exclude(other__merged_into__isnull=False)
        return asked.exclude(matter=Matter.ARCHIVED, contact__archived_at__isnull=False)


class Question(TimeStamped):
    """One matter of one contact; open once at most. What the sides hold is read when it is shown.

    `fields` names our fields that both sides changed; `other` is who the contact was merged with.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="questions")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="xero_questions")
    other = models.ForeignKey(
        Contact, models.CASCADE, null=True, blank=True, related_name="xero_questions_of_other"
    )
    xero_id = models.CharField("Xero id", max_length=64)
    matter = models.CharField(max_length=10, choices=Matter)
    status = models.CharField(max_length=10, choices=QuestionStatus, default=QuestionStatus.OPEN)
    fields = models.JSONField(default=list, blank=True)
    answer = models.CharField(max_length=200, blank=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "question about a contact"
        verbose_name_plural = "questions about contacts"
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "contact", "matter"],
                condition=models.Q(status="open"),
                name="question_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=QuestionStatus.values), name="question_status_known"
            ),
            SameBusiness(field="connection", name="question_connection_same_business"),
            SameBusiness(field="contact", name="question_contact_same_business"),
            SameBusiness(field="other", name="question_other_same_business"),
        )
        indexes = (
            # The list and the count of what is open.
            models.Index(fields=["connection", "status"], name="question_by_status"),
        )

    def __str__(self) -> str:
        return f"{self.contact}: {self.get_matter_display()}"
