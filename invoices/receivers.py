"""What a new business needs before its first invoice: tax rates and a number sequence."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from businesses.models import Business
from invoices.models import InvoiceSequence, TaxRate

GST_PERCENT = 10  # A New Tax System (Goods and Services Tax) Act 1999, section 9-70


@receiver(post_save, sender=Business)
def equip_new_business(instance: Business, created: bool, raw: bool = False, **kwargs: Any) -> None:
    # Fixtures (raw) bring their own rates and sequences.
    if not created or raw:
        return
    registered = instance.gst_registered
    TaxRate.objects.bulk_create(
        [
            TaxRate(business=instance, name="GST 10%", percent=GST_PERCENT, is_default=registered),
            TaxRate(business=instance, name="GST free", percent=0, is_default=not registered),
        ]
    )
    InvoiceSequence.objects.create(business=instance)
