"""Money that may have been entered on both sides, or was paid twice: a person decides which."""

from decimal import Decimal

from django.db import models

from businesses.constraints import SameBusiness
from businesses.fields import TimeStamped
from businesses.models import Business, User
from invoices.models import Invoice, Payment, PaymentMethod
from xero_integration.models.connection import Connection
from xero_integration.models.question import QuestionStatus


class MoneyAnswer(models.TextChoices):
    SAME = "same", "The same money"
    TWO = "two", "Two payments"


class MoneyQuestion(TimeStamped):
    """A payment in Xero beside ours, if any, that may be it; each payment of Xero's once.

    `surplus` is what the customer has paid too much where they are two; it is shown until somebody
    says that it was given back or entered as a credit.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="money_questions")
    invoice = models.ForeignKey(
        Invoice, models.CASCADE, related_name="xero_money_questions", db_index=False
    )
    payment = models.ForeignKey(
        Payment, models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    xero_id = models.CharField("Xero id", max_length=80)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    date = models.DateField()
    reference = models.CharField(max_length=255, blank=True)
    method = models.CharField(max_length=20, choices=PaymentMethod, default=PaymentMethod.OTHER)
    account = models.CharField(max_length=150, blank=True)
    status = models.CharField(max_length=10, choices=QuestionStatus, default=QuestionStatus.OPEN)
    answer = models.CharField(max_length=10, choices=MoneyAnswer, blank=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    surplus = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "question about money"
        verbose_name_plural = "questions about money"
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=["connection", "xero_id"], name="money_question_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=QuestionStatus.values),
                name="money_question_status_known",
            ),
            SameBusiness(field="connection", name="money_question_connection_same_business"),
            SameBusiness(field="invoice", name="money_question_invoice_same_business"),
            SameBusiness(field="payment", name="money_question_payment_same_business"),
        )
        indexes = (
            # Both columns of the composite keys: see businesses.constraints.
            models.Index(fields=["invoice", "business"], name="money_question_by_invoice"),
            models.Index(fields=["payment", "business"], name="money_question_by_payment"),
            models.Index(fields=["connection", "status"], name="money_question_by_status"),
        )

    def __str__(self) -> str:
        return f"{self.invoice}: {self.amount}"

    @property
    def how(self) -> str:
        words = self.get_method_display()
        return f"{words} ({self.account})" if self.account else words

    @property
    def is_owed_back(self) -> bool:
        return self.surplus > 0 and self.settled_at is None
