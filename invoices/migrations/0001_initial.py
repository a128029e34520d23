import uuid
from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import businesses.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contacts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="TaxRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "business",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tax_rates",
                        to="businesses.business",
                    ),
                ),
                ("name", models.CharField(max_length=50)),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=4,
                        max_digits=7,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                    ),
                ),
                ("is_default", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ("-is_default", "name"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "id"), name="tax_rate_business_and_id"
                    ),
                    models.UniqueConstraint(
                        models.F("business"),
                        django.db.models.functions.text.Lower("name"),
                        name="tax_rate_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("business",),
                        name="tax_rate_default",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__gte", 0), ("percent__lte", 100)),
                        name="tax_rate_in_range",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ProductCategory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "business",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="categories",
                        to="businesses.business",
                    ),
                ),
                ("name", models.CharField(max_length=100)),
            ],
            options={
                "verbose_name_plural": "product categories",
                "ordering": ("name",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "id"), name="category_business_and_id"
                    ),
                    models.UniqueConstraint(
                        models.F("business"),
                        django.db.models.functions.text.Lower("name"),
                        name="category_once_any_case",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "business",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="businesses.business",
                    ),
                ),
                ("code", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=50)),
                (
                    "description",
                    models.TextField(
                        blank=True, help_text="Stands on the invoice line.", max_length=4000
                    ),
                ),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=4,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                    ),
                ),
                (
                    "tax_rate",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="invoices.taxrate",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="invoices.productcategory",
                    ),
                ),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("search_key", models.TextField(blank=True, editable=False)),
            ],
            options={
                "ordering": ("name", "id"),
                "indexes": [
                    models.Index(fields=["tax_rate", "business"], name="product_by_tax_rate"),
                    models.Index(fields=["category", "business"], name="product_by_category"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "id"), name="product_business_and_id"
                    ),
                    models.UniqueConstraint(
                        models.F("business"),
                        django.db.models.functions.text.Lower("code"),
                        name="product_code_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price__gte", 0)), name="product_price_positive"
                    ),
                    businesses.constraints.SameBusiness(
                        field="tax_rate", name="product_tax_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="category", name="product_category_same_business"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceSequence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "business",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invoice_sequence",
                        to="businesses.business",
                    ),
                ),
                ("prefix", models.CharField(blank=True, default="INV-", max_length=20)),
                (
                    "digits",
                    models.PositiveSmallIntegerField(
                        default=4, validators=[django.core.validators.MaxValueValidator(10)]
                    ),
                ),
                ("next_number", models.PositiveBigIntegerField(default=1)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "business",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="businesses.business",
                    ),
                ),
                ("number", models.CharField(blank=True, editable=False, max_length=50)),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("issued", "Issued"), ("void", "Void")],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="contacts.contact",
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="contacts.pool",
                    ),
                ),
                ("date", models.DateField()),
                ("due_date", models.DateField()),
                ("service_date", models.DateField(blank=True, null=True)),
                ("reference", models.CharField(blank=True, max_length=255)),
                ("notes", models.TextField(blank=True, help_text="Printed under the lines.")),
                (
                    "tax_mode",
                    models.CharField(
                        choices=[
                            ("Exclusive", "Prices without tax"),
                            ("Inclusive", "Prices include tax"),
                            ("NoTax", "No tax"),
                        ],
                        default="Exclusive",
                        max_length=10,
                        verbose_name="amounts are",
                    ),
                ),
                ("currency", models.CharField(default="AUD", editable=False, max_length=3)),
                (
                    "subtotal",
                    models.DecimalField(decimal_places=2, default=0, editable=False, max_digits=14),
                ),
                (
                    "tax_total",
                    models.DecimalField(decimal_places=2, default=0, editable=False, max_digits=14),
                ),
                (
                    "total",
                    models.DecimalField(decimal_places=2, default=0, editable=False, max_digits=14),
                ),
                (
                    "amount_paid",
                    models.DecimalField(decimal_places=2, default=0, editable=False, max_digits=14),
                ),
                ("issued_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "issued_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("voided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "voided_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("search_key", models.TextField(blank=True, editable=False)),
            ],
            options={
                "ordering": ("-date", "-number", "-created_at"),
                "indexes": [
                    models.Index(fields=["business", "-date"], name="invoice_by_date"),
                    models.Index(
                        fields=["business", "status", "due_date"], name="invoice_by_due_date"
                    ),
                    models.Index(fields=["contact", "business"], name="invoice_by_contact"),
                    models.Index(fields=["pool", "business"], name="invoice_by_pool"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "id"), name="invoice_business_and_id"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("business", "number"),
                        name="invoice_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "draft"),
                            models.Q(("number", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="invoice_issued_has_a_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "issued", "void"])),
                        name="invoice_status_known",
                    ),
                    businesses.constraints.SameBusiness(
                        field="contact", name="invoice_contact_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="pool", name="invoice_pool_same_business"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "business",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="invoices.invoice",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="invoices.product",
                    ),
                ),
                ("description", models.TextField(max_length=4000)),
                (
                    "quantity",
                    models.DecimalField(
                        decimal_places=4,
                        default=1,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                    ),
                ),
                ("unit_price", models.DecimalField(decimal_places=4, default=0, max_digits=14)),
                (
                    "discount_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                        verbose_name="discount %",
                    ),
                ),
                (
                    "tax_rate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="invoices.taxrate",
                    ),
                ),
                (
                    "line_amount",
                    models.DecimalField(decimal_places=2, default=0, editable=False, max_digits=14),
                ),
                (
                    "tax_amount",
                    models.DecimalField(decimal_places=2, default=0, editable=False, max_digits=14),
                ),
            ],
            options={
                "ordering": ("position", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 0)), name="line_quantity"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discount_percent__gte", 0), ("discount_percent__lte", 100)
                        ),
                        name="line_discount_in_range",
                    ),
                    businesses.constraints.SameBusiness(
                        field="invoice", name="line_invoice_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="product", name="line_product_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="tax_rate", name="line_tax_same_business"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "business",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="businesses.business",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="invoices.invoice",
                    ),
                ),
                ("date", models.DateField()),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.01"))],
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("bank_transfer", "Bank transfer"),
                            ("card", "Card"),
                            ("eftpos", "EFTPOS"),
                            ("cash", "Cash"),
                            ("cheque", "Cheque"),
                            ("direct_debit", "Direct debit"),
                            ("other", "Other"),
                        ],
                        default="bank_transfer",
                        max_length=20,
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=255)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reversed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "reversed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("date", "created_at"),
                "indexes": [
                    models.Index(fields=["invoice", "business"], name="payment_by_invoice")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "id"), name="payment_business_and_id"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="payment_positive"
                    ),
                    businesses.constraints.SameBusiness(
                        field="invoice", name="payment_invoice_same_business"
                    ),
                ],
            },
        ),
    ]
