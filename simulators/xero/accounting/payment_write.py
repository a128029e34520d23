"""Entering payments and taking them back; the document paid follows."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from simulators.xero.accounting import messages
from simulators.xero.accounting.call import Call, PostDataInvalid
from simulators.xero.accounting.contact_write import text_of
from simulators.xero.accounting.days import check_locks, checked_day
from simulators.xero.accounting.invoice_model import ZERO, Invoice
from simulators.xero.accounting.payment_model import Payment
from simulators.xero.accounting.problems import Problems
from simulators.xero.accounting.series import BANK_CREDITS, CREDIT_NOTES, INVOICES
from simulators.xero.accounting.settings_model import Account
from simulators.xero.table import Table
from simulators.xero.wire import Json, new_id, parse_decimal

# By which documents are found by number: sales and credit notes, then bills.
NUMBER_KEYS = ("number", "bill number")
DOCUMENTS = {series.name: series for series in (INVOICES, CREDIT_NOTES, *BANK_CREDITS)}


def create_payment(
    call: Call, sent: Json, problems: Problems, *, batch_id: str = ""
) -> Payment | None:
    invoice = invoice_paid(call, sent, problems)
    account = payment_account(call, sent, problems)
    day = checked_day(sent, "Date", call.organisation.today(), problems)
    amount = checked_amount(sent, problems)
    if invoice is None or account is None or day is None or amount is None:
        return None
    check_locks(call, day, problems)
    if amount > invoice.amount_due:
        problems.add(messages.PAYMENT_TOO_LARGE)
    if problems:
        return None
    payment = Payment(
        id=new_id(),
        document_id=invoice.id,
        document_type=invoice.type,
        account_id=account.id,
        day=day,
        amount=amount,
        updated=call.now,
        reference=text_of(sent, "Reference"),
        is_reconciled=sent.get("IsReconciled") is True,
        batch_id=batch_id,
    )
    call.organisation.payments.save(payment)
    settle(call, replace(invoice, payments=(*invoice.payments, payment)), day)
    return payment


def invoice_paid(call: Call, sent: Json, problems: Problems) -> Invoice | None:
    """Return the approved document that a payment names; a credit's payment is a refund."""
    invoice = document_named(call, sent)
    if invoice is None:
        problems.add(messages.PAYMENT_NEEDS_DOCUMENT)
    elif invoice.status != "AUTHORISED":
        problems.add(messages.PAYMENT_NOT_FOR_STATUS)
        # Of one that is paid Xero says both.
        if invoice.status == "PAID":
            problems.add(messages.PAYMENT_TOO_LARGE)
    else:
        return invoice
    return None


def document_named(call: Call, sent: Json) -> Invoice | None:
    for member, series in DOCUMENTS.items():
        table = call.organisation.documents(series.types[0])
        block = sent.get(member)
        block = block if isinstance(block, dict) else {}
        named_id = text_of(block, series.id_member)
        number = text_of(block, series.number_member) or text_of(sent, series.number_member)
        if named_id or number:
            return table.get(named_id) if named_id else numbered(table, number)
    return None


def numbered(table: Table[Invoice], number: str) -> Invoice | None:
    """Return the sale or the bill of a number, one that can be paid before any other.

    Two suppliers may use one number, and a sale may have that of a void one. Which of them Xero
    takes no source says; a payment of the wrong bill is what a client that names numbers risks.
    """
    found = [one for kind in NUMBER_KEYS for one in table.find_all(kind, number.casefold())]
    payable = [one for one in found if one.status == "AUTHORISED"]
    return next(iter(payable or found), None)


def payment_account(call: Call, sent: Json, problems: Problems) -> Account | None:
    """Return the account money goes to: a bank account or one that takes payments."""
    block = sent.get("Account")
    named = block if isinstance(block, dict) else {"Code": sent.get("Code")}
    account = named_account(call, named)
    if account is None or account.status != "ACTIVE":
        problems.add(messages.PAYMENT_ACCOUNT_MISSING)
    elif account.type != "BANK" and not account.enable_payments:
        problems.add(messages.PAYMENT_ACCOUNT_INVALID)
    else:
        return account
    return None


def named_account(call: Call, block: Json) -> Account | None:
    accounts = call.organisation.accounts
    account_id = text_of(block, "AccountID")
    if account_id:
        return accounts.get(account_id)
    return accounts.find("code", text_of(block, "Code").casefold())


def checked_amount(sent: Json, problems: Problems) -> Decimal | None:
    amount = parse_decimal(sent.get("Amount"))
    if amount is None or amount <= 0 or amount != round(amount, 2):
        problems.add(messages.AMOUNT_INVALID)
        return None
    return round(amount, 2)


def settle(call: Call, invoice: Invoice, day: date) -> None:
    """Save an invoice with its status as the money on it now says."""
    if invoice.status == "AUTHORISED" and invoice.amount_due == ZERO:
        invoice = replace(invoice, status="PAID", fully_paid_on=day)
    elif invoice.status == "PAID" and invoice.amount_due > ZERO:
        invoice = replace(invoice, status="AUTHORISED", fully_paid_on=None)
    call.organisation.documents(invoice.type).save(replace(invoice, updated=call.now))


def change_payment(call: Call, sent: Json, problems: Problems) -> Payment | None:
    """Take a payment back; nothing else of one can be changed."""
    payment = call.organisation.payments.get(text_of(sent, "PaymentID"))
    if payment is None or text_of(sent, "Status") != "DELETED":
        problems.add(messages.PAYMENT_ONLY_DELETED)
        return None
    return delete_payment(call, payment, problems)


def delete_payment(call: Call, payment: Payment, problems: Problems) -> Payment | None:
    if payment.batch_id and payment.status != "DELETED":
        problems.add(messages.PAYMENT_IN_BATCH)
    check_taking_back(call, payment, problems)
    return None if problems else take_back(call, payment)


def check_taking_back(call: Call, payment: Payment, problems: Problems) -> None:
    if payment.status == "DELETED":
        problems.add(messages.PAYMENT_GONE)
    if payment.is_reconciled and not call.switches.reconciled_deletable:
        problems.add(messages.PAYMENT_RECONCILED)
    check_locks(call, payment.day, problems)


def take_back(call: Call, payment: Payment) -> Payment:
    """Delete a payment, so that its document is open again."""
    deleted = replace(payment, status="DELETED", updated=call.now)
    call.organisation.payments.save(deleted)
    document = call.organisation.documents(payment.document_type).get(payment.document_id)
    if document is not None:
        left = tuple(one for one in document.payments if one.id != payment.id)
        settle(call, replace(document, payments=left), payment.day)
    return deleted


def only_one(elements: list[Json]) -> list[Json]:
    if len(elements) > 1:
        raise PostDataInvalid("POST takes one payment; PUT takes many.")
    return elements
