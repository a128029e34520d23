import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import businesses.fields
import businesses.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "first_name",
                    models.CharField(blank=True, max_length=150, verbose_name="first name"),
                ),
                (
                    "last_name",
                    models.CharField(blank=True, max_length=150, verbose_name="last name"),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="date joined"
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"), name="user_email_any_case"
                    )
                ],
                "indexes": [],
            },
            managers=[
                ("objects", businesses.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="Business",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "abn",
                    models.CharField(
                        blank=True,
                        max_length=14,
                        validators=[businesses.fields.validate_abn],
                        verbose_name="ABN",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=50)),
                ("address", models.TextField(blank=True, help_text="Printed on invoices.")),
                ("time_zone", models.CharField(default="Australia/Brisbane", max_length=60)),
                ("currency", models.CharField(default="AUD", max_length=3)),
                (
                    "terms_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        validators=[django.core.validators.MaxValueValidator(365)],
                        verbose_name="payment terms",
                    ),
                ),
                (
                    "terms_type",
                    models.CharField(
                        choices=[
                            ("DAYSAFTERBILLDATE", "day(s) after the invoice date"),
                            ("DAYSAFTERBILLMONTH", "day(s) after the end of the invoice month"),
                            ("OFCURRENTMONTH", "of the current month"),
                            ("OFFOLLOWINGMONTH", "of the following month"),
                        ],
                        default="DAYSAFTERBILLDATE",
                        max_length=20,
                        verbose_name="counted",
                    ),
                ),
                (
                    "gst_registered",
                    models.BooleanField(default=True, verbose_name="registered for GST"),
                ),
                (
                    "payment_details",
                    models.TextField(
                        blank=True, help_text="How to pay, printed at the foot of invoices."
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "businesses",
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "business",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="businesses.business",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("office", "Office"),
                            ("read_only", "Read only"),
                        ],
                        default="office",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("business", "user"), name="membership_once"),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["owner", "office", "read_only"])),
                        name="membership_role_known",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.AddField(
            model_name="business",
            name="members",
            field=models.ManyToManyField(
                related_name="businesses",
                through="businesses.Membership",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
