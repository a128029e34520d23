"""What a new business needs before its first invoice, and what a mail service tells of e-mails."""

from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, tracking
from django.db.models.signals import post_save
from django.dispatch import receiver

from businesses.models import Business
from invoices.models import InvoiceSequence, TaxRate
from invoices.services import emailing

# Of what a mail service tells: an e-mail did not reach its reader, and will not.
LOST = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED, EventType.COMPLAINED}
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


@receiver(tracking, dispatch_uid="invoice-email-lost")
def email_lost(event: AnymailTrackingEvent, **kwargs: Any) -> None:
    """The service has signed what it tells (`anymail.webhooks`); others' e-mails are not ours."""
    if event.event_type in LOST:
        reason = event.mta_response or event.description or event.reject_reason or ""
        emailing.came_back(event.message_id or "", reason=str(reason))
