"""Money that Xero says was received: payments made there become payments here, once.

An invoice's own JSON lists what was set against it: payments (those of a batch too), credit notes,
prepayments and overpayments. Each is linked to its payment here, so its echo is known and nothing
goes back. What was taken back there is reversed here. More than is left to pay here goes to a
person with both figures.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from invoices import services
from invoices.errors import InvoiceRefused
from invoices.models import Invoice, Payment, PaymentMethod
from pooltrackr.lib.chunks import chunks
from pooltrackr.lib.money import ZERO, rounded
from xero_integration import log, outbox, pull, same_money
from xero_integration.client.api import Client
from xero_integration.models import (
    Action,
    Connection,
    Direction,
    Kind,
    Link,
    LinkStatus,
    Outcome,
    SyncEntry,
    XeroInvoice,
)
from xero_integration.numbers import DIGITS
from xero_integration.same_money import Receipt, Unsettled

Json = dict[str, Any]

# Ids in one call: an address of Xero's holds some two thousand characters.
IDS = 40
APPROVED = ("AUTHORISED", "PAID")
CREDITS = {
    "CreditNotes": "CreditNoteID",
    "Prepayments": "PrepaymentID",
    "Overpayments": "OverpaymentID",
}


# --- what changed -------------------------------------------------------------------------------


def invoices_changed(client: Client, rows: Sequence[XeroInvoice]) -> None:
    """Follow the money of linked invoices that changed in Xero."""
    connection = client.connection
    linked = _linked(connection, [row.xero_id for row in rows])
    approved = [linked[row.xero_id] for row in rows if row.xero_id in linked and _is_open(row)]
    with transaction.atomic():
        outbox.requeue_payments_of(connection, approved)
    wanted = [row.xero_id for row in rows if _is_paid_otherwise(row, linked)]
    for ids in chunks(wanted, IDS):
        answer = client.call("get_invoices", i_ds=ids, page=1, page_size=pull.PAGE_SIZE)
        take_in(connection, answer.elements("Invoices"), as_of=answer.asked_at)


def _is_open(row: XeroInvoice) -> bool:
    return row.status in APPROVED


def _linked(connection: Connection, xero_ids: Sequence[str]) -> dict[str, UUID]:
    current = Link.objects.current().filter(connection=connection, kind=Kind.INVOICE)
    found = current.filter(xero_id__in=xero_ids)
    return dict(found.values_list("xero_id", "object_id"))


def _is_paid_otherwise(row: XeroInvoice, linked: Mapping[str, UUID]) -> bool:
    """Say whether what is paid differs from ours; most changes are not about money."""
    if row.xero_id not in linked:
        return False
    invoice = Invoice.objects.filter(pk=linked[row.xero_id]).first()
    return invoice is not None and invoice.amount_paid != row.amount_paid + row.amount_credited


def take_in(connection: Connection, elements: Iterable[Json], *, as_of: dt.datetime) -> None:
    """Bring the payments of linked invoices in step with Xero's. Running twice changes nothing.

    `as_of`: when Xero was asked. What was settled since, its answer need not know.
    """
    by_id = {one["InvoiceID"]: one for one in elements}
    for xero_id, object_id in _linked(connection, list(by_id)).items():
        invoice = Invoice.objects.filter(business_id=connection.business_id, pk=object_id).first()
        if invoice is not None and by_id[xero_id].get("Status") in APPROVED:
            _bring_in_step(connection, invoice, receipts_of(by_id[xero_id]), as_of=as_of)


def receipts_of(element: Json) -> list[Receipt]:
    """Return what Xero has set against an invoice, from the invoice's own JSON."""
    paid = [
        Receipt(one["PaymentID"], _amount(one["Amount"]), _date(one), one.get("Reference") or "")
        for one in element.get("Payments") or []
    ]
    return [*paid, *_credits(element)]


def _credits(element: Json) -> Iterator[Receipt]:
    """Yield each credit once, with all that was set of it against this invoice.

    Xero shows the credit's id, which every invoice that it pays shows too: the receipt's own id
    names both.
    """
    invoice = UUID(element["InvoiceID"]).hex[:DIGITS]
    applied: dict[str, Receipt] = {}
    for name, key in CREDITS.items():
        for one in element.get(name) or []:
            xero_id = f"{one[key]}:{invoice}"
            before = applied[xero_id].amount if xero_id in applied else ZERO
            amount = before + _amount(one.get("AppliedAmount") or 0)
            applied[xero_id] = Receipt(xero_id, amount, _date(one), method=PaymentMethod.CREDIT)
    yield from (one for one in applied.values() if one.amount)


def _amount(value: object) -> Decimal:
    return rounded(Decimal(str(value)))


def _date(one: Json) -> dt.date:
    return pull.day_of(one.get("Date")) or timezone.localdate()


# --- in step ------------------------------------------------------------------------------------


def _bring_in_step(
    connection: Connection, invoice: Invoice, there: Iterable[Receipt], *, as_of: dt.datetime
) -> None:
    with transaction.atomic():
        # Two who read the same answer: the second one finds what the first has written.
        Invoice.objects.select_for_update().get(pk=invoice.pk)
        new = {one.xero_id.lower(): one for one in there}
        for xero_id, (link, payment) in _known(connection, invoice).items():
            receipt = new.pop(xero_id, None)
            # One reversed here: Xero is about to hear of it.
            if payment.is_reversed or (link.pushed_at and link.pushed_at >= as_of):
                continue
            if receipt is None or receipt.amount != payment.amount:
                _take_back(connection, link, payment)
                new |= {xero_id: receipt} if receipt else {}
        unsettled = Unsettled(connection, invoice)
        for receipt in new.values():
            if not unsettled.includes(receipt) and not unsettled.explains(receipt):
                _record(connection, invoice, receipt)


def _known(connection: Connection, invoice: Invoice) -> dict[str, tuple[Link, Payment]]:
    """Return the payments here that Xero has, by its id."""
    payments = {payment.pk: payment for payment in invoice.payments.all()}
    current = Link.objects.current().filter(
        connection=connection, kind=Kind.PAYMENT, object_id__in=payments
    )
    return {link.xero_id.lower(): (link, payments[link.object_id]) for link in current}


def _take_back(connection: Connection, link: Link, payment: Payment) -> None:
    """Somebody took it back in Xero: so it is here, and there is nothing to tell Xero."""
    Link.objects.filter(pk=link.pk).update(status=LinkStatus.FORMER, updated_at=timezone.now())
    services.reverse_payment(payment, by=None)
    log.write([same_money.entry(connection, payment, Action.VOID, link.xero_id)])


def _record(connection: Connection, invoice: Invoice, receipt: Receipt) -> None:
    try:
        with transaction.atomic():
            payment = services.record_payment(
                invoice,
                date=receipt.date,
                amount=receipt.amount,
                method=receipt.method,
                reference=receipt.reference or "Entered in Xero",
                by=None,
            )
    except InvoiceRefused as refusal:
        _tell_once(connection, invoice, receipt, str(refusal))
        return
    same_money.link(connection, payment, receipt.xero_id)
    log.write([same_money.entry(connection, payment, Action.CREATE, receipt.xero_id)])


def _tell_once(connection: Connection, invoice: Invoice, receipt: Receipt, refusal: str) -> None:
    told = connection.entries.filter(error_code="paid_twice", xero_id=receipt.xero_id)
    if told.exists():
        return
    message = f"Xero has a payment of {receipt.amount:,} of {receipt.date}. {refusal}"
    entry = SyncEntry(
        business_id=connection.business_id,
        connection=connection,
        direction=Direction.FROM_XERO,
        kind=Kind.INVOICE,
        action=Action.READ,
        outcome=Outcome.FAILED,
        object_id=invoice.pk,
        xero_id=receipt.xero_id,
        label=invoice.number,
        error_code="paid_twice",
        message=message,
    )
    log.write([entry])
