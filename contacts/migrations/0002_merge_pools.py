import businesses.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("businesses", "0001_initial"),
        ("contacts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NotDuplicatePools",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("said_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name_plural": "pairs of pools that are not duplicates",
            },
        ),
        migrations.CreateModel(
            name="PoolMerge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("batch", models.UUIDField(db_index=True)),
                ("automatic", models.BooleanField(default=False)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("moves", models.JSONField(default=dict)),
                ("done_at", models.DateTimeField(auto_now_add=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-done_at", "-id"),
                "abstract": False,
            },
        ),
        migrations.RemoveIndex(
            model_name="duplicatejob",
            name="duplicate_job_latest",
        ),
        migrations.AddField(
            model_name="duplicatejob",
            name="of",
            field=models.CharField(
                choices=[("contact", "Contacts"), ("pool", "Pools")],
                default="contact",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="pool",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="contacts.pool",
            ),
        ),
        migrations.AlterField(
            model_name="duplicatejob",
            name="kind",
            field=models.CharField(
                choices=[
                    ("search", "Search for duplicates"),
                    ("merge", "Automatic merge"),
                    ("undo", "Undo of an automatic merge"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="duplicatejob",
            index=models.Index(
                fields=["business", "kind", "of", "-created_at"], name="duplicate_job_latest"
            ),
        ),
        migrations.AddIndex(
            model_name="pool",
            index=models.Index(fields=["merged_into", "business"], name="pool_by_merged_into"),
        ),
        migrations.AddConstraint(
            model_name="pool",
            constraint=businesses.constraints.SameBusiness(
                field="merged_into", name="pool_merged_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="pool",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into", None), ("archived_at__isnull", False), _connector="OR"
                ),
                name="pool_merged_is_archived",
            ),
        ),
        migrations.AddField(
            model_name="notduplicatepools",
            name="business",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="not_duplicate_pools",
                to="businesses.business",
            ),
        ),
        migrations.AddField(
            model_name="notduplicatepools",
            name="first",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="contacts.pool",
            ),
        ),
        migrations.AddField(
            model_name="notduplicatepools",
            name="said_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="notduplicatepools",
            name="second",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="contacts.pool",
            ),
        ),
        migrations.AddField(
            model_name="poolmerge",
            name="business",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pool_merges",
                to="businesses.business",
            ),
        ),
        migrations.AddField(
            model_name="poolmerge",
            name="done_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="poolmerge",
            name="duplicate",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges_given",
                to="contacts.pool",
            ),
        ),
        migrations.AddField(
            model_name="poolmerge",
            name="primary",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges_received",
                to="contacts.pool",
            ),
        ),
        migrations.AddField(
            model_name="poolmerge",
            name="undone_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="notduplicatepools",
            index=models.Index(fields=["first", "business"], name="not_duplicate_pools_by_first"),
        ),
        migrations.AddIndex(
            model_name="notduplicatepools",
            index=models.Index(fields=["second", "business"], name="not_duplicate_pools_by_second"),
        ),
        migrations.AddConstraint(
            model_name="notduplicatepools",
            constraint=models.UniqueConstraint(
                fields=("first", "second"), name="not_duplicate_pools_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="notduplicatepools",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lt", models.F("second"))),
                name="not_duplicate_pools_ordered",
            ),
        ),
        migrations.AddConstraint(
            model_name="notduplicatepools",
            constraint=businesses.constraints.SameBusiness(
                field="first", name="not_duplicate_pools_first_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="notduplicatepools",
            constraint=businesses.constraints.SameBusiness(
                field="second", name="not_duplicate_pools_second_same_business"
            ),
        ),
        migrations.AddIndex(
            model_name="poolmerge",
            index=models.Index(fields=["primary", "business"], name="pool_merge_by_primary"),
        ),
        migrations.AddIndex(
            model_name="poolmerge",
            index=models.Index(fields=["duplicate", "business"], name="pool_merge_by_duplicate"),
        ),
        migrations.AddConstraint(
            model_name="poolmerge",
            constraint=businesses.constraints.SameBusiness(
                field="primary", name="pool_merge_primary_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="poolmerge",
            constraint=businesses.constraints.SameBusiness(
                field="duplicate", name="pool_merge_duplicate_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="poolmerge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)),
                fields=("duplicate",),
                name="pool_merge_one_standing_per_duplicate",
            ),
        ),
    ]
