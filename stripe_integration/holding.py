"""Money that came by card and that no invoice needed: held until it is used or given back."""

from decimal import Decimal

from invoices.models import MoneyMovement, MovementKind
from invoices.services import Movement, record_movement
from pooltrackr.lib.money import ZERO
from stripe_integration.models import Charge

PROCESSOR = "stripe"


def hold(charge: Charge, amount: Decimal, *, part: str) -> None:
    """Note that `amount` of a charge is held from now on; below zero, that it no longer is.

    `part` names the step: a second look at it meets its row. Within the caller's transaction.
    """
    if not amount or charge.currency != charge.account.currency:
        # Stripe keeps each currency apart, and the books are of the account's own.
        return
    business = charge.business
    data = Movement(
        kind=MovementKind.HELD,
        source_id=f"{charge.stripe_id}:{part}",
        date=charge.charged_at.astimezone(business.zone).date(),
        currency=charge.currency,
        amount=amount,
        invoice=charge.invoice,
        memo=f"Paid by card, {charge.stripe_id}",
    )
    record_movement(business, processor=PROCESSOR, data=data)


def held_of(charge: Charge | None) -> Decimal:
    """Return what is held of a charge now: of one that is not ours, nothing is known."""
    if charge is None:
        return ZERO
    own = MoneyMovement.objects.filter(
        business_id=charge.business_id,
        processor=PROCESSOR,
        kind=MovementKind.HELD,
        invoice_id=charge.invoice_id,
    )
    mine = own.filter(source_id__startswith=f"{charge.stripe_id}:")
    # Not by the database: SQLite adds up in binary fractions.
    return sum(mine.values_list("amount", flat=True), ZERO)
