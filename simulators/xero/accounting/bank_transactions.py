"""Bank transactions and overpayments: read, listed and shown."""

from collections.abc import Callable

from simulators.xero.accounting.allocation_render import allocation_of
from simulators.xero.accounting.bank_transfers import account_named
from simulators.xero.accounting.call import Call, NotFound
from simulators.xero.accounting.invoice_model import Invoice
from simulators.xero.accounting.invoice_read import invoice_fields
from simulators.xero.accounting.invoice_render import render_head, render_line
from simulators.xero.accounting.listing import filtered, in_order, modified, paged, wanted_filter
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.payment_render import render_brief
from simulators.xero.answers import Answer, envelope
from simulators.xero.table import Table
from simulators.xero.wire import Json, number, utc_string

# What both show in the words of an invoice.
SHARED = frozenset(
    {
        "Type",
        "Reference",
        "CurrencyRate",
        "Contact",
        "Date",
        "Status",
        "LineAmountTypes",
        "SubTotal",
        "TotalTax",
        "Total",
        "UpdatedDateUTC",
        "CurrencyCode",
    }
)


def list_transactions(call: Call) -> Answer:
    table = call.organisation.bank_transactions
    return listed(call, table, "BankTransaction", render_transaction)


def list_overpayments(call: Call) -> Answer:
    return listed(call, call.organisation.overpayments, "Overpayment", render_overpayment)


def listed(
    call: Call,
    table: Table[Invoice],
    name: str,
    render: Callable[[Organisation, Invoice], Json],
) -> Answer:
    own_id = {f"{name}ID": lambda row: row.id, "BankAccount.AccountID": account_id}
    fields = {**invoice_fields(call.organisation), **own_id}
    chosen = wanted_filter(call, fields)
    rows = in_order(call, filtered(chosen, modified(call, table.by_age())), fields)
    page = paged(call, rows)
    rendered = [render(call.organisation, row) for row in page.rows]
    return envelope(f"{name}s", rendered, call.now, pagination=page.pagination)


def account_id(transaction: Invoice) -> str:
    return transaction.bank_account_id


def read_transaction(call: Call) -> Answer:
    return envelope("BankTransactions", [transaction_json(call, named_transaction(call))], call.now)


def read_overpayment(call: Call) -> Answer:
    rendered = render_overpayment(call.organisation, named_overpayment(call))
    return envelope("Overpayments", [rendered], call.now)


def named_transaction(call: Call) -> Invoice:
    return named(call, call.organisation.bank_transactions)


def named_overpayment(call: Call) -> Invoice:
    return named(call, call.organisation.overpayments)


def named(call: Call, table: Table[Invoice]) -> Invoice:
    document = table.get(call.path[1])
    if document is None:
        raise NotFound
    return document


def transaction_json(call: Call, transaction: Invoice) -> Json:
    return render_transaction(call.organisation, transaction)


def render_shared(organisation: Organisation, document: Invoice) -> Json:
    head = render_head(organisation, document)
    return {
        **{member: value for member, value in head.items() if member in SHARED},
        "LineItems": [render_line(line) for line in document.lines],
        "HasAttachments": False,
    }


def render_transaction(organisation: Organisation, transaction: Invoice) -> Json:
    rendered = {
        **render_shared(organisation, transaction),
        "BankTransactionID": transaction.id,
        "BankAccount": account_named(organisation, transaction.bank_account_id),
        "IsReconciled": transaction.is_reconciled,
    }
    if transaction.overpayment_id:
        rendered["OverpaymentID"] = transaction.overpayment_id
    if transaction.url:
        rendered["Url"] = transaction.url
    return rendered


def render_overpayment(organisation: Organisation, overpayment: Invoice) -> Json:
    return {
        **render_shared(organisation, overpayment),
        "OverpaymentID": overpayment.id,
        "UpdatedDateUTCString": utc_string(overpayment.updated),
        "RemainingCredit": number(overpayment.amount_due),
        "Allocations": [allocation_of(organisation, one) for one in overpayment.allocations],
        "Payments": [render_brief(payment) for payment in overpayment.payments],
    }
