from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0005_credit_notes"),
    ]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="account",
            field=models.CharField(blank=True, editable=False, max_length=150),
        ),
    ]
