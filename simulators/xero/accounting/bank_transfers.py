"""Transfers between two bank accounts: made and deleted, never changed."""

from dataclasses import replace

from simulators.xero.accounting import messages
from simulators.xero.accounting.call import Call, NotFound
from simulators.xero.accounting.contact_write import text_of
from simulators.xero.accounting.days import check_locks, checked_day
from simulators.xero.accounting.listing import filtered, in_order, modified, wanted_filter
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.payment_write import checked_amount, named_account
from simulators.xero.accounting.problems import Problems
from simulators.xero.accounting.transfer_model import BankTransfer
from simulators.xero.accounting.where import Fields
from simulators.xero.answers import Answer, envelope
from simulators.xero.wire import Json, day_string, ms_date, ms_day, new_id, number

FIELDS: Fields = {
    "BankTransferID": lambda transfer: transfer.id,
    "Amount": lambda transfer: transfer.amount,
    "Date": lambda transfer: transfer.day,
    "Status": lambda transfer: transfer.status,
    "Reference": lambda transfer: transfer.reference,
    "FromBankAccount.AccountID": lambda transfer: transfer.from_id,
    "ToBankAccount.AccountID": lambda transfer: transfer.to_id,
}


def create_transfer(call: Call, sent: Json, problems: Problems) -> BankTransfer | None:
    from_id = bank_of(call, sent, "FromBankAccount", problems)
    to_id = bank_of(call, sent, "ToBankAccount", problems)
    amount = checked_amount(sent, problems)
    day = checked_day(sent, "Date", call.organisation.today(), problems)
    if from_id == to_id and from_id:
        problems.add(messages.TRANSFER_NEEDS_TWO)
    if day is not None:
        check_locks(call, day, problems)
    if problems or amount is None or day is None:
        return None
    reference = text_of(sent, "Reference")
    transfer = BankTransfer(new_id(), from_id, to_id, amount, day, call.now, reference)
    call.organisation.bank_transfers.save(transfer)
    return transfer


def bank_of(call: Call, sent: Json, member: str, problems: Problems) -> str:
    block = sent.get(member)
    account = named_account(call, block if isinstance(block, dict) else {})
    if account is None or account.type != "BANK" or account.status != "ACTIVE":
        problems.add(messages.BANK_ACCOUNT_INVALID, member)
        return ""
    return account.id


def delete_transfer(call: Call, sent: Json, problems: Problems) -> BankTransfer | None:
    transfer = call.organisation.bank_transfers.get(text_of(sent, "BankTransferID"))
    if transfer is None or text_of(sent, "Status") != "DELETED" or transfer.status == "DELETED":
        problems.add(messages.TRANSFER_ONLY_DELETED)
        return None
    check_locks(call, transfer.day, problems)
    if problems:
        return None
    deleted = replace(transfer, status="DELETED", updated=call.now)
    call.organisation.bank_transfers.save(deleted)
    return deleted


def list_transfers(call: Call) -> Answer:
    chosen, rows = wanted_filter(call, FIELDS), call.organisation.bank_transfers.by_age()
    ordered = in_order(call, filtered(chosen, modified(call, rows)), FIELDS)
    rendered = [render_transfer(call.organisation, transfer) for transfer in ordered]
    return envelope("BankTransfers", rendered, call.now)


def read_transfer(call: Call) -> Answer:
    return envelope("BankTransfers", [transfer_json(call, named_transfer(call))], call.now)


def named_transfer(call: Call) -> BankTransfer:
    transfer = call.organisation.bank_transfers.get(call.path[1])
    if transfer is None:
        raise NotFound
    return transfer


def transfer_json(call: Call, transfer: BankTransfer) -> Json:
    return render_transfer(call.organisation, transfer)


def render_transfer(organisation: Organisation, transfer: BankTransfer) -> Json:
    return {
        "BankTransferID": transfer.id,
        "FromBankAccount": account_named(organisation, transfer.from_id),
        "ToBankAccount": account_named(organisation, transfer.to_id),
        "Amount": number(transfer.amount),
        "DateString": day_string(transfer.day),
        "Date": ms_day(transfer.day),
        "Reference": transfer.reference,
        "Status": transfer.status,
        "CurrencyRate": 1.0,
        "HasAttachments": False,
        "CreatedDateUTC": ms_date(transfer.updated),
    }


def account_named(organisation: Organisation, account_id: str) -> Json:
    account = organisation.accounts.get(account_id)
    code = {"Code": account.code} if account and account.code else {}
    return {"AccountID": account_id, "Name": account.name if account else "", **code}
