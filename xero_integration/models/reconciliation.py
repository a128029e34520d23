"""Reconciliation: every invoice of a period here beside Xero's, and where the two differ."""

from decimal import Decimal

from django.db import models

from businesses.constraints import SameBusiness, business_and_id
from businesses.models import Business, User
from xero_integration.models.connection import Connection


class Reconciliation(models.Model):
    """One comparison of a period; kept, so that last month's can still be shown."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="reconciliations")
    first_day = models.DateField("from")
    last_day = models.DateField("to")
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # Empty: the nightly one.
    started_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    invoices_here = models.PositiveIntegerField(default=0)
    invoices_there = models.PositiveIntegerField("invoices in Xero", default=0)
    total_here = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    total_there = models.DecimalField("total in Xero", max_digits=16, decimal_places=2, default=0)
    paid_here = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    paid_there = models.DecimalField("paid in Xero", max_digits=16, decimal_places=2, default=0)

    class Meta:
        ordering = ("-started_at", "-id")
        constraints = (
            business_and_id("reconciliation"),
            SameBusiness(field="connection", name="reconciliation_connection_same_business"),
        )
        indexes = (
            models.Index(fields=["connection", "-started_at"], name="reconciliation_latest"),
        )

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}"

    @property
    def total_difference(self) -> Decimal:
        return self.total_here - self.total_there


class DifferenceKind(models.TextChoices):
    MISSING = "missing", "Not in Xero"
    UNLINKED = "unlinked", "In Xero, but not linked"
    GONE = "gone", "Voided or deleted in Xero"
    STANDS = "stands", "Void here, stands in Xero"
    TOTAL = "total", "Totals differ"
    TAX = "tax", "Tax differs"
    PAID = "paid", "Payments differ"
    DATES = "dates", "Dates differ"
    CONTACT = "contact", "On another contact"
    NUMBER = "number", "Numbers differ"
    STATUS = "status", "Not as far in Xero as it should be"
    EXTRA = "extra", "Only in Xero"


class DifferenceState(models.TextChoices):
    OPEN = "open", "Open"
    REPAIRED = "repaired", "Repair under way"
    DISMISSED = "dismissed", "Accepted as it is"


class Difference(models.Model):
    """One difference of one invoice, as it stood when it was compared.

    `here` and `there` are what is shown of each side: total, tax, paid, status, date, due date and
    contact, as text; empty where the invoice is on one side only.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    reconciliation = models.ForeignKey(Reconciliation, models.CASCADE, related_name="differences")
    kind = models.CharField(max_length=10, choices=DifferenceKind)
    state = models.CharField(max_length=10, choices=DifferenceState, default=DifferenceState.OPEN)
    object_id = models.UUIDField(null=True, blank=True)
    xero_id = models.CharField("Xero id", max_length=64, blank=True)
    number = models.CharField(max_length=255, blank=True)
    here = models.JSONField(default=dict, blank=True)
    there = models.JSONField(default=dict, blank=True)
    # Here less there, of the figure that the kind is about.
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    words = models.CharField(max_length=255, blank=True, help_text="What was done about it.")

    class Meta:
        ordering = ("id",)
        constraints = (SameBusiness(field="reconciliation", name="difference_of_same_business"),)
        indexes = (
            models.Index(fields=["reconciliation", "state", "kind"], name="difference_list"),
        )

    def __str__(self) -> str:
        return f"{self.number}: {self.get_kind_display()}"
