"""Questions about sent invoices that were changed, voided or deleted in Xero."""

from django.db import models

from businesses.constraints import SameBusiness
from businesses.fields import TimeStamped
from businesses.models import Business, User
from invoices.models import Invoice, InvoiceStatus
from xero_integration.models.connection import Connection
from xero_integration.models.question import QuestionStatus


class InvoiceMatter(models.TextChoices):
    """What is asked."""

    CHANGED = "changed", "Changed in Xero"
    GONE = "gone", "Voided or deleted in Xero"


class InvoiceQuestionQuerySet(models.QuerySet["InvoiceQuestion"]):
    def open(self) -> "InvoiceQuestionQuerySet":
        """Those that still want an answer: nobody has voided the invoice here meanwhile."""
        asked = self.filter(status=QuestionStatus.OPEN)
        return asked.filter(invoice__status=InvoiceStatus.ISSUED)


class InvoiceQuestion(TimeStamped):
    """One matter of one invoice; open once at most. What the sides hold is read when it is shown.

    `ours` and `theirs` are digests of the two sides as they were asked about: an answer stands for
    as long as neither changes.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="invoice_questions")
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="xero_questions")
    xero_id = models.CharField("Xero id", max_length=64)
    matter = models.CharField(max_length=10, choices=InvoiceMatter)
    status = models.CharField(max_length=10, choices=QuestionStatus, default=QuestionStatus.OPEN)
    ours = models.CharField(max_length=64, blank=True)
    theirs = models.CharField(max_length=64, blank=True)
    answer = models.CharField(max_length=200, blank=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = InvoiceQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "question about an invoice"
        verbose_name_plural = "questions about invoices"
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "invoice", "matter"],
                condition=models.Q(status="open"),
                name="invoice_question_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=QuestionStatus.values),
                name="invoice_question_status_known",
            ),
            SameBusiness(field="connection", name="invoice_question_same_business"),
            SameBusiness(field="invoice", name="invoice_question_of_same_business"),
        )
        indexes = (
            # The list and the count of what is open.
            models.Index(fields=["connection", "status"], name="invoice_question_by_status"),
        )

    def __str__(self) -> str:
        return f"{self.invoice}: {self.get_matter_display()}"
