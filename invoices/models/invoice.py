"""Invoice and its lines. Amounts are computed by invoices.totals and stored."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from businesses.constraints import SameBusiness, business_and_id
from businesses.fields import PublicKey, TimeStamped
from businesses.models import Business, User
from contacts.models import Contact, Pool
from contacts.search import search_key, words_of
from invoices import totals
from invoices.dates import today
from invoices.errors import InvoiceRefused
from invoices.models.product import Product, TaxRate


class InvoiceStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    ISSUED = "issued", "Issued"
    VOID = "void", "Void"


class TaxMode(models.TextChoices):
    """Xero's LineAmountTypes."""

    EXCLUSIVE = totals.EXCLUSIVE, "Prices without tax"
    INCLUSIVE = totals.INCLUSIVE, "Prices include tax"
    NO_TAX = totals.NO_TAX, "No tax"


class InvoiceState(models.TextChoices):
    """What a person sees: the status, and for issued invoices what follows from payments."""

    DRAFT = "draft", "Draft"
    AWAITING = "awaiting", "Awaiting payment"
    PART_PAID = "part_paid", "Part paid"
    OVERDUE = "overdue", "Overdue"
    PAID = "paid", "Paid"
    VOID = "void", "Void"


# Amounts are compared here, never summed: equal decimals are stored equal on every database.
ISSUED = models.Q(status=InvoiceStatus.ISSUED)
UNPAID = ISSUED & models.Q(amount_paid__lt=models.F("total"))
PAID = ISSUED & models.Q(amount_paid__gte=models.F("total"))


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def drafts(self) -> "InvoiceQuerySet":
        return self.filter(status=InvoiceStatus.DRAFT)

    def issued(self) -> "InvoiceQuerySet":
        return self.filter(ISSUED)

    def void(self) -> "InvoiceQuerySet":
        return self.filter(status=InvoiceStatus.VOID)

    def unpaid(self) -> "InvoiceQuerySet":
        """Issued with something still to pay, overdue or not."""
        return self.filter(UNPAID)

    def overdue(self, *, on: dt.date) -> "InvoiceQuerySet":
        return self.unpaid().filter(due_date__lt=on)

    def paid(self) -> "InvoiceQuerySet":
        return self.filter(PAID)

    def search(self, query: str) -> "InvoiceQuerySet":
        """Keep invoices where every word stands in the invoice, its contact or its total."""
        condition = models.Q()
        for word in words_of(query):
            condition &= _word_matches(word)
        return self.filter(condition)


def _word_matches(word: str) -> models.Q:
    condition = models.Q(search_key__contains=word) | models.Q(contact__search_key__contains=word)
    try:
        amount = Decimal(word)
    except InvalidOperation:
        return condition
    # NaN and figures beyond the column would not reach the database.
    if amount.is_finite() and abs(amount) < Decimal(10) ** 12:
        condition |= models.Q(total=amount.quantize(Decimal("0.01")))
    return condition


class InvoiceSequence(models.Model):
    """The next number of a business. Read and raised by one conditional UPDATE, at issue."""

    business = models.OneToOneField(Business, models.CASCADE, related_name="invoice_sequence")
    prefix = models.CharField(max_length=20, default="INV-", blank=True)
    digits = models.PositiveSmallIntegerField(default=4, validators=[MaxValueValidator(10)])
    next_number = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.prefix}{self.next_number:0{self.digits}d}"


class Invoice(PublicKey, TimeStamped):
    """A sale. `number` is empty until issued; part-paid and paid follow from the payments."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="invoices")
    number = models.CharField(max_length=50, blank=True, editable=False)
    status = models.CharField(
        max_length=10, choices=InvoiceStatus, default=InvoiceStatus.DRAFT, editable=False
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="invoices", db_index=False)
    pool = models.ForeignKey(
        Pool, models.PROTECT, null=True, blank=True, related_name="invoices", db_index=False
    )
    date = models.DateField()
    due_date = models.DateField()
    service_date = models.DateField(null=True, blank=True)
    reference = models.CharField(max_length=255, blank=True)
    notes = models.TextField(blank=True, help_text="Printed under the lines.")
    tax_mode = models.CharField(
        "amounts are", max_length=10, choices=TaxMode, default=TaxMode.EXCLUSIVE
    )
    currency = models.CharField(max_length=3, default="AUD", editable=False)
    subtotal = models.DecimalField(max_digits=14, decimal_places=2, default=0, editable=False)
    tax_total = models.DecimalField(max_digits=14, decimal_places=2, default=0, editable=False)
    total = models.DecimalField(max_digits=14, decimal_places=2, default=0, editable=False)
    amount_paid = models.DecimalField(max_digits=14, decimal_places=2, default=0, editable=False)
    issued_at = models.DateTimeField(null=True, blank=True, editable=False)
    issued_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    voided_at = models.DateTimeField(null=True, blank=True, editable=False)
    voided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    search_key = models.TextField(blank=True, editable=False)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ("-date", "-number", "-created_at")
        constraints = (
            business_and_id("invoice"),
            models.UniqueConstraint(
                fields=["business", "number"],
                condition=~models.Q(number=""),
                name="invoice_number_once",
            ),
            models.CheckConstraint(
                condition=models.Q(status=InvoiceStatus.DRAFT) | ~models.Q(number=""),
                name="invoice_issued_has_a_number",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=InvoiceStatus.values), name="invoice_status_known"
            ),
            SameBusiness(field="contact", name="invoice_contact_same_business"),
            SameBusiness(field="pool", name="invoice_pool_same_business"),
        )
        indexes = (
            models.Index(fields=["business", "-date"], name="invoice_by_date"),
            models.Index(fields=["business", "status", "due_date"], name="invoice_by_due_date"),
            # Which businesses changed anything lately: asked by the sweep of all of them.
            models.Index(fields=["business", "-updated_at"], name="invoice_by_change"),
            # Both columns of the composite keys: see businesses.constraints.
            models.Index(fields=["contact", "business"], name="invoice_by_contact"),
            models.Index(fields=["pool", "business"], name="invoice_by_pool"),
        )

    def __str__(self) -> str:
        return self.number or "Draft invoice"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_key = search_key([self.number, self.reference, self.notes])
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "search_key", "updated_at"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("invoices:detail", args=[self.business.slug, self.pk])

    @property
    def amount_due(self) -> Decimal:
        return self.total - self.amount_paid

    @property
    def is_draft(self) -> bool:
        return self.status == InvoiceStatus.DRAFT

    @property
    def is_issued(self) -> bool:
        return self.status == InvoiceStatus.ISSUED

    @property
    def is_void(self) -> bool:
        return self.status == InvoiceStatus.VOID

    @property
    def may_be_edited(self) -> bool:
        """Drafts, and issued invoices until the first payment."""
        return self.is_draft or (self.is_issued and not self.amount_paid)

    @property
    def may_be_paid(self) -> bool:
        return self.is_issued and self.amount_due > 0

    @property
    def may_be_voided(self) -> bool:
        return self.is_issued and not self.amount_paid

    @property
    def state(self) -> InvoiceState:
        """The state today, by the business's clock."""
        if not self.is_issued:
            return InvoiceState(self.status)
        if self.amount_due <= 0:
            return InvoiceState.PAID
        if self.due_date < today(self.business):
            return InvoiceState.OVERDUE
        return InvoiceState.PART_PAID if self.amount_paid else InvoiceState.AWAITING

    def issue(self, *, number: str, by: User | None) -> None:
        """Become a tax invoice with its number; the caller saves."""
        if not self.is_draft:
            raise InvoiceRefused(f"{self} has already been issued.")
        self.status = InvoiceStatus.ISSUED
        self.number = number
        self.issued_at, self.issued_by = timezone.now(), by

    def void(self, *, by: User | None) -> None:
        """Cancel an issued invoice; it keeps its number. The caller saves."""
        if self.is_draft:
            raise InvoiceRefused("A draft has no number to keep: delete it instead of voiding it.")
        if self.is_void:
            raise InvoiceRefused(f"{self} is void already.")
        if self.amount_paid:
            raise InvoiceRefused(f"{self} has payments. Reverse them first, then void the invoice.")
        self.status = InvoiceStatus.VOID
        self.voided_at, self.voided_by = timezone.now(), by


class InvoiceLine(PublicKey):
    """One line. Quantity and price have 4 decimals, amounts 2; a product is optional."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(default=0)
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="lines"
    )
    description = models.TextField(max_length=4000)
    quantity = models.DecimalField(
        max_digits=14, decimal_places=4, default=1, validators=[MinValueValidator(Decimal(0))]
    )
    unit_price = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    discount_percent = models.DecimalField(
        "discount %",
        max_digits=5,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    tax_rate = models.ForeignKey(TaxRate, models.PROTECT, related_name="lines")
    line_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0, editable=False)
    tax_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0, editable=False)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            # A negative quantity is refused by Xero: a negative price takes its place.
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="line_quantity"),
            models.CheckConstraint(
                condition=models.Q(discount_percent__gte=0, discount_percent__lte=100),
                name="line_discount_in_range",
            ),
            SameBusiness(field="invoice", name="line_invoice_same_business"),
            SameBusiness(field="product", name="line_product_same_business"),
            SameBusiness(field="tax_rate", name="line_tax_same_business"),
        )

    def __str__(self) -> str:
        return self.description[:60]
