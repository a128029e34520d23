"""Payment: money received for an invoice. Never changed; a wrong one is reversed."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone

from businesses.constraints import SameBusiness, business_and_id
from businesses.fields import PublicKey, TimeStamped
from businesses.models import Business, User
from invoices.errors import InvoiceRefused
from invoices.models.invoice import Invoice


class PaymentMethod(models.TextChoices):
    BANK_TRANSFER = "bank_transfer", "Bank transfer"
    CARD = "card", "Card"
    # By the link on the invoice: entered by itself, and never by a person.
    CARD_ONLINE = "card_online", "Card online (Stripe)"
    EFTPOS = "eftpos", "EFTPOS"
    CASH = "cash", "Cash"
    CHEQUE = "cheque", "Cheque"
    DIRECT_DEBIT = "direct_debit", "Direct debit"
    # A credit note or an earlier overpayment, set against the invoice: no money moved.
    CREDIT = "credit", "Credit"
    OTHER = "other", "Other"


# What a person records; the others come from elsewhere.
BY_PERSON = [
    method
    for method in PaymentMethod.choices
    if method[0] not in (PaymentMethod.CREDIT, PaymentMethod.CARD_ONLINE)
]


class PaymentQuerySet(models.QuerySet["Payment"]):
    def standing(self) -> "PaymentQuerySet":
        return self.filter(reversed_at=None)


class Payment(PublicKey, TimeStamped):
    business = models.ForeignKey(Business, models.PROTECT, related_name="payments")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments", db_index=False)
    date = models.DateField()
    amount = models.DecimalField(
        max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    method = models.CharField(
        max_length=20, choices=PaymentMethod, default=PaymentMethod.BANK_TRANSFER
    )
    reference = models.CharField(max_length=255, blank=True)
    # Where it came to, as an integration tells, of one whose method nobody here chose.
    account = models.CharField(max_length=150, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    reversed_at = models.DateTimeField(null=True, blank=True, editable=False)
    reversed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ("date", "created_at")
        constraints = (
            business_and_id("payment"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_positive"),
            SameBusiness(field="invoice", name="payment_invoice_same_business"),
        )
        # Both columns of the composite key: see businesses.constraints.
        indexes = (models.Index(fields=["invoice", "business"], name="payment_by_invoice"),)

    def __str__(self) -> str:
        return f"{self.amount} on {self.date}"

    @property
    def how(self) -> str:
        """The method in words, with the account of one that came from elsewhere."""
        words = self.get_method_display()
        return f"{words} ({self.account})" if self.account else words

    @property
    def is_reversed(self) -> bool:
        return self.reversed_at is not None

    def reverse(self, *, by: User | None) -> None:
        """Take the payment back; the caller saves it and the invoice."""
        if self.is_reversed:
            raise InvoiceRefused("This payment has been reversed already.")
        self.reversed_at, self.reversed_by = timezone.now(), by
