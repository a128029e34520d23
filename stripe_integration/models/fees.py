"""How a business charges card fees on, and who decided on it."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from businesses.constraints import SameBusiness
from businesses.fields import TimeStamped
from businesses.models import Business, User
from invoices.models import Product, TaxRate

PERCENT = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(20))]
FIXED = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(10))]


class Method(models.TextChoices):
    NONE = "none", "The business bears the fee"
    PERCENTAGE = "percentage", "A percentage and a fixed part, at most what the payment costs"
    GROSS_UP = "gross_up", "As much as makes up for Stripe's fee"


class OnCharge(TimeStamped):
    """The settings of one business. Percentages are like 1.7 for 1.7 %."""

    business = models.OneToOneField(Business, models.CASCADE, related_name="stripe_on_charge")
    method = models.CharField(max_length=12, choices=Method, default=Method.NONE)
    percent = models.DecimalField(
        "percentage", max_digits=5, decimal_places=2, default=0, validators=PERCENT
    )
    fixed = models.DecimalField(
        "fixed part", max_digits=6, decimal_places=2, default=0, validators=FIXED
    )
    # What Stripe takes of this business, where that is not its standard price.
    rate_percent = models.DecimalField(
        "your price at Stripe, percentage",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=PERCENT,
        help_text="Empty: Stripe's standard price. Yours stands in the settings of Stripe.",
    )
    rate_fixed = models.DecimalField(
        "your price at Stripe, fixed part",
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=FIXED,
    )
    tax_rate = models.ForeignKey(
        TaxRate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="tax within the fee",
        help_text="Empty: the business's usual rate. A card fee is taxed as what was sold.",
    )
    product = models.ForeignKey(
        Product,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="entered as the product",
        help_text="Its account in Xero is where the fees that you collect are counted.",
    )
    ignores_law = models.BooleanField(
        "charge it on for every card, whatever the table above says",
        default=False,
        help_text="You answer for it. It needs a reason, which is kept with your name.",
    )

    class Meta:
        constraints = (
            SameBusiness(field="tax_rate", name="on_charge_tax_same_business"),
            SameBusiness(field="product", name="on_charge_product_same_business"),
            models.CheckConstraint(
                condition=models.Q(method__in=Method.values), name="on_charge_method_known"
            ),
        )
        indexes = (
            # Both columns of the composite keys: see businesses.constraints.
            models.Index(fields=["tax_rate", "business"], name="on_charge_by_tax_rate"),
            models.Index(fields=["product", "business"], name="on_charge_by_product"),
        )

    def __str__(self) -> str:
        return f"{self.business}: {self.method}"


class OnChargeChange(models.Model):
    """One change of those settings: never changed, never deleted."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="stripe_on_charge_changes")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.business} at {self.at}"

    @property
    def overrides(self) -> bool:
        return bool(self.after.get("ignores_law"))

    @property
    def method(self) -> str:
        """The method that was chosen, in words."""
        chosen = self.after.get("method", "")
        return str(Method(chosen).label) if chosen in Method.values else chosen
