"""Money spent or received at a bank account, also too much or too early."""

from dataclasses import replace

from simulators.xero.accounting import messages
from simulators.xero.accounting.call import Call
from simulators.xero.accounting.contact_write import text_of
from simulators.xero.accounting.days import check_locks
from simulators.xero.accounting.invoice_model import Invoice
from simulators.xero.accounting.invoice_write import checked_contact, with_lines, with_particulars
from simulators.xero.accounting.payment_write import named_account
from simulators.xero.accounting.problems import Problems
from simulators.xero.accounting.series import BANK_CREDITS
from simulators.xero.wire import Json, new_id

OVERPAYMENT = "RECEIVE-OVERPAYMENT"
CREDIT_TYPES = tuple(kind for series in BANK_CREDITS for kind in series.types)
TYPES = ("SPEND", "RECEIVE", *CREDIT_TYPES)
STATUSES = frozenset({"AUTHORISED", "DELETED", "VOIDED"})


def create_bank_transaction(call: Call, sent: Json, problems: Problems) -> Invoice | None:
    transaction_id = text_of(sent, "BankTransactionID")
    if transaction_id and call.organisation.bank_transactions.get(transaction_id):
        problems.add(messages.INVOICE_EXISTS)
        return None
    return save_bank_transaction(call, None, sent, problems)


def upsert_bank_transaction(call: Call, sent: Json, problems: Problems) -> Invoice | None:
    transaction_id = text_of(sent, "BankTransactionID")
    existing = call.organisation.bank_transactions.get(transaction_id)
    if transaction_id and existing is None:
        problems.add(messages.INVOICE_NOT_FOUND)
        return None
    return save_bank_transaction(call, existing, sent, problems)


def save_bank_transaction(
    call: Call, before: Invoice | None, sent: Json, problems: Problems
) -> Invoice | None:
    document = before or blank_transaction(call, sent, problems)
    document = replace(document, updated=call.now, status=checked_status(before, sent, problems))
    contact = checked_contact(call, document, sent, problems)
    document = replace(document, contact_id=contact.id if contact else "")
    document = with_particulars(call, document, sent, problems)
    document = replace(document, bank_account_id=checked_bank(call, document, sent, problems))
    if isinstance(sent.get("IsReconciled"), bool):
        document = replace(document, is_reconciled=sent["IsReconciled"])
    document = summed(call, before, document, sent, problems)
    for day in dict.fromkeys((document.day, before.day if before else document.day)):
        check_locks(call, day, problems)
    check_credit(call, before, document, problems)
    if problems:
        return None
    document = with_credit(call, document)
    call.organisation.bank_transactions.save(document)
    return document


def blank_transaction(call: Call, sent: Json, problems: Problems) -> Invoice:
    kind = text_of(sent, "Type")
    if kind not in TYPES:
        problems.add(messages.type_invalid(TYPES))
    return Invoice(
        id=new_id(),
        type=kind if kind in TYPES else "SPEND",
        contact_id="",
        day=call.organisation.today(),
        updated=call.now,
        currency=call.organisation.base_currency,
        # Unlike invoices, these default to tax inclusive.
        line_amount_types="NoTax" if kind == OVERPAYMENT else "Inclusive",
    )


def checked_status(before: Invoice | None, sent: Json, problems: Problems) -> str:
    status = text_of(sent, "Status") or "AUTHORISED"
    if status not in STATUSES:
        problems.add(messages.INVOICE_STATUS_INVALID)
    elif before is None and status != "AUTHORISED":
        problems.add(messages.STATUS_BARS_CREATION)
    elif before is not None and before.status != "AUTHORISED":
        problems.add(messages.STATUS_BARS_CHANGE)
    return status


def checked_bank(call: Call, document: Invoice, sent: Json, problems: Problems) -> str:
    block = sent.get("BankAccount")
    if not isinstance(block, dict) and document.bank_account_id:
        return document.bank_account_id
    account = named_account(call, block if isinstance(block, dict) else {})
    if account is None or account.type != "BANK" or account.status != "ACTIVE":
        problems.add(messages.BANK_ACCOUNT_INVALID)
        return ""
    return account.id


def summed(
    call: Call, before: Invoice | None, document: Invoice, sent: Json, problems: Problems
) -> Invoice:
    if document.type != OVERPAYMENT:
        return with_lines(call, before, document, sent, problems)
    lines = [entry for entry in sent.get("LineItems") or [] if isinstance(entry, dict)]
    # An overpayment lies on the receivables account, which no line may name otherwise.
    bare = [{**entry, "AccountCode": None, "AccountID": None} for entry in lines]
    draft = replace(document, status="DRAFT", line_amount_types="NoTax")
    bare_sent = {**sent, "LineItems": bare} if "LineItems" in sent else sent
    totalled = with_lines(call, before, draft, bare_sent, problems)
    return replace(totalled, status=document.status)


def check_credit(call: Call, before: Invoice | None, document: Invoice, problems: Problems) -> None:
    """Refuse to change what a transaction of credit is about once the credit is used."""
    if before is None or before.type not in CREDIT_TYPES:
        return
    credit = call.organisation.documents(before.type).get(before.credit_id)
    changed = (before.total, before.status, before.contact_id) != (
        document.total,
        document.status,
        document.contact_id,
    )
    if credit is not None and credit.has_money and changed:
        problems.add(messages.DOCUMENT_HAS_MONEY)


def with_credit(call: Call, document: Invoice) -> Invoice:
    """Keep the overpayment or prepayment that a transaction makes in step with it."""
    if document.type not in CREDIT_TYPES:
        return document
    table = call.organisation.documents(document.type)
    kept = table.get(document.credit_id)
    credit_id = kept.id if kept else new_id()
    status = "AUTHORISED" if document.status == "AUTHORISED" else "VOIDED"
    if kept is None or not kept.has_money:
        table.save(replace(document, id=credit_id, status=status))
    return replace(document, credit_id=credit_id)
