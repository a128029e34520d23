"""Money movements: what a card processor did with the business's money, written down once."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from businesses.models import Business
from invoices.models import Invoice, MoneyMovement, MovementKind
from pooltrackr.lib.money import ZERO


@dataclass(frozen=True)
class Movement:
    """One movement as its processor tells it; `amount` is signed, `tax` is within it.

    `source_id` names it at the processor, and the part of it where it has several.
    """

    kind: MovementKind
    source_id: str
    date: dt.date
    currency: str
    amount: Decimal
    tax: Decimal = ZERO
    invoice: Invoice | None = None
    memo: str = ""


def record_movement(business: Business, *, processor: str, data: Movement) -> MoneyMovement:
    """Write a movement down; one that is known by its source already is returned as it stands."""
    row, _ = MoneyMovement.objects.get_or_create(
        business=business,
        processor=processor,
        source_id=data.source_id,
        defaults={
            "kind": data.kind,
            "date": data.date,
            "currency": data.currency,
            "amount": data.amount,
            "tax": data.tax,
            "invoice": data.invoice,
            "memo": data.memo[:255],
        },
    )
    return row
