"""Invoice and its lines. Amounts are computed by invoices.totals and stored."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from businesses.constraints import SameBusiness, business_and_id
from businesses.fields import PublicKey, TimeStamped
from businesses.models import Business
from contacts.models import Contact, Pool
from invoices.models.product import Product, TaxRate


class InvoiceStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    ISSUED = "issued", "Issued"
    VOID = "void", "Void"


class TaxMode(models.TextChoices):
    """Xero's LineAmountTypes."""

    EXCLUSIVE = "Exclusive", "Prices without tax"
    INCLUSIVE = "Inclusive", "Prices include tax"
    NO_TAX = "NoTax", "No tax"


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
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="invoices")
    pool = models.ForeignKey(Pool, models.PROTECT, null=True, blank=True, related_name="invoices")
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
    voided_at = models.DateTimeField(null=True, blank=True, editable=False)
    search_key = models.TextField(blank=True, editable=False)

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
        )

    def __str__(self) -> str:
        return self.number or "Draft invoice"

    def get_absolute_url(self) -> str:
        return reverse("invoices:detail", args=[self.business.slug, self.pk])

    @property
    def amount_due(self) -> Decimal:
        return self.total - self.amount_paid


class InvoiceLine(PublicKey):
    """One line. Quantity and price have 4 decimals, amounts 2; a product is optional."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+")
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
