"""Entering batch payments and taking them back, each as a whole."""

from dataclasses import replace

from simulators.xero.accounting import messages
from simulators.xero.accounting.batch_payment_model import BatchPayment
from simulators.xero.accounting.call import Call
from simulators.xero.accounting.contact_write import entries, text_of
from simulators.xero.accounting.days import checked_day
from simulators.xero.accounting.invoice_model import ZERO
from simulators.xero.accounting.payment_model import Payment
from simulators.xero.accounting.payment_write import (
    check_taking_back,
    create_payment,
    payment_account,
    take_back,
)
from simulators.xero.accounting.problems import Problems
from simulators.xero.wire import Json, new_id

TYPES = {"ACCREC": "RECBATCH", "ACCPAY": "PAYBATCH"}


def create_batch_payment(call: Call, sent: Json, problems: Problems) -> BatchPayment | None:
    account = payment_account(call, sent, problems)
    day = checked_day(sent, "Date", call.organisation.today(), problems)
    if account is None or day is None:
        return None
    batch_id = new_id()
    payments = parts_of(call, sent, problems, batch_id=batch_id)
    kind = type_of(payments, problems)
    if problems:
        return None
    batch = BatchPayment(
        id=batch_id,
        type=kind,
        account_id=account.id,
        day=day,
        total=sum((one.amount for one in payments), ZERO),
        updated=call.now,
        reference=text_of(sent, "Reference"),
        details=text_of(sent, "Details"),
    )
    call.organisation.batch_payments.save(batch)
    return batch


def parts_of(call: Call, sent: Json, problems: Problems, *, batch_id: str) -> list[Payment]:
    """Enter each payment, with the account and the date of the whole."""
    parts = []
    whole = {"Account": sent.get("Account"), "Date": sent.get("Date")}
    for index, entry in entries(sent, "Payments"):
        nested = Problems()
        part = create_payment(call, {**entry, **whole}, nested, batch_id=batch_id)
        for place, message in nested.found():
            problems.add(message, "Payments", index, *place)
        parts += [part] if part else []
    if not parts and not problems:
        problems.add(messages.BATCH_NEEDS_PAYMENTS)
    return parts


def type_of(payments: list[Payment], problems: Problems) -> str:
    kinds = {TYPES.get(one.document_type, "") for one in payments}
    if (len(kinds) != 1 or "" in kinds) and not problems:
        problems.add(messages.BATCH_OF_ONE_KIND)
    return min(kinds, default="")


def change_batch_payment(call: Call, sent: Json, problems: Problems) -> BatchPayment | None:
    """Take a batch back with all its payments; nothing else of one can be changed."""
    batch = call.organisation.batch_payments.get(text_of(sent, "BatchPaymentID"))
    if batch is None or text_of(sent, "Status") != "DELETED":
        problems.add(messages.BATCH_ONLY_DELETED)
        return None
    payments = call.organisation.payments.find_all("batch", batch.id)
    for payment in payments:
        check_taking_back(call, payment, problems)
    if problems:
        return None
    for payment in payments:
        take_back(call, payment)
    deleted = replace(batch, status="DELETED", updated=call.now)
    call.organisation.batch_payments.save(deleted)
    return deleted
