"""Payout: what Stripe sent to the bank, and what that is made of."""

from decimal import Decimal

from django.db import models

from businesses.constraints import SameBusiness, business_and_id
from businesses.fields import TimeStamped
from businesses.models import Business
from stripe_integration.models.account import StripeAccount


class Payout(TimeStamped):
    """One payout. `gross` - `fees` + `other` = `amount`; empty where Stripe lists no parts.

    Of payouts made by hand Stripe does not say what they are made of.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="stripe_payouts")
    account = models.ForeignKey(
        StripeAccount, models.PROTECT, related_name="payouts", db_index=False
    )
    stripe_id = models.CharField(max_length=100, unique=True)
    # Its own balance transaction: what took it from the balance.
    transaction = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=20)
    arrives_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount = models.DecimalField("net", max_digits=14, decimal_places=2)
    gross = models.DecimalField(
        "card payments", max_digits=14, decimal_places=2, null=True, blank=True
    )
    fees = models.DecimalField(
        "Stripe's fees", max_digits=14, decimal_places=2, null=True, blank=True
    )
    other = models.DecimalField(
        "refunds, disputes and the like", max_digits=14, decimal_places=2, null=True, blank=True
    )

    class Meta:
        ordering = ("-arrives_on", "-id")
        constraints = (
            business_and_id("stripe_payout"),
            SameBusiness(field="account", name="stripe_payout_account_same_business"),
        )
        indexes = (models.Index(fields=["account", "business"], name="stripe_payout_by_account"),)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} on {self.arrives_on}"

    @property
    def taken(self) -> Decimal | None:
        """The fees as what they take away."""
        return None if self.fees is None else -self.fees

    @property
    def is_listed(self) -> bool:
        """Whether Stripe says what it is made of."""
        return self.gross is not None

    @property
    def adds_up(self) -> bool:
        """Whether the parts that Stripe lists come to what it paid out."""
        if self.gross is None or self.fees is None or self.other is None:
            return False
        parts: Decimal = self.gross - self.fees + self.other
        return parts == self.amount


class PayoutPart(models.Model):
    """One balance transaction that a payout is made of; `amount` is signed, `fee` what it cost."""

    business = models.ForeignKey(Business, models.CASCADE, related_name="+", db_index=False)
    payout = models.ForeignKey(Payout, models.CASCADE, related_name="parts", db_index=False)
    transaction = models.CharField(max_length=100)
    # Stripe's own word: charge, refund, adjustment, stripe_fee and so on.
    type = models.CharField(max_length=60)
    source = models.CharField(max_length=100, blank=True)
    description = models.TextField(blank=True)
    happened_at = models.DateTimeField()
    amount = models.DecimalField("gross", max_digits=14, decimal_places=2)
    fee = models.DecimalField("Stripe's fee", max_digits=14, decimal_places=2)

    class Meta:
        ordering = ("happened_at", "id")
        constraints = (
            models.UniqueConstraint(fields=["payout", "transaction"], name="payout_part_once"),
            SameBusiness(field="payout", name="payout_part_same_business"),
        )
        indexes = (models.Index(fields=["payout", "business"], name="payout_part_by_payout"),)

    def __str__(self) -> str:
        return f"{self.type} {self.amount}"

    @property
    def net(self) -> Decimal:
        return self.amount - self.fee
