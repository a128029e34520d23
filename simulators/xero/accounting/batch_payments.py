"""Batch payments: read, listed and shown."""

from simulators.xero.accounting.batch_payment_model import BatchPayment
from simulators.xero.accounting.call import Call, NotFound
from simulators.xero.accounting.listing import filtered, in_order, modified, wanted_filter
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.payment_render import brief_document, render_batch
from simulators.xero.accounting.where import Fields
from simulators.xero.answers import Answer, envelope
from simulators.xero.wire import Json, day_string, number

FIELDS: Fields = {
    "BatchPaymentID": lambda batch: batch.id,
    "Type": lambda batch: batch.type,
    "Status": lambda batch: batch.status,
    "Date": lambda batch: batch.day,
    "TotalAmount": lambda batch: batch.total,
    "Reference": lambda batch: batch.reference,
    "Account.AccountID": lambda batch: batch.account_id,
    "UpdatedDateUTC": lambda batch: batch.updated,
}


def list_batch_payments(call: Call) -> Answer:
    chosen, rows = wanted_filter(call, FIELDS), call.organisation.batch_payments.by_age()
    ordered = in_order(call, filtered(chosen, modified(call, rows)), FIELDS)
    return envelope("BatchPayments", [batch_json(call, one) for one in ordered], call.now)


def read_batch_payment(call: Call) -> Answer:
    return envelope("BatchPayments", [batch_json(call, named_batch(call))], call.now)


def named_batch(call: Call) -> BatchPayment:
    batch = call.organisation.batch_payments.get(call.path[1])
    if batch is None:
        raise NotFound
    return batch


def batch_json(call: Call, batch: BatchPayment) -> Json:
    return render_whole_batch(call.organisation, batch)


def render_whole_batch(organisation: Organisation, batch: BatchPayment) -> Json:
    texts = {"Reference": batch.reference, "Details": batch.details}
    return {
        **render_batch(organisation, batch),
        "DateString": day_string(batch.day),
        "Payments": parts(organisation, batch),
        **{member: text for member, text in texts.items() if text},
    }


def parts(organisation: Organisation, batch: BatchPayment) -> list[Json]:
    """Return the payments in it; a deleted batch shows none, as in Xero's own example."""
    return [
        {
            **brief_document(organisation, document),
            "PaymentID": payment.id,
            "Amount": number(payment.amount),
            "BankAmount": number(payment.amount),
        }
        for payment in organisation.payments.find_all("batch", batch.id)
        if payment.status == "AUTHORISED"
        and (document := organisation.documents(payment.document_type).get(payment.document_id))
    ]
