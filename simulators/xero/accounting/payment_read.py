"""Reading payments: one, or a list by filter and page."""

from simulators.xero.accounting.call import Call, NotFound
from simulators.xero.accounting.listing import (
    candidates,
    filtered,
    in_order,
    modified,
    paged,
    wanted_filter,
)
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.payment_model import Payment
from simulators.xero.accounting.payment_render import render_payment
from simulators.xero.accounting.where import Fields, Value
from simulators.xero.answers import Answer, envelope

INDEXES = {"Invoice.InvoiceID": ("document",), "Account.AccountID": ("account",)}


def payment_fields(organisation: Organisation) -> Fields:
    def invoice_number(payment: Payment) -> Value:
        invoice = organisation.invoices.get(payment.document_id)
        return invoice.number if invoice else None

    return {
        "PaymentID": lambda payment: payment.id,
        "Status": lambda payment: payment.status,
        "Date": lambda payment: payment.day,
        "Amount": lambda payment: payment.amount,
        "Reference": lambda payment: payment.reference,
        "IsReconciled": lambda payment: payment.is_reconciled,
        "UpdatedDateUTC": lambda payment: payment.updated,
        "Account.AccountID": lambda payment: payment.account_id,
        "Invoice.InvoiceID": lambda payment: payment.document_id,
        "Invoice.InvoiceNumber": invoice_number,
    }


def list_payments(call: Call) -> Answer:
    organisation = call.organisation
    fields = payment_fields(organisation)
    chosen = wanted_filter(call, fields)
    rows = candidates(organisation.payments, chosen, INDEXES)
    page = paged(call, in_order(call, filtered(chosen, modified(call, rows)), fields))
    rendered = [render_payment(organisation, payment) for payment in page.rows]
    return envelope("Payments", rendered, call.now, pagination=page.pagination)


def read_payment(call: Call) -> Answer:
    payment = named_payment(call)
    return envelope("Payments", [render_payment(call.organisation, payment)], call.now)


def named_payment(call: Call) -> Payment:
    payment = call.organisation.payments.get(call.path[1])
    if payment is None:
        raise NotFound
    return payment
