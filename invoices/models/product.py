"""What a business sells: products in categories, each with a price and a tax rate."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from businesses.constraints import SameBusiness, business_and_id
from businesses.models import Business
from contacts.models.listed import Listed, ListedQuerySet
from contacts.search import search_key


class TaxRate(models.Model):
    """A rate as this business names it; xero_integration maps it to the organisation's own."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="tax_rates")
    name = models.CharField(max_length=50)
    percent = models.DecimalField(
        max_digits=7,
        decimal_places=4,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ("-is_default", "name")
        constraints = (
            business_and_id("tax_rate"),
            models.UniqueConstraint("business", Lower("name"), name="tax_rate_once"),
            models.UniqueConstraint(
                fields=["business"], condition=models.Q(is_default=True), name="tax_rate_default"
            ),
            models.CheckConstraint(
                condition=models.Q(percent__gte=0, percent__lte=100), name="tax_rate_in_range"
            ),
        )

    def __str__(self) -> str:
        return self.name


class ProductCategory(models.Model):
    """A group of products; lines of it go to one sales account in Xero."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="categories")
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "product categories"
        constraints = (
            business_and_id("category"),
            models.UniqueConstraint("business", Lower("name"), name="category_once_any_case"),
        )

    def __str__(self) -> str:
        return self.name


class ProductQuerySet(ListedQuerySet["Product"]):
    """Adds nothing; forms and views name their type by it."""


class Product(Listed):
    """A service or good. The limits of code, name and description are Xero's (items)."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="products")
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=50)
    description = models.TextField(
        max_length=4000, blank=True, help_text="Stands on the invoice line."
    )
    price = models.DecimalField(
        max_digits=14, decimal_places=4, validators=[MinValueValidator(Decimal(0))]
    )
    tax_rate = models.ForeignKey(TaxRate, models.PROTECT, related_name="products", db_index=False)
    category = models.ForeignKey(
        ProductCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        db_index=False,
    )

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            business_and_id("product"),
            models.UniqueConstraint("business", Lower("code"), name="product_code_once"),
            models.CheckConstraint(condition=models.Q(price__gte=0), name="product_price_positive"),
            SameBusiness(field="tax_rate", name="product_tax_same_business"),
            SameBusiness(field="category", name="product_category_same_business"),
        )
        # Both columns of the composite keys: see businesses.constraints.
        indexes = (
            models.Index(fields=["tax_rate", "business"], name="product_by_tax_rate"),
            models.Index(fields=["category", "business"], name="product_by_category"),
        )

    def __str__(self) -> str:
        return self.name

    def refresh_search_key(self) -> None:
        self.search_key = search_key([self.code, self.name, self.description])

    def get_absolute_url(self) -> str:
        return reverse("invoices:product_edit", args=[self.business.slug, self.pk])
