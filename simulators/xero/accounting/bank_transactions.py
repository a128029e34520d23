"""Bank transactions: read, listed and shown."""

from collections.abc import Callable

from simulators.xero.accounting.bank_transfers import account_named
from simulators.xero.accounting.call import Call, NotFound
from simulators.xero.accounting.invoice_model import Invoice
from simulators.xero.accounting.invoice_read import invoice_fields
from simulators.xero.accounting.invoice_render import render_head, render_line
from simulators.xero.accounting.listing import filtered, in_order, modified, paged, wanted_filter
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.series import series_of
from simulators.xero.answers import Answer, envelope
from simulators.xero.table import Table
from simulators.xero.wire import Json

# What they, and the credit that some make, show in the words of an invoice.
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


def named_transaction(call: Call) -> Invoice:
    return named(call, call.organisation.bank_transactions)


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
    if transaction.credit_id:
        rendered[series_of(transaction).id_member] = transaction.credit_id
    if transaction.url:
        rendered["Url"] = transaction.url
    return rendered
