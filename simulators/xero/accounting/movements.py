"""What moved money, account by account: payments, batches, bank transactions and transfers.

Invoices and credit notes themselves are not posted: this is for bank and clearing accounts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from simulators.xero.accounting.batch_payment_model import BatchPayment
from simulators.xero.accounting.invoice_model import Invoice
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.payment_model import Payment
from simulators.xero.accounting.transfer_model import BankTransfer

Source = Payment | BatchPayment | BankTransfer | Invoice


@dataclass(frozen=True, slots=True)
class Movement:
    """An amount on an account, below zero what went out, and what moved it."""

    account_id: str
    amount: Decimal
    source: Source


def movements(organisation: Organisation) -> Iterable[Movement]:
    for payment in organisation.payments:
        # Those of a batch come as one, as on the bank's statement.
        if payment.status == "AUTHORISED" and not payment.batch_id:
            yield Movement(payment.account_id, payment.received, payment)
    for batch in organisation.batch_payments:
        if batch.status == "AUTHORISED":
            yield Movement(batch.account_id, batch.received, batch)
    for transfer in organisation.bank_transfers:
        if transfer.status == "AUTHORISED":
            yield Movement(transfer.from_id, -transfer.amount, transfer)
            yield Movement(transfer.to_id, transfer.amount, transfer)
    for transaction in organisation.bank_transactions:
        if transaction.status == "AUTHORISED":
            yield from postings(transaction)


def postings(transaction: Invoice) -> Iterable[Movement]:
    """Return the bank's side of a transaction and that of each line, without tax."""
    sign = -1 if transaction.type == "SPEND" else 1
    yield Movement(transaction.bank_account_id, sign * transaction.total, transaction)
    inclusive = transaction.line_amount_types == "Inclusive"
    for line in transaction.lines:
        if line.account_id:
            net = line.line_amount - line.tax_amount if inclusive else line.line_amount
            yield Movement(line.account_id, -sign * net, transaction)
