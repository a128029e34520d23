"""What a person in Xero does with the payments of invoices."""

from dataclasses import replace
from functools import partial

from simulators.xero.accounting.call import Call
from simulators.xero.accounting.invoice_render import render_invoice
from simulators.xero.accounting.payment_write import create_payment, delete_payment
from simulators.xero.accounting.problems import Problems
from simulators.xero.acting import Act, refuse_if, the_account, the_invoice
from simulators.xero.wire import Json


def pay_invoice(call: Call, sent: Json) -> Json:
    """Enter a payment, of the amount due and at a bank unless the act says otherwise."""
    invoice = the_invoice(call, sent.get("invoice"))
    bank = next(account.id for account in call.organisation.accounts if account.type == "BANK")
    account = the_account(call, sent["account"]).id if sent.get("account") else bank
    problems = Problems()
    payment = {
        "Invoice": {"InvoiceID": invoice.id},
        "Account": {"AccountID": account},
        "Amount": sent.get("amount") or invoice.amount_due,
        "Date": sent.get("date"),
        "Reference": sent.get("reference"),
    }
    create_payment(call, payment, problems)
    refuse_if(problems)
    return render_invoice(call.organisation, the_invoice(call, invoice.id), whole=False)


def remove_payments(call: Call, sent: Json) -> Json:
    invoice = the_invoice(call, sent.get("invoice"))
    problems = Problems()
    for payment in invoice.payments:
        delete_payment(call, payment, problems)
    refuse_if(problems)
    return render_invoice(call.organisation, the_invoice(call, invoice.id), whole=False)


def mark_payments(call: Call, sent: Json, *, reconciled: bool) -> Json:
    """Match an invoice's payments to a statement's lines, or take the match away."""
    invoice = the_invoice(call, sent.get("invoice"))
    marked = tuple(
        replace(one, is_reconciled=reconciled, updated=call.now) for one in invoice.payments
    )
    for payment in marked:
        call.organisation.payments.save(payment)
    call.organisation.invoices.save(replace(invoice, payments=marked))
    return render_invoice(call.organisation, the_invoice(call, invoice.id), whole=False)


MONEY_ACTS: dict[str, Act] = {
    "pay_invoice": pay_invoice,
    "remove_payments": remove_payments,
    "reconcile_payments": partial(mark_payments, reconciled=True),
    "unreconcile_payments": partial(mark_payments, reconciled=False),
}
