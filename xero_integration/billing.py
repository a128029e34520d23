"""Card money where its account in Xero is a current asset and no bank account: bills paid from it.

Bank transactions and transfers exist on bank accounts alone. So each amount that the card company
kept becomes a bill of its, and that is paid from the asset account; two calls, as for a credit note
and its refund. Money that comes in has no such form, and payouts are matched in Xero by hand.
"""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from invoices.models import MoneyMovement
from xero_integration import outbox
from xero_integration.batches import Ready
from xero_integration.judging import Judgement, Nothing, links_of
from xero_integration.models import (
    BatchOperation,
    Connection,
    Kind,
    Lane,
    OutboxRow,
    OutboxStatus,
)
from xero_integration.movements import MovementJudge, Places, reference_of
from xero_integration.payloads import Payload, digest_of

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
    rows = connection.outbox.filter(kind=other, status__in=MOVES).exclude(object_id__in=sent)
    rows.update(kind=wanted)


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


class BillPaymentJudge:
    """The payments of those bills, out of the account of card payments."""

    def __init__(self, connection: Connection, rows: Iterable[OutboxRow]) -> None:
        ids = [row.object_id for row in rows]
        movements = MoneyMovement.objects.filter(business_id=connection.business_id)
        self.movements = movements.in_bulk(ids)
        self.links = links_of(connection, Kind.BILL_PAYMENT, ids)
        self.bills = links_of(connection, Kind.BILL, ids)
        self.places = Places(connection)

    def of(self, row: OutboxRow) -> Judgement:
        movement, bill = self.movements.get(row.object_id), self.bills.get(row.object_id)
        if movement is None or bill is None or row.object_id in self.links:
            return Nothing()
        if problem := self.places.refund_problem(movement):
            return problem
        body = self._body(movement, bill.xero_id)
        expected = {"object": str(movement.pk), "invoice": bill.xero_id}
        payload = Payload(body, digest_of(body), expected)
        return Ready(row, BatchOperation.CREATE, payload, movement.updated_at)

    def _body(self, movement: MoneyMovement, bill_id: str) -> Json:
        assert self.places.clearing is not None
        return {
            "Invoice": {"InvoiceID": bill_id},
            "Account": {"AccountID": self.places.clearing.xero_id},
            "Date": movement.date.isoformat(),
            "Amount": float(-movement.amount),
            "Reference": reference_of(movement),
        }
