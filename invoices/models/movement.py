"""MoneyMovement: what a card processor added to or took from its balance, other than a payment."""

from decimal import Decimal

from django.db import models

from businesses.constraints import SameBusiness, business_and_id
from businesses.fields import PublicKey, TimeStamped
from businesses.models import Business
from invoices.models.invoice import Invoice


class MovementKind(models.TextChoices):
    FEE = "fee", "Processing fee"
    REFUND = "refund", "Refund"
    DISPUTE = "dispute", "Dispute"
    # Money that no invoice needed, until it is used or given back.
    HELD = "held", "Money without an invoice"
    PAYOUT = "payout", "Payout"
    ADJUSTMENT = "adjustment", "Adjustment"


class MoneyMovement(PublicKey, TimeStamped):
    """One change of a processor's balance: `amount` is signed, and what was kept is negative.

    With the payments that came through the processor, all movements make up its balance, to the
    cent. A fee that is given back, a dispute that is won and a payout that came back are movements
    of the other sign. Never changed once made.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="money_movements")
    processor = models.CharField(max_length=20)
    kind = models.CharField(max_length=20, choices=MovementKind)
    # The processor's own id of it, and the part of it where it has several.
    source_id = models.CharField(max_length=120)
    date = models.DateField()
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    # Within the amount, and of its sign.
    tax = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    invoice = models.ForeignKey(
        Invoice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="money_movements",
        db_index=False,
    )
    memo = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ("date", "created_at")
        constraints = (
            business_and_id("money_movement"),
            models.UniqueConstraint(
                fields=["business", "processor", "source_id"], name="money_movement_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(amount=0), name="money_movement_moves_something"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=MovementKind.values), name="money_movement_kind_known"
            ),
            SameBusiness(field="invoice", name="money_movement_invoice_same_business"),
        )
        indexes = (
            # Both columns of the composite key: see businesses.constraints.
            models.Index(fields=["invoice", "business"], name="money_movement_by_invoice"),
            models.Index(fields=["business", "date"], name="money_movement_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount:,}"
