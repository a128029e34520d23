"""What happens here to a card payment that the money at Stripe must follow."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from invoices.models import Payment, PaymentMethod
from stripe_integration.holding import hold
from stripe_integration.models import Charge


@receiver(post_save, sender=Payment, dispatch_uid="stripe-payment")
def payment_saved(instance: Payment, raw: bool = False, **kwargs: Any) -> None:
    """A payment taken back here is still at Stripe: held, until it is given back there."""
    if raw or instance.method != PaymentMethod.CARD_ONLINE or not instance.is_reversed:
        return
    charges = Charge.objects.filter(business_id=instance.business_id)
    charge = charges.select_related("business", "invoice").filter(stripe_id=instance.reference)
    for one in charge:
        hold(one, instance.amount, part=f"reversed:{instance.pk}")
