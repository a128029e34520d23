import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import businesses.constraints
import businesses.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("businesses", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tag",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tags",
                        to="businesses.business",
                    ),
                ),
                ("name", models.CharField(max_length=50)),
            ],
            options={
                "ordering": ("name",),
                "constraints": [
                    models.UniqueConstraint(fields=("business", "id"), name="tag_business_and_id"),
                    models.UniqueConstraint(
                        models.F("business"),
                        django.db.models.functions.text.Lower("name"),
                        name="tag_once_any_case",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Contact",
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
                        related_name="contacts",
                        to="businesses.business",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Person"), ("company", "Company")],
                        default="person",
                        max_length=10,
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="As it stands on invoices and in Xero.", max_length=255
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=255)),
                ("last_name", models.CharField(blank=True, max_length=255)),
                ("company", models.CharField(blank=True, max_length=255)),
                ("email", models.EmailField(blank=True, max_length=255, verbose_name="e-mail")),
                (
                    "other_emails",
                    models.JSONField(blank=True, default=list, verbose_name="other e-mails"),
                ),
                ("phone", models.CharField(blank=True, max_length=50)),
                ("mobile", models.CharField(blank=True, max_length=50)),
                (
                    "postal_line1",
                    models.CharField(blank=True, max_length=500, verbose_name="postal address"),
                ),
                (
                    "postal_line2",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="postal address, line 2"
                    ),
                ),
                (
                    "postal_city",
                    models.CharField(blank=True, max_length=255, verbose_name="suburb or city"),
                ),
                (
                    "postal_region",
                    models.CharField(blank=True, max_length=255, verbose_name="state"),
                ),
                (
                    "postal_code",
                    models.CharField(blank=True, max_length=50, verbose_name="postcode"),
                ),
                (
                    "postal_country",
                    models.CharField(blank=True, max_length=50, verbose_name="country"),
                ),
                (
                    "street_line1",
                    models.CharField(blank=True, max_length=500, verbose_name="street address"),
                ),
                (
                    "street_line2",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="street address, line 2"
                    ),
                ),
                (
                    "street_city",
                    models.CharField(blank=True, max_length=255, verbose_name="suburb or city"),
                ),
                (
                    "street_region",
                    models.CharField(blank=True, max_length=255, verbose_name="state"),
                ),
                (
                    "street_code",
                    models.CharField(blank=True, max_length=50, verbose_name="postcode"),
                ),
                (
                    "street_country",
                    models.CharField(blank=True, max_length=50, verbose_name="country"),
                ),
                (
                    "abn",
                    models.CharField(
                        blank=True,
                        max_length=50,
                        validators=[businesses.fields.validate_abn],
                        verbose_name="ABN",
                    ),
                ),
                ("account_number", models.CharField(blank=True, max_length=50)),
                (
                    "terms_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: the business's own terms.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(365)],
                        verbose_name="payment terms",
                    ),
                ),
                (
                    "terms_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("DAYSAFTERBILLDATE", "day(s) after the invoice date"),
                            ("DAYSAFTERBILLMONTH", "day(s) after the end of the invoice month"),
                            ("OFCURRENTMONTH", "of the current month"),
                            ("OFFOLLOWINGMONTH", "of the following month"),
                        ],
                        max_length=20,
                        verbose_name="counted",
                    ),
                ),
                ("notes", models.TextField(blank=True)),
                (
                    "external_id",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=100,
                        verbose_name="id in the imported list",
                    ),
                ),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="contacts.contact",
                    ),
                ),
                ("search_key", models.TextField(blank=True, editable=False)),
            ],
            options={
                "ordering": ("name", "id"),
                "indexes": [
                    models.Index(
                        models.F("business"),
                        django.db.models.functions.text.Lower("name"),
                        name="contact_by_name",
                    ),
                    models.Index(fields=["business", "-updated_at"], name="contact_by_change"),
                    models.Index(fields=["merged_into", "business"], name="contact_by_merged_into"),
                    models.Index(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=["business", "external_id"],
                        name="contact_by_external_id",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "id"), name="contact_business_and_id"
                    ),
                    businesses.constraints.SameBusiness(
                        field="merged_into", name="contact_merged_same_business"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="contact_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("merged_into", None), ("archived_at__isnull", False), _connector="OR"
                        ),
                        name="contact_merged_is_archived",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactTag",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact_tags",
                        to="contacts.contact",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact_tags",
                        to="contacts.tag",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("contact", "tag"), name="contact_tag_once"),
                    businesses.constraints.SameBusiness(
                        field="contact", name="contact_tag_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="tag", name="contact_tag_tag_same_business"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="DuplicateJob",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="duplicate_jobs",
                        to="businesses.business",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("search", "Search for similar contacts"),
                            ("merge", "Automatic merge"),
                            ("undo", "Undo of an automatic merge"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("strict", "Exactly the same"), ("similar", "Similar")],
                        max_length=10,
                    ),
                ),
                ("fields", models.JSONField(default=list)),
                ("rule", models.CharField(blank=True, max_length=20)),
                ("batch", models.UUIDField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("message", models.TextField(blank=True)),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-created_at",),
                "indexes": [
                    models.Index(
                        fields=["business", "kind", "-created_at"], name="duplicate_job_latest"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "id"), name="duplicate_job_business_and_id"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DuplicateGroup",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="duplicate_groups",
                        to="businesses.business",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="groups",
                        to="contacts.duplicatejob",
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("contacts", models.JSONField(default=list)),
                ("probability", models.FloatField()),
                ("sure", models.BooleanField(default=False)),
                ("reasons", models.JSONField(default=list)),
            ],
            options={
                "ordering": ("job", "position"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("job", "position"), name="duplicate_group_position"
                    ),
                    businesses.constraints.SameBusiness(
                        field="job", name="duplicate_group_same_business"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ImportFile",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="import_files",
                        to="businesses.business",
                    ),
                ),
                ("name", models.CharField(max_length=255)),
                ("encoding", models.CharField(max_length=20)),
                ("header", models.JSONField(default=list)),
                ("rows", models.JSONField(default=list)),
                ("mapping", models.JSONField(default=list)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("uploaded", "Uploaded"),
                            ("imported", "Imported"),
                            ("undone", "Undone"),
                        ],
                        default="uploaded",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("result", models.JSONField(default=dict)),
                ("left_out", models.JSONField(default=list)),
                ("created_ids", models.JSONField(default=list)),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("imported_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-created_at",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "uploaded"), ("imported_at__isnull", False), _connector="OR"
                        ),
                        name="import_file_imported_has_a_time",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Merge",
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
                        related_name="merges",
                        to="businesses.business",
                    ),
                ),
                ("batch", models.UUIDField(db_index=True)),
                (
                    "primary",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges_received",
                        to="contacts.contact",
                    ),
                ),
                (
                    "duplicate",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges_given",
                        to="contacts.contact",
                    ),
                ),
                ("automatic", models.BooleanField(default=False)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("moves", models.JSONField(default=dict)),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("done_at", models.DateTimeField(auto_now_add=True)),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-done_at", "-id"),
                "indexes": [
                    models.Index(fields=["primary", "business"], name="merge_by_primary"),
                    models.Index(fields=["duplicate", "business"], name="merge_by_duplicate"),
                ],
                "constraints": [
                    businesses.constraints.SameBusiness(
                        field="primary", name="merge_primary_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="duplicate", name="merge_duplicate_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("duplicate",),
                        name="merge_one_standing_per_duplicate",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NotDuplicates",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="not_duplicates",
                        to="businesses.business",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="contacts.contact",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="contacts.contact",
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("said_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name_plural": "pairs that are not duplicates",
                "indexes": [
                    models.Index(fields=["first", "business"], name="not_duplicates_by_first"),
                    models.Index(fields=["second", "business"], name="not_duplicates_by_second"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="not_duplicates_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))),
                        name="not_duplicates_ordered",
                    ),
                    businesses.constraints.SameBusiness(
                        field="first", name="not_duplicates_first_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="second", name="not_duplicates_second_same_business"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pool",
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
                        related_name="pools",
                        to="businesses.business",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="For example “Back yard” or “Lap pool”.", max_length=200
                    ),
                ),
                ("line1", models.CharField(blank=True, max_length=500, verbose_name="address")),
                (
                    "line2",
                    models.CharField(blank=True, max_length=500, verbose_name="address, line 2"),
                ),
                (
                    "city",
                    models.CharField(blank=True, max_length=255, verbose_name="suburb or city"),
                ),
                ("region", models.CharField(blank=True, max_length=255, verbose_name="state")),
                (
                    "postal_code",
                    models.CharField(blank=True, max_length=50, verbose_name="postcode"),
                ),
                ("country", models.CharField(blank=True, max_length=50)),
                (
                    "volume_litres",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="volume in litres"
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("in_ground", "In-ground pool"),
                            ("above_ground", "Above-ground pool"),
                            ("plunge", "Plunge pool"),
                            ("lap", "Lap pool"),
                            ("spa", "Spa"),
                            ("swim_spa", "Swim spa"),
                            ("indoor", "Indoor pool"),
                            ("commercial", "Commercial pool"),
                            ("other", "Other"),
                        ],
                        default="in_ground",
                        max_length=20,
                    ),
                ),
                (
                    "surface",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("concrete", "Concrete"),
                            ("pebble", "Pebble"),
                            ("fibreglass", "Fibreglass"),
                            ("tiled", "Tiled"),
                            ("painted", "Painted"),
                            ("vinyl", "Vinyl liner"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "sanitiser",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("chlorine", "Chlorine"),
                            ("salt", "Salt chlorinator"),
                            ("mineral", "Mineral"),
                            ("bromine", "Bromine"),
                            ("ozone", "Ozone"),
                            ("uv", "Ultraviolet"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("equipment_notes", models.TextField(blank=True)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("search_key", models.TextField(blank=True, editable=False)),
            ],
            options={
                "ordering": ("name", "id"),
                "indexes": [models.Index(fields=["business", "name"], name="pool_by_name")],
                "constraints": [
                    models.UniqueConstraint(fields=("business", "id"), name="pool_business_and_id"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="pool_has_a_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PoolContact",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pool_contacts",
                        to="contacts.pool",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pool_contacts",
                        to="contacts.contact",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("owner", "Owner"), ("tenant", "Tenant"), ("agent", "Agent")],
                        default="owner",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "ordering": ("pool", "role", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("pool", "contact", "role"), name="pool_contact_once"
                    ),
                    businesses.constraints.SameBusiness(
                        field="pool", name="pool_contact_pool_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="contact", name="pool_contact_same_business"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.AddField(
            model_name="contact",
            name="tags",
            field=models.ManyToManyField(
                blank=True,
                related_name="contacts",
                through="contacts.ContactTag",
                to="contacts.tag",
            ),
        ),
        migrations.AddField(
            model_name="pool",
            name="contacts",
            field=models.ManyToManyField(
                related_name="pools", through="contacts.PoolContact", to="contacts.contact"
            ),
        ),
    ]
