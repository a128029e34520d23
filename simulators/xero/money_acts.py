"""What a person in Xero does with the payments of invoices."""

from dataclasses import replace
from functools import partial

from simulators.xero.accounting.batch_payment_write import (
    change_batch_payment,
    create_batch_payment,
)
from simulators.xero.accounting.batch_payments import render_whole_batch
from simulators.xero.accounting.call import Call
from simulators.xero.accounting.invoice_model import Invoice
from simulators.xero.accounting.invoice_render import render_invoice
from simulators.xero.accounting.payment_model import Payment
from simulators.xero.accounting.payment_write import create_payment, delete_payment
from simulators.xero.acting import Act, the_account, the_invoice, wholly
from simulators.xero.wire import Json


def pay_invoice(call: Call, sent: Json) -> Json:
    """Enter a payment, of the amount due and at a bank unless the act says otherwise."""
    invoice = the_invoice(call, sent.get("invoice"))
    payment = {
        "Invoice": {"InvoiceID": invoice.id},
        "Account": {"AccountID": account_meant(call, sent)},
        "Amount": sent.get("amount") or invoice.amount_due,
        "Date": sent.get("date"),
        "Reference": sent.get("reference"),
    }
    with wholly(call) as problems:
        create_payment(call, payment, problems)
    return invoice_now(call, invoice)


def account_meant(call: Call, sent: Json) -> str:
    """Return the id of the account named, else of the first bank account."""
    if sent.get("account"):
        return the_account(call, sent["account"]).id
    return next(account.id for account in call.organisation.accounts if account.type == "BANK")


def invoice_now(call: Call, invoice: Invoice) -> Json:
    return render_invoice(call.organisation, the_invoice(call, invoice.id), whole=False)


def pay_in_batch(call: Call, sent: Json) -> Json:
    """Pay several `invoices` in full with one amount at the bank."""
    invoices = [the_invoice(call, named) for named in sent.get("invoices") or []]
    body = {
        "Account": {"AccountID": account_meant(call, sent)},
        "Date": sent.get("date"),
        "Reference": sent.get("reference"),
        "Payments": [
            {"Invoice": {"InvoiceID": one.id}, "Amount": one.amount_due} for one in invoices
        ],
    }
    with wholly(call) as problems:
        batch = create_batch_payment(call, body, problems)
    assert batch is not None
    return render_whole_batch(call.organisation, batch)


def remove_payments(call: Call, sent: Json) -> Json:
    invoice = the_invoice(call, sent.get("invoice"))
    with wholly(call) as problems:
        for payment in payments_of(call, invoice):
            delete_payment(call, payment, problems)
    return invoice_now(call, invoice)


def remove_batch(call: Call, sent: Json) -> Json:
    """Remove a `batch` with all its payments; one of them alone cannot be."""
    body = {"BatchPaymentID": sent.get("batch"), "Status": "DELETED"}
    with wholly(call) as problems:
        batch = change_batch_payment(call, body, problems)
    assert batch is not None
    return render_whole_batch(call.organisation, batch)


def payments_of(call: Call, invoice: Invoice) -> list[Payment]:
    found = call.organisation.payments.find_all("document", invoice.id)
    return [payment for payment in found if payment.status == "AUTHORISED"]


def mark_payments(call: Call, sent: Json, *, reconciled: bool) -> Json:
    """Match an invoice's payments to a statement's lines, or take the match away.

    A batch is one line of the statement, so its other payments are matched too. The invoices stay
    as they are: what they show of a payment does not say whether it is reconciled.
    """
    invoice, payments = the_invoice(call, sent.get("invoice")), call.organisation.payments
    own = payments_of(call, invoice)
    with_it = [one for part in own for one in payments.find_all("batch", part.batch_id)]
    for payment in (*own, *with_it):
        payments.save(replace(payment, is_reconciled=reconciled, updated=call.now))
    return invoice_now(call, invoice)


MONEY_ACTS: dict[str, Act] = {
    "pay_invoice": pay_invoice,
    "pay_in_batch": pay_in_batch,
    "remove_payments": remove_payments,
    "remove_batch": remove_batch,
    "reconcile_payments": partial(mark_payments, reconciled=True),
    "unreconcile_payments": partial(mark_payments, reconciled=False),
}
