"""Card money where its account in Xero is a current asset and no bank account: bills paid from it.

Bank transactions and transfers exist on bank accounts alone. So each amount that the card company
kept becomes a bill of its, and that is paid from the asset account; two calls, as for a credit note
and its refund. Money that comes in has no such form, and payouts are matched in Xero by hand.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from invoices.models import MoneyMovement
from xero_integration import outbox
from xero_integration.models import (
    Connection,
    Kind,
    Lane,
    OutboxStatus,
)
from xero_integration.payments.movements import MovementJudge, Places, reference_of
from xero_integration.payments.paying_out import PayingOutJudge

Json = dict[str, Any]

# How a movement goes while the account of card payments is a bank account, and while it is not.
FORMS = (Kind.MOVEMENT, Kind.BILL)
MOVES = (OutboxStatus.WAITING, OutboxStatus.PARKED)


def form_of(connection: Connection) -> Kind:
    """Return as what fees and the like go to Xero now."""
    return Kind.MOVEMENT if Places(connection).is_bank else Kind.BILL


def reform(connection: Connection) -> None:
    """Let what waits go in the form that the account chosen now takes."""
    wanted = form_of(connection)
    other = next(kind for kind in FORMS if kind != wanted)
    sent = connection.links.filter(kind=other).values("object_id")
    there = connection.outbox.filter(kind=wanted).values("object_id")
    rows = connection.outbox.filter(kind=other, status__in=MOVES)
    # One that went is not sent again in another form, and a movement has one row of a form.
    rows.exclude(object_id__in=sent).exclude(object_id__in=there).update(kind=wanted)


def queue(connection: Connection, movement_ids: Collection[UUID]) -> dict[UUID, str]:
    """Queue paying these bills; return which, by the movement's key."""
    found = MoneyMovement.objects.filter(business_id=connection.business_id, pk__in=movement_ids)
    labels = {one.pk: f"{one.get_kind_display()}, {one.amount:,}" for one in found}
    outbox.put(connection, Kind.BILL_PAYMENT, labels, lane=Lane.INTERACTIVE)
    return labels


class BillJudge(MovementJudge):
    """Fees and the like as bills; the object is the money movement."""

    kind = Kind.BILL

    def body_of(self, movement: MoneyMovement) -> Json:
        spent = super().body_of(movement)
        shared = ("Status", "Contact", "Date", "CurrencyCode", "LineAmountTypes", "LineItems")
        return {
            "Type": "ACCPAY",
            "InvoiceNumber": reference_of(movement),
            "DueDate": spent["Date"],
            **{name: spent[name] for name in shared},
        }


class BillPaymentJudge(PayingOutJudge):
    """The payments of those bills."""

    kind, document = Kind.BILL_PAYMENT, Kind.BILL
    named, expected = ("Invoice", "InvoiceID"), "invoice"

    def document_of(self, movement: MoneyMovement) -> UUID:
        return movement.pk
