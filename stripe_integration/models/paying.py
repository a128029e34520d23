"""Whether an invoice may be paid by card, and each walk of a customer to Stripe's payment page."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models

from businesses.constraints import SameBusiness, business_and_id
from businesses.fields import PublicKey, TimeStamped
from businesses.models import Business, User
from contacts.models import Contact
from invoices.models import Invoice
from stripe_integration.models.account import StripeAccount
from stripe_integration.models.saved_card import SavedCard


class Paying(models.Model):
    """Switches of one contact or one invoice; empty: as the level above says."""

    offers_payment = models.BooleanField("offer card payment", null=True, blank=True)
    on_charges = models.BooleanField("charge the card fee on", null=True, blank=True)
    takes_parts = models.BooleanField("let the customer pay a part", null=True, blank=True)

    class Meta:
        abstract = True


class ContactPaying(Paying):
    business = models.ForeignKey(Business, models.CASCADE, related_name="+", db_index=False)
    contact = models.OneToOneField(Contact, models.CASCADE, related_name="stripe_paying")

    class Meta:
        constraints = (SameBusiness(field="contact", name="contact_paying_same_business"),)
        indexes = (
            # Both columns of the composite key: see businesses.constraints.
            models.Index(fields=["contact", "business"], name="contact_paying_by_contact"),
        )

    def __str__(self) -> str:
        return f"{self.contact}"


class InvoicePaying(Paying):
    business = models.ForeignKey(Business, models.CASCADE, related_name="+", db_index=False)
    invoice = models.OneToOneField(Invoice, models.CASCADE, related_name="stripe_paying")

    class Meta:
        constraints = (SameBusiness(field="invoice", name="invoice_paying_same_business"),)
        indexes = (models.Index(fields=["invoice", "business"], name="invoice_paying_by_invoice"),)

    def __str__(self) -> str:
        return f"{self.invoice}"


class SessionStatus(models.TextChoices):
    # Written down, and nobody knows yet whether Stripe has it.
    PREPARED = "prepared", "Being opened"
    OPEN = "open", "Open"
    PAID = "paid", "Paid"
    EXPIRED = "expired", "Closed unpaid"
    REFUSED = "refused", "Refused by Stripe"


LIVE = (SessionStatus.PREPARED, SessionStatus.OPEN)


class PayWay(models.TextChoices):
    PAGE = "page", "Payment page"
    SAVED = "saved", "Saved card"


class CheckoutSession(PublicKey, TimeStamped):
    """One try to be paid for one invoice: on Stripe's page, or by staff with a saved card.

    Its key is Stripe's idempotency key, `body` what is sent. At most one of an invoice is live: two
    could be paid twice.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(StripeAccount, models.PROTECT, related_name="sessions")
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, related_name="stripe_sessions", db_index=False
    )
    way = models.CharField(max_length=10, choices=PayWay, default=PayWay.PAGE)
    # Of the way SAVED: the card, and who pressed the button.
    saved_card = models.ForeignKey(
        SavedCard, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    started_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    # The customer agreed that the card is kept.
    keeps_card = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=SessionStatus, default=SessionStatus.PREPARED)
    amount = models.DecimalField("of the invoice", max_digits=14, decimal_places=2)
    fee = models.DecimalField(
        "card fee on top",
        max_digits=14,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(Decimal(0))],
    )
    currency = models.CharField(max_length=3)
    # Which cards the page takes (`choices.Cards`); empty: all.
    cards = models.CharField(max_length=10, blank=True)
    body = models.JSONField(default=dict)
    stripe_id = models.CharField(max_length=100, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    payment_intent = models.CharField(max_length=100, blank=True)
    expires_at = models.DateTimeField()
    error = models.TextField(blank=True, help_text="Stripe's own words.")

    class Meta:
        verbose_name = "payment page"
        ordering = ("-created_at",)
        constraints = (
            business_and_id("checkout_session"),
            models.UniqueConstraint(
                fields=["invoice"],
                condition=models.Q(status__in=LIVE),
                name="checkout_session_one_live",
            ),
            models.UniqueConstraint(
                fields=["stripe_id"],
                condition=~models.Q(stripe_id=""),
                name="checkout_session_stripe_id_once",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=SessionStatus.values),
                name="checkout_session_status_known",
            ),
            SameBusiness(field="invoice", name="checkout_session_invoice_same_business"),
            SameBusiness(field="account", name="checkout_session_account_same_business"),
            SameBusiness(field="saved_card", name="checkout_session_card_same_business"),
            models.CheckConstraint(
                condition=models.Q(way=PayWay.PAGE) | models.Q(saved_card__isnull=False),
                name="checkout_session_card_known",
            ),
        )
        indexes = (
            models.Index(fields=["invoice", "business"], name="checkout_session_by_invoice"),
            models.Index(fields=["account", "business"], name="checkout_session_by_account"),
            models.Index(fields=["saved_card", "business"], name="checkout_session_by_card"),
            # What the sweep looks at.
            models.Index(fields=["status", "expires_at"], name="checkout_session_due"),
        )

    def __str__(self) -> str:
        return f"{self.total} {self.currency} for {self.invoice}"

    @property
    def total(self) -> Decimal:
        return self.amount + self.fee

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def is_paid(self) -> bool:
        return self.status == SessionStatus.PAID

    @property
    def what(self) -> str:
        return str(self.saved_card) if self.saved_card else self.get_way_display()
