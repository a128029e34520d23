"""Money that Xero says was received: payments made there become payments here, once.

An invoice's own JSON lists what was set against it: payments (those of a batch too), credit notes,
prepayments and overpayments. Each is linked to its payment here, so its echo is known and nothing
goes back. What was taken back there is reversed here. More than is left to pay here goes to a
person with both figures.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
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
from xero_integration import log, pull
from xero_integration.client.api import Client
from xero_integration.models import (
    Action,
    Connection,
    Direction,
    Kind,
    Link,
    LinkStatus,
    Outcome,
    XeroInvoice,
)
from xero_integration.numbers import DIGITS
from xero_integration.payments import money_questions, origins, same_money
from xero_integration.payments.origins import Origin
from xero_integration.payments.same_money import Receipt, Unsettled
from xero_integration.sending import waking

Json = dict[str, Any]

# Ids in one call: an address of Xero's holds some two thousand characters.
IDS = 40
CHUNK = 300
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
        waking.payments_of(connection, approved)
    wanted = _with_news(connection, rows, linked)
    for ids in chunks(wanted, IDS):
        answer = client.call("get_invoices", i_ds=ids, page=1, page_size=pull.PAGE_SIZE)
        take_in(connection, answer.elements("Invoices"), as_of=answer.asked_at)


def _with_news(
    connection: Connection,
    rows: Iterable[XeroInvoice],
    linked: Mapping[str, UUID],
) -> list[str]:
    """Return those whose money is to be read: most changes are not about money.

    Equal figures say nothing where ours is not in Xero, or where a person is asked.
    """
    ids = list(linked.values())
    open_ones = money_questions.of_invoices(connection, ids) | _unsent(connection, ids)
    noted = _noted(connection, ids)
    return [
        row.xero_id
        for row in rows
        if (pk := linked.get(row.xero_id)) is not None
        and (pk in open_ones or not _is_noted(row, noted.get(pk, {})))
    ]


def _is_noted(row: XeroInvoice, noted: Mapping[str, Decimal]) -> bool:
    """Payment by payment where that was read: one for another of its amount changes no sum."""
    if row.money is not None:
        return row.money == noted
    return row.paid == sum(noted.values(), ZERO)


def in_step(connection: Connection, elements: Iterable[Json]) -> list[Json]:
    """Return those of linked invoices whose money is as it is noted here.

    The mirror must not know of the others before their money had its effect.
    """
    by_id = {one["InvoiceID"]: one for one in elements}
    linked = _linked(connection, list(by_id))
    noted = _noted(connection, list(linked.values()))
    return [
        one
        for xero_id, one in by_id.items()
        if xero_id not in linked or _shows(one, noted.get(linked[xero_id], {}))
    ]


def _shows(element: Json, noted: Mapping[str, Decimal]) -> bool:
    if "Payments" in element:
        return sums_of(element) == noted
    paid = _amount(element.get("AmountPaid") or 0) + _amount(element.get("AmountCredited") or 0)
    return paid == sum(noted.values(), ZERO)


def sums_of(element: Json) -> dict[str, Decimal]:
    """Return the amount of all that Xero has set against an invoice, by its id."""
    return _sums(receipts_of(element))


def _unsent(connection: Connection, invoice_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of the invoices that have money here which Xero has not."""
    current = Link.objects.current().filter(connection=connection, kind=Kind.PAYMENT)
    found: set[UUID] = set()
    for ids in chunks(invoice_ids, CHUNK):
        payments = Payment.objects.standing().filter(
            business_id=connection.business_id, invoice_id__in=ids
        )
        unsent = payments.exclude(pk__in=current.values("object_id"))
        found |= set(unsent.values_list("invoice_id", flat=True))
    return found


def _is_open(row: XeroInvoice) -> bool:
    return row.status in APPROVED


def _linked(connection: Connection, xero_ids: Sequence[str]) -> dict[str, UUID]:
    current = Link.objects.current().filter(connection=connection, kind=Kind.INVOICE)
    found = current.filter(xero_id__in=xero_ids)
    return dict(found.values_list("xero_id", "object_id"))


def take_in(connection: Connection, elements: Iterable[Json], *, as_of: dt.datetime) -> None:
    """Bring the payments of linked invoices in step with Xero's. Running twice changes nothing.

    `as_of`: when Xero was asked. What was settled since, its answer need not know.
    """
    by_id = {one["InvoiceID"]: one for one in elements if one.get("Status") in APPROVED}
    linked = _linked(connection, list(by_id))
    there = {object_id: receipts_of(by_id[xero_id]) for xero_id, object_id in linked.items()}
    noted = _noted(connection, there)
    # Of thousands hardly any differ: only those are locked and looked at.
    asked = money_questions.of_invoices(connection, list(there))
    differing = [
        pk for pk, receipts in there.items() if pk in asked or _sums(receipts) != noted.get(pk, {})
    ]
    there = _with_origins(connection, linked, {pk: there[pk] for pk in differing}, noted)
    invoices = Invoice.objects.filter(business_id=connection.business_id).in_bulk(differing)
    for pk, invoice in invoices.items():
        _bring_in_step(connection, invoice, there[pk], as_of=as_of)


def _with_origins(
    connection: Connection,
    linked: Mapping[str, UUID],
    there: Mapping[UUID, list[Receipt]],
    noted: Mapping[UUID, Mapping[str, Decimal]],
) -> dict[UUID, list[Receipt]]:
    """Add to receipts that are new here how they came. Raises XeroError."""
    xero_ids = {pk: xero_id for xero_id, pk in linked.items()}
    new = {
        xero_ids[pk]
        for pk, receipts in there.items()
        if any(_is_new_money(one, noted.get(pk, {})) for one in receipts)
    }
    found = origins.read(connection, sorted(new))
    return {
        pk: [_with_origin(one, found.get(one.xero_id.lower())) for one in receipts]
        for pk, receipts in there.items()
    }


def _is_new_money(receipt: Receipt, noted: Mapping[str, Decimal]) -> bool:
    return receipt.method != PaymentMethod.CREDIT and receipt.xero_id.lower() not in noted


def _with_origin(receipt: Receipt, origin: Origin | None) -> Receipt:
    if origin is None:
        return receipt
    return replace(receipt, method=origin.method, account=origin.account)


def _sums(receipts: Iterable[Receipt]) -> dict[str, Decimal]:
    return {one.xero_id.lower(): one.amount for one in receipts}


def _noted(connection: Connection, invoice_ids: Collection[UUID]) -> dict[UUID, dict[str, Decimal]]:
    """Return what is noted of each invoice's payments in Xero: the amount by Xero's id."""
    noted: dict[UUID, dict[str, Decimal]] = {}
    for ids in chunks(invoice_ids, CHUNK):
        rows = Payment.objects.filter(business_id=connection.business_id, invoice_id__in=ids)
        payments = {one.pk: one for one in rows}
        current = Link.objects.current().filter(connection=connection, kind=Kind.PAYMENT)
        pairs = current.filter(object_id__in=payments).values_list("object_id", "xero_id")
        for object_id, xero_id in pairs:
            payment = payments[object_id]
            noted.setdefault(payment.invoice_id, {})[xero_id.lower()] = payment.amount
    return noted


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
    applied: dict[str, Receipt] = {}
    for name, key in CREDITS.items():
        for one in element.get(name) or []:
            xero_id = credit_id(one[key], element["InvoiceID"])
            before = applied[xero_id].amount if xero_id in applied else ZERO
            amount = before + _amount(one.get("AppliedAmount") or 0)
            applied[xero_id] = Receipt(
                xero_id,
                amount,
                _date(one),
                reference=str(one.get("CreditNoteNumber") or ""),
                method=PaymentMethod.CREDIT,
            )
    yield from (one for one in applied.values() if one.amount)


def credit_id(credit: str, invoice: str) -> str:
    """Return the id of what is set of a credit against an invoice."""
    return f"{credit}:{UUID(invoice).hex[:DIGITS]}"


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
        unsettled = Unsettled(connection, invoice, ask=_ask_which)
        placed = [one.xero_id for one in new.values() if _has_place(unsettled, one)]
        asked = [one.xero_id for one in new.values() if one.xero_id not in placed]
        money_questions.over(connection, invoice, but=asked)


def _has_place(unsettled: Unsettled, receipt: Receipt) -> bool:
    """Find a receipt's place here; False where a person is asked about it."""
    connection, invoice = unsettled.connection, unsettled.invoice
    if unsettled.includes(receipt):
        return True
    if unsettled.explains(receipt):
        return not money_questions.is_open(connection, receipt.xero_id)
    return _record(connection, invoice, receipt, unsettled.payments)


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


def _record(
    connection: Connection, invoice: Invoice, receipt: Receipt, ours: Sequence[Payment]
) -> bool:
    """Record a receipt; where it is more than is left to pay, ask, and return False."""
    try:
        same_money.record(connection, invoice, receipt)
    except InvoiceRefused as refusal:
        payment = money_questions.candidate(ours, receipt)
        money_questions.ask(connection, invoice, receipt, payment=payment)
        _tell_once(connection, invoice, receipt, str(refusal))
        return False
    return True


def _ask_which(
    connection: Connection, invoice: Invoice, receipt: Receipt, payment: Payment
) -> None:
    money_questions.ask(connection, invoice, receipt, payment=payment)


def _tell_once(connection: Connection, invoice: Invoice, receipt: Receipt, refusal: str) -> None:
    message = f"Xero has a payment of {receipt.amount:,} of {receipt.date:%-d %b %Y}. {refusal}"
    log.write_once(
        log.entry(
            connection,
            Kind.INVOICE,
            Action.READ,
            invoice.number,
            invoice.pk,
            receipt.xero_id,
            message,
            direction=Direction.FROM_XERO,
            outcome=Outcome.FAILED,
            error_code="paid_twice",
        )
    )
