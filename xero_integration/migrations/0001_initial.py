import businesses.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("invoices", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="XeroToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("xero_userid", models.CharField(max_length=64, unique=True)),
                ("access_token_encrypted", models.TextField(blank=True)),
                ("refresh_token_encrypted", models.TextField(blank=True)),
                ("scopes", models.TextField(blank=True)),
                ("expires_at", models.DateTimeField()),
                ("refresh_expires_at", models.DateTimeField()),
                ("generation", models.PositiveIntegerField(default=1)),
                ("lease_owner", models.CharField(blank=True, max_length=64)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("broken_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "Xero token",
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Consent",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("nonce", models.CharField(max_length=64, unique=True)),
                ("verifier_encrypted", models.TextField(verbose_name="PKCE verifier")),
                ("next_step", models.CharField(blank=True, max_length=100)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "token",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="xero_integration.xerotoken",
                    ),
                ),
                ("organisations", models.JSONField(blank=True, default=list)),
            ],
            options={
                "verbose_name": "consent",
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Connection",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="xero_connections",
                        to="businesses.business",
                    ),
                ),
                (
                    "token",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="connections",
                        to="xero_integration.xerotoken",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Connected"),
                            ("needs_reconnect", "Needs reconnecting"),
                            ("disconnected", "Disconnected"),
                        ],
                        default="active",
                        max_length=20,
                    ),
                ),
                ("tenant_id", models.CharField(max_length=64, verbose_name="organisation id")),
                ("xero_connection_id", models.CharField(blank=True, max_length=64)),
                ("organisation_name", models.CharField(max_length=255)),
                ("short_code", models.CharField(blank=True, max_length=30)),
                ("country_code", models.CharField(blank=True, max_length=5)),
                ("base_currency", models.CharField(blank=True, max_length=3)),
                ("time_zone", models.CharField(blank=True, max_length=60)),
                ("period_lock_date", models.DateField(blank=True, null=True)),
                ("end_of_year_lock_date", models.DateField(blank=True, null=True)),
                (
                    "connected_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("connected_at", models.DateTimeField()),
                ("disconnected_at", models.DateTimeField(blank=True, null=True)),
                ("last_synced_at", models.DateTimeField(blank=True, null=True)),
                ("status_reason", models.TextField(blank=True)),
                ("owners_told_at", models.DateTimeField(blank=True, null=True)),
                ("contacts_open_at", models.DateTimeField(blank=True, null=True)),
                ("invoices_open_at", models.DateTimeField(blank=True, null=True)),
                ("send_from", models.DateField()),
                (
                    "invoice_status",
                    models.CharField(
                        choices=[
                            ("DRAFT", "Draft"),
                            ("SUBMITTED", "Awaiting approval"),
                            ("AUTHORISED", "Approved"),
                        ],
                        default="AUTHORISED",
                        max_length=20,
                        verbose_name="status of invoices in Xero",
                    ),
                ),
                ("paused_until", models.DateTimeField(blank=True, null=True)),
                ("paused_reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name": "Xero connection",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "id"), name="connection_business_and_id"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "tenant_id"), name="connection_once_per_organisation"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "disconnected"), _negated=True),
                        fields=("business",),
                        name="connection_one_current_per_business",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "disconnected"), _negated=True),
                        fields=("tenant_id",),
                        name="connection_one_current_per_organisation",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Link",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="xero_integration.connection",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("contact", "Contact"), ("invoice", "Invoice")], max_length=20
                    ),
                ),
                ("object_id", models.UUIDField()),
                ("xero_id", models.CharField(max_length=64, verbose_name="Xero id")),
                (
                    "status",
                    models.CharField(
                        choices=[("current", "Linked"), ("former", "Formerly linked")],
                        default="current",
                        max_length=10,
                    ),
                ),
                ("pushed_digest", models.CharField(blank=True, max_length=64)),
                ("pushed_at", models.DateTimeField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("remote", models.JSONField(blank=True, default=dict)),
                (
                    "linked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["connection", "kind", "object_id"], name="link_by_object"),
                    models.Index(fields=["connection", "kind", "xero_id"], name="link_by_xero_id"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "current")),
                        fields=("connection", "kind", "object_id"),
                        name="link_one_per_object",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "current")),
                        fields=("connection", "kind", "xero_id"),
                        name="link_one_per_xero_id",
                    ),
                    businesses.constraints.SameBusiness(
                        field="connection", name="link_connection_same_business"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxRow",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outbox",
                        to="xero_integration.connection",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("contact", "Contact"), ("invoice", "Invoice")], max_length=20
                    ),
                ),
                ("object_id", models.UUIDField()),
                (
                    "label",
                    models.CharField(
                        blank=True, help_text="Name or number, for the log.", max_length=255
                    ),
                ),
                (
                    "lane",
                    models.CharField(
                        choices=[("interactive", "At once"), ("bulk", "In bulk")],
                        default="interactive",
                        max_length=15,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("in_flight", "In progress"),
                            ("parked", "Needs you"),
                            ("done", "Done"),
                            ("excluded", "Left out of Xero"),
                        ],
                        default="waiting",
                        max_length=15,
                    ),
                ),
                ("generation", models.PositiveIntegerField(default=1)),
                ("queued_at", models.DateTimeField()),
                ("not_before", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("lease_owner", models.CharField(blank=True, max_length=64)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                (
                    "error_class",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("temporary", "Temporary"),
                            ("rate_limited", "Xero's limit reached"),
                            ("rejected", "Refused by Xero"),
                            ("connection_lost", "Connection lost"),
                            ("unknown", "Unknown"),
                            ("not_ready", "Not ready to send"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "error_code",
                    models.CharField(
                        blank=True, help_text="Key of the known cause.", max_length=60
                    ),
                ),
                ("error_message", models.TextField(blank=True, help_text="Xero's own words.")),
                ("proposed_name", models.CharField(blank=True, max_length=255)),
            ],
            options={
                "verbose_name": "outbox row",
                "indexes": [
                    models.Index(
                        fields=["connection", "status", "kind", "lane", "not_before"],
                        name="outbox_claim",
                    ),
                    models.Index(fields=["status", "lease_until"], name="outbox_leases"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "id"), name="outbox_row_business_and_id"
                    ),
                    models.UniqueConstraint(
                        fields=("connection", "kind", "object_id"), name="outbox_one_row_per_object"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["waiting", "in_flight", "parked", "done", "excluded"])
                        ),
                        name="outbox_status_known",
                    ),
                    businesses.constraints.SameBusiness(
                        field="connection", name="outbox_connection_same_business"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="xero_integration.connection",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("contact", "Contact"), ("invoice", "Invoice")], max_length=20
                    ),
                ),
                (
                    "operation",
                    models.CharField(
                        choices=[("create", "Create"), ("update", "Update"), ("void", "Void")],
                        max_length=10,
                    ),
                ),
                (
                    "lane",
                    models.CharField(
                        choices=[("interactive", "At once"), ("bulk", "In bulk")],
                        default="interactive",
                        max_length=15,
                    ),
                ),
                ("idempotency_key", models.CharField(max_length=128, unique=True)),
                ("body", models.TextField(blank=True)),
                ("body_digest", models.CharField(max_length=64)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("prepared", "Prepared"),
                            ("unclear", "Outcome unclear"),
                            ("look_up", "To be looked up"),
                            ("settled", "Settled"),
                            ("looked_up", "Looked up"),
                            ("released", "Not sent"),
                            ("split", "Split"),
                        ],
                        default="prepared",
                        max_length=15,
                    ),
                ),
                ("first_sent_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("not_before", models.DateTimeField(blank=True, null=True)),
                ("lease_owner", models.CharField(blank=True, max_length=64)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("http_status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("duration_ms", models.PositiveIntegerField(blank=True, null=True)),
                ("error_message", models.TextField(blank=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "batches",
                "indexes": [models.Index(fields=["status", "lease_until"], name="batch_leases")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "id"), name="batch_business_and_id"
                    ),
                    businesses.constraints.SameBusiness(
                        field="connection", name="batch_connection_same_business"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchMember",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="xero_integration.batch",
                    ),
                ),
                (
                    "row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="xero_integration.outboxrow",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("generation", models.PositiveIntegerField()),
                ("payload_digest", models.CharField(max_length=64)),
                ("expected", models.JSONField(blank=True, default=dict)),
                ("read_at", models.DateTimeField()),
                ("error_code", models.CharField(blank=True, max_length=60)),
                ("error_message", models.TextField(blank=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("batch", "position"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("batch", "position"), name="member_once_per_place"
                    ),
                    businesses.constraints.SameBusiness(
                        field="batch", name="member_batch_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="row", name="member_row_same_business"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SyncEntry",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="xero_integration.connection",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "direction",
                    models.CharField(
                        choices=[("to_xero", "To Xero"), ("from_xero", "From Xero")], max_length=10
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("contact", "Contact"), ("invoice", "Invoice")], max_length=20
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("create", "Created"),
                            ("update", "Updated"),
                            ("link", "Linked"),
                            ("adopt", "Found and linked"),
                            ("leave", "Left out"),
                            ("void", "Voided"),
                            ("unlink", "Unlinked"),
                            ("read", "Read"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("done", "Done"),
                            ("retrying", "Will try again"),
                            ("failed", "Needs you"),
                        ],
                        max_length=10,
                    ),
                ),
                ("object_id", models.UUIDField(blank=True, null=True)),
                ("xero_id", models.CharField(blank=True, max_length=64, verbose_name="Xero id")),
                ("label", models.CharField(blank=True, max_length=255)),
                ("message", models.TextField(blank=True, help_text="Xero's own words.")),
                ("error_code", models.CharField(blank=True, max_length=60)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="xero_integration.batch",
                    ),
                ),
                ("duration_ms", models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "sync log entry",
                "verbose_name_plural": "sync log entries",
                "ordering": ("-at", "-id"),
                "indexes": [
                    models.Index(fields=["connection", "-at"], name="entry_by_time"),
                    models.Index(
                        fields=["connection", "kind", "object_id"], name="entry_by_object"
                    ),
                ],
                "constraints": [
                    businesses.constraints.SameBusiness(
                        field="connection", name="entry_connection_same_business"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="XeroContact",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="xero_contacts",
                        to="xero_integration.connection",
                    ),
                ),
                ("xero_id", models.CharField(max_length=64, verbose_name="ContactID")),
                ("name", models.CharField(max_length=255)),
                ("first_name", models.CharField(blank=True, max_length=255)),
                ("last_name", models.CharField(blank=True, max_length=255)),
                ("email", models.CharField(blank=True, max_length=255)),
                ("phone", models.CharField(blank=True, max_length=100)),
                ("mobile", models.CharField(blank=True, max_length=100)),
                ("postal_line1", models.CharField(blank=True, max_length=500)),
                ("postal_line2", models.CharField(blank=True, max_length=500)),
                ("postal_city", models.CharField(blank=True, max_length=255)),
                ("postal_region", models.CharField(blank=True, max_length=255)),
                ("postal_code", models.CharField(blank=True, max_length=50)),
                ("postal_country", models.CharField(blank=True, max_length=50)),
                ("street_line1", models.CharField(blank=True, max_length=500)),
                ("street_line2", models.CharField(blank=True, max_length=500)),
                ("street_city", models.CharField(blank=True, max_length=255)),
                ("street_region", models.CharField(blank=True, max_length=255)),
                ("street_code", models.CharField(blank=True, max_length=50)),
                ("street_country", models.CharField(blank=True, max_length=50)),
                ("tax_number", models.CharField(blank=True, max_length=50)),
                ("account_number", models.CharField(blank=True, max_length=50)),
                ("contact_number", models.CharField(blank=True, max_length=50)),
                ("status", models.CharField(default="ACTIVE", max_length=20)),
                (
                    "merged_to",
                    models.CharField(blank=True, max_length=64, verbose_name="MergedToContactID"),
                ),
                ("is_customer", models.BooleanField(default=False)),
                ("is_supplier", models.BooleanField(default=False)),
                (
                    "updated_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="updated in Xero"),
                ),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("create_here", models.BooleanField(default=True)),
                ("search_key", models.TextField(blank=True)),
            ],
            options={
                "verbose_name": "contact in Xero",
                "verbose_name_plural": "contacts in Xero",
                "ordering": ("name", "id"),
                "indexes": [
                    models.Index(fields=["connection", "status", "name"], name="xero_contact_list")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "id"), name="xero_contact_business_and_id"
                    ),
                    models.UniqueConstraint(
                        fields=("connection", "xero_id"), name="xero_contact_once"
                    ),
                    businesses.constraints.SameBusiness(
                        field="connection", name="xero_contact_same_business"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="XeroAccount",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="accounts",
                        to="xero_integration.connection",
                    ),
                ),
                ("xero_id", models.CharField(max_length=64, verbose_name="AccountID")),
                ("code", models.CharField(blank=True, max_length=10)),
                ("name", models.CharField(max_length=150)),
                ("type", models.CharField(max_length=20)),
                (
                    "account_class",
                    models.CharField(blank=True, max_length=20, verbose_name="class"),
                ),
                ("status", models.CharField(max_length=20)),
                ("tax_type", models.CharField(blank=True, max_length=50)),
                ("system_account", models.CharField(blank=True, max_length=50)),
                ("enable_payments", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "account in Xero",
                "verbose_name_plural": "accounts in Xero",
                "ordering": ("code", "name"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "id"), name="xero_account_business_and_id"
                    ),
                    models.UniqueConstraint(
                        fields=("connection", "xero_id"), name="xero_account_once"
                    ),
                    businesses.constraints.SameBusiness(
                        field="connection", name="xero_account_same_business"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="XeroTaxRate",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="xero_tax_rates",
                        to="xero_integration.connection",
                    ),
                ),
                ("tax_type", models.CharField(max_length=50)),
                ("name", models.CharField(max_length=100)),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=4, default=0, max_digits=9, verbose_name="effective rate %"
                    ),
                ),
                ("status", models.CharField(max_length=20)),
                ("can_apply_to_revenue", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "tax rate in Xero",
                "verbose_name_plural": "tax rates in Xero",
                "ordering": ("name",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "id"), name="xero_tax_rate_business_and_id"
                    ),
                    models.UniqueConstraint(
                        fields=("connection", "tax_type"), name="xero_tax_rate_once"
                    ),
                    businesses.constraints.SameBusiness(
                        field="connection", name="xero_tax_rate_same_business"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="CategoryAccount",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="category_accounts",
                        to="xero_integration.connection",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="invoices.productcategory",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="xero_integration.xeroaccount",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connection", "category"), name="category_account_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("category", None)),
                        fields=("connection",),
                        name="category_account_one_for_none",
                    ),
                    businesses.constraints.SameBusiness(
                        field="connection", name="category_account_connection_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="category", name="category_account_category_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="account", name="category_account_account_same_business"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ProductAccount",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="product_accounts",
                        to="xero_integration.connection",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="invoices.product",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="xero_integration.xeroaccount",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connection", "product"), name="product_account_once"
                    ),
                    businesses.constraints.SameBusiness(
                        field="connection", name="product_account_connection_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="product", name="product_account_product_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="account", name="product_account_account_same_business"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="TaxMapping",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tax_mappings",
                        to="xero_integration.connection",
                    ),
                ),
                (
                    "tax_rate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="invoices.taxrate",
                    ),
                ),
                (
                    "xero_tax_rate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="xero_integration.xerotaxrate",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connection", "tax_rate"), name="tax_mapping_once"
                    ),
                    businesses.constraints.SameBusiness(
                        field="connection", name="tax_mapping_connection_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="tax_rate", name="tax_mapping_rate_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="xero_tax_rate", name="tax_mapping_xero_rate_same_business"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="WizardRun",
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
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="xero_wizard",
                        to="businesses.business",
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("dedupe", "Clean up"),
                            ("connect", "Connect"),
                            ("link", "Link"),
                            ("create", "Create"),
                            ("sync", "Sync"),
                            ("accounts", "Accounts"),
                            ("done", "Done"),
                        ],
                        default="dedupe",
                        max_length=10,
                    ),
                ),
                (
                    "keep",
                    models.CharField(
                        choices=[("ours", "Keep Pooltrackr's data"), ("xero", "Keep Xero's data")],
                        default="ours",
                        max_length=5,
                    ),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="LinkChoice",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="link_choices",
                        to="xero_integration.connection",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="link_choices",
                        to="contacts.contact",
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("undecided", "Choose"),
                            ("link", "Link"),
                            ("create", "Create contact in Xero"),
                            ("leave", "Leave out of Xero"),
                        ],
                        default="undecided",
                        max_length=10,
                    ),
                ),
                (
                    "xero_contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="link_choices",
                        to="xero_integration.xerocontact",
                    ),
                ),
                (
                    "certainty",
                    models.CharField(
                        choices=[("sure", "Sure"), ("likely", "Likely"), ("none", "No match")],
                        default="none",
                        max_length=10,
                    ),
                ),
                ("score", models.FloatField(default=0, verbose_name="probability")),
                ("reasons", models.JSONField(blank=True, default=list)),
                ("alternatives", models.JSONField(blank=True, default=list)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: proposed by the matcher.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "keep",
                    models.CharField(
                        blank=True,
                        choices=[("ours", "Keep Pooltrackr's data"), ("xero", "Keep Xero's data")],
                        max_length=5,
                    ),
                ),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                ("before", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["connection", "xero_contact"], name="link_choice_by_target"
                    ),
                    models.Index(fields=["connection", "action"], name="link_choice_by_action"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connection", "contact"), name="link_choice_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("action", "link"), _negated=True),
                            ("xero_contact__isnull", False),
                            _connector="OR",
                        ),
                        name="link_choice_names_its_contact",
                    ),
                    businesses.constraints.SameBusiness(
                        field="connection", name="link_choice_connection_same_business"
                    ),
                    businesses.constraints.SameBusiness(
                        field="contact", name="link_choice_contact_same_business"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Job",
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
                        related_name="jobs",
                        to="xero_integration.connection",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("read", "Reading from Xero"),
                            ("suggest", "Comparing contacts"),
                            ("sync", "Syncing"),
                            ("merge", "Merging duplicates"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("failed", "Stopped"),
                            ("done", "Done"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("phase", models.CharField(blank=True, max_length=60)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
                ("cursor", models.JSONField(blank=True, default=dict)),
                ("error_message", models.TextField(blank=True)),
                ("lease_owner", models.CharField(blank=True, max_length=64)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["queued", "running"])),
                        fields=("connection", "kind"),
                        name="job_one_at_a_time",
                    ),
                    businesses.constraints.SameBusiness(
                        field="connection", name="job_connection_same_business"
                    ),
                ],
                "indexes": [],
            },
        ),
    ]
