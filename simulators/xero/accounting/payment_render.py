"""A payment in the API's JSON, by itself and inside the document it pays."""

from simulators.xero.accounting.batch_payment_model import BatchPayment
from simulators.xero.accounting.invoice_model import Invoice
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.payment_model import Payment
from simulators.xero.accounting.series import BANK_CREDITS, series_of
from simulators.xero.wire import Json, ms_date, ms_day, number, utc_string

PAYMENT_TYPES = {
    "ACCREC": "ACCRECPAYMENT",
    "ACCPAY": "ACCPAYPAYMENT",
    "ACCRECCREDIT": "ARCREDITPAYMENT",
    "RECEIVE-OVERPAYMENT": "AROVERPAYMENTPAYMENT",
    "RECEIVE-PREPAYMENT": "ARPREPAYMENTPAYMENT",
}


def render_payment(organisation: Organisation, payment: Payment) -> Json:
    account = organisation.accounts.get(payment.account_id)
    rendered = {
        **render_brief(payment),
        "BankAmount": number(payment.amount),
        "CurrencyRate": 1.0,
        "PaymentType": PAYMENT_TYPES[payment.document_type],
        "Status": payment.status,
        "UpdatedDateUTC": ms_date(payment.updated),
        "UpdatedDateUTCString": utc_string(payment.updated),
        "HasAccount": account is not None,
        "IsReconciled": payment.is_reconciled,
    }
    if account is not None:
        code = {"Code": account.code} if account.code else {}
        rendered["Account"] = {"AccountID": account.id, "Name": account.name, **code}
    batch = organisation.batch_payments.get(payment.batch_id)
    if batch is not None:
        rendered["BatchPayment"] = render_batch(organisation, batch)
    document = organisation.documents(payment.document_type).get(payment.document_id)
    if document is not None:
        rendered.update(brief_document(organisation, document))
    return rendered


def brief_document(organisation: Organisation, document: Invoice) -> Json:
    if document.type == "ACCRECCREDIT":
        brief = {"CreditNoteID": document.id, "CreditNoteNumber": document.number}
        return {"CreditNote": {**brief, "Type": document.type, "LineItems": []}}
    series = series_of(document)
    if series in BANK_CREDITS:
        return {series.name: {series.id_member: document.id, "LineItems": []}}
    return {"Invoice": brief_invoice(organisation, document)}


def brief_invoice(organisation: Organisation, invoice: Invoice) -> Json:
    contact = organisation.contacts.get(invoice.contact_id)
    return {
        "Type": invoice.type,
        "InvoiceID": invoice.id,
        "InvoiceNumber": invoice.number,
        "CurrencyCode": invoice.currency,
        "Contact": {"ContactID": invoice.contact_id, "Name": contact.name if contact else ""},
        "LineItems": [],
        "HasErrors": False,
        "IsDiscounted": invoice.total_discount > 0,
    }


def render_brief(payment: Payment) -> Json:
    """Return a payment as the Payments list of an invoice gives it."""
    of_batch = {"BatchPaymentID": payment.batch_id} if payment.batch_id else {}
    return {
        **of_batch,
        "PaymentID": payment.id,
        "Date": ms_day(payment.day),
        "Amount": number(payment.amount),
        "Reference": payment.reference,
        "HasAccount": False,
        "HasValidationErrors": False,
    }


def render_batch(organisation: Organisation, batch: BatchPayment) -> Json:
    """Return a batch as each of its payments carries it: the whole, without the parts."""
    parts = organisation.payments.find_all("batch", batch.id)
    return {
        "Account": {"AccountID": batch.account_id},
        "BatchPaymentID": batch.id,
        "Date": ms_day(batch.day),
        "Type": batch.type,
        "Status": batch.status,
        "TotalAmount": number(batch.total),
        "UpdatedDateUTC": ms_date(batch.updated),
        # The bank has one line for the whole.
        "IsReconciled": all(one.is_reconciled for one in parts),
    }
