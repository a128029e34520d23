"""A try to be paid for an invoice: written down before Stripe hears of it, one live at a time."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from invoices.models import Invoice
from stripe_integration.models import LIVE, Charge, CheckoutSession, SessionStatus

# Where Stripe's objects carry the key of our row.
METADATA = "pooltrackr"


class PayRefused(Exception):
    """Why a payment cannot be begun, in words for who asked: the customer, or the staff."""


DOWN = "The payment page could not be opened just now. Nothing was charged. Try again in a minute."
CHANGED = "This invoice has changed meanwhile. Look at the amount, and pay again if it is right."
CHOOSE = "Choose the card that you want to pay with."
ARRIVING = "A payment of this invoice is being entered just now. Look again in a minute."
NOT_OFFERED = "This invoice cannot be paid by card at the moment."


def live(invoice: Invoice) -> CheckoutSession | None:
    rows = CheckoutSession.objects.filter(invoice=invoice, status__in=LIVE)
    return rows.select_related("account__business", "invoice", "saved_card").first()


def is_arriving(invoice: Invoice) -> bool:
    """Say whether money was taken that is not entered yet."""
    return unbooked().filter(invoice=invoice).exists()


def unbooked() -> QuerySet[CheckoutSession]:
    """Return tries that were paid, and of which the money is not entered yet."""
    paid = CheckoutSession.objects.filter(status=SessionStatus.PAID)
    return paid.exclude(
        Exists(Charge.objects.filter(session=OuterRef("pk"), booked_at__isnull=False))
    )


def prepare(row: CheckoutSession) -> None:
    """Write a try down with the very body that is sent. Raises IntegrityError beside another."""
    with transaction.atomic():
        row.save(force_insert=True)


def save_live(row: CheckoutSession, *fields: str) -> None:
    """Save what was learnt of a row, unless something else ended it meanwhile."""
    live_row = CheckoutSession.objects.filter(pk=row.pk, status__in=LIVE)
    values = {name: getattr(row, name) for name in ("status", *fields)}
    live_row.update(**values, updated_at=timezone.now())


def metadata(row: CheckoutSession) -> dict[str, str]:
    return {METADATA: str(row.pk)}
