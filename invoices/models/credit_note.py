"""CreditNote: what is taken off an issued invoice, in whole or in part. Never changed once made."""

from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse

from businesses.constraints import SameBusiness, business_and_id
from businesses.fields import PublicKey, TimeStamped
from businesses.models import Business, User
from invoices.models.invoice import Invoice, InvoiceLine, TaxMode
from invoices.models.movement import MoneyMovement
from invoices.models.payment import Payment
from invoices.models.product import Product, TaxRate


class CreditNote(PublicKey, TimeStamped):
    """Either `payment` is what it takes off the invoice's balance, by the method Credit; or it is
    for money that was given back, and `refund` is that.

    Amounts are given as `mode` says: as the invoice's are, but with tax where money was given back,
    which must come to that to the cent.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="credit_notes")
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, related_name="credit_notes", db_index=False
    )
    payment = models.OneToOneField(
        Payment, models.PROTECT, null=True, blank=True, related_name="credit_note"
    )
    refund = models.OneToOneField(
        MoneyMovement, models.PROTECT, null=True, blank=True, related_name="credit_note"
    )
    number = models.CharField(max_length=70)
    date = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    subtotal = models.DecimalField(max_digits=14, decimal_places=2)
    tax_total = models.DecimalField(max_digits=14, decimal_places=2)
    total = models.DecimalField(max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("date", "created_at")
        constraints = (
            business_and_id("credit_note"),
            models.UniqueConstraint(fields=["business", "number"], name="credit_note_number_once"),
            models.CheckConstraint(condition=models.Q(total__gt=0), name="credit_note_positive"),
            SameBusiness(field="invoice", name="credit_note_invoice_same_business"),
            SameBusiness(field="payment", name="credit_note_payment_same_business"),
            SameBusiness(field="refund", name="credit_note_refund_same_business"),
            models.CheckConstraint(
                condition=models.Q(payment=None, refund__isnull=False)
                | models.Q(payment__isnull=False, refund=None),
                name="credit_note_for_one_thing",
            ),
        )
        # Both columns of the composite key: see businesses.constraints.
        indexes = (models.Index(fields=["invoice", "business"], name="credit_note_by_invoice"),)

    def __str__(self) -> str:
        return self.number

    @property
    def mode(self) -> str:
        """How its amounts are given, a TaxMode."""
        is_taxed = self.invoice.tax_mode != TaxMode.NO_TAX
        return TaxMode.INCLUSIVE if self.refund_id and is_taxed else self.invoice.tax_mode

    @property
    def is_taken_back(self) -> bool:
        return self.payment is not None and self.payment.is_reversed

    def get_absolute_url(self) -> str:
        return reverse("invoices:credit_note", args=[self.business.slug, self.pk])


class CreditNoteLine(models.Model):
    """A part of one line of the invoice. The line itself may be written anew later."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    credit_note = models.ForeignKey(CreditNote, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(default=0)
    invoice_line = models.ForeignKey(
        InvoiceLine, models.SET_NULL, null=True, blank=True, related_name="credits"
    )
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="+")
    tax_rate = models.ForeignKey(TaxRate, models.PROTECT, related_name="+")
    description = models.TextField(max_length=4000)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    tax_amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            SameBusiness(field="credit_note", name="credit_line_note_same_business"),
            SameBusiness(field="product", name="credit_line_product_same_business"),
            SameBusiness(field="tax_rate", name="credit_line_tax_same_business"),
        )

    def __str__(self) -> str:
        return self.description[:60]
