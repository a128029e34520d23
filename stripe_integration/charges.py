"""Card payments as the people of a business see them: what came in, and what needs a decision."""

from django.db.models import F, QuerySet

from businesses.models import Business
from stripe_integration.models import Charge

# More than one page of them is a sign of something else.
LIMIT = 20


def for_a_person(business: Business) -> list[Charge]:
    """Return charges of which money is left over that nobody gave back, the newest first."""
    return [charge for charge in _whole(business) if charge.unapplied][:LIMIT]


def _whole(business: Business) -> QuerySet[Charge]:
    # Amounts are compared in the database, never summed there.
    left = business.stripe_charges.exclude(booked_at=None).filter(applied__lt=F("amount"))
    return left.select_related("invoice", "invoice__business")
