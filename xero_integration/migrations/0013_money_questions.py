import businesses.constraints
import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("businesses", "0001_initial"),
        ("invoices", "0006_payment_account"),
        ("xero_integration", "0012_credit_notes_and_pdfs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MoneyQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("xero_id", models.CharField(max_length=80, verbose_name="Xero id")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("date", models.DateField()),
                ("reference", models.CharField(blank=True, max_length=255)),
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
                            ("credit", "Credit"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=20,
                    ),
                ),
                ("account", models.CharField(blank=True, max_length=150)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("answered", "Answered"),
                            ("over", "No longer asked"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("same", "The same money"), ("two", "Two payments")],
                        max_length=10,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "surplus",
                    models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="money_questions",
                        to="xero_integration.connection",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="xero_money_questions",
                        to="invoices.invoice",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="invoices.payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "question about money",
                "verbose_name_plural": "questions about money",
                "ordering": ("-created_at", "-id"),
                "indexes": [
                    models.Index(fields=["invoice", "business"], name="money_question_by_invoice"),
                    models.Index(fields=["payment", "business"], name="money_question_by_payment"),
                    models.Index(fields=["connection", "status"], name="money_question_by_status"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connection", "xero_id"), name="money_question_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "answered", "over"])),
                        name="money_question_status_known",
                    ),
                    businesses.constraints.SameBusiness(
                        field="connection", name="money_question_connection_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="invoice", name="money_question_invoice_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="payment", name="money_question_payment_same_business"
                    ),
                ],
            },
        ),
    ]
