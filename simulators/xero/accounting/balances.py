"""What payments, bank transactions and transfers leave on each account, to the cent.

Invoices and credit notes themselves are not posted: this is for bank and clearing accounts.
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from simulators.xero.accounting.invoice_model import ZERO, Invoice
from simulators.xero.accounting.organisation import Organisation

Movement = tuple[str, Decimal]


def balances(organisation: Organisation) -> dict[str, Decimal]:
    """Return the balance by account id; above zero is money held."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for account_id, amount in movements(organisation):
        sums[account_id] += amount
    return sums


def movements(organisation: Organisation) -> Iterable[Movement]:
    for payment in organisation.payments:
        if payment.status == "AUTHORISED":
            yield payment.account_id, payment.received
    for transfer in organisation.bank_transfers:
        if transfer.status == "AUTHORISED":
            yield transfer.from_id, -transfer.amount
            yield transfer.to_id, transfer.amount
    for transaction in organisation.bank_transactions:
        if transaction.status == "AUTHORISED":
            yield from postings(transaction)


def postings(transaction: Invoice) -> Iterable[Movement]:
    """Return the bank's side of a transaction and that of each line, without tax."""
    sign = -1 if transaction.type == "SPEND" else 1
    yield transaction.bank_account_id, sign * transaction.total
    inclusive = transaction.line_amount_types == "Inclusive"
    for line in transaction.lines:
        if line.account_id:
            net = line.line_amount - line.tax_amount if inclusive else line.line_amount
            yield line.account_id, -sign * net
