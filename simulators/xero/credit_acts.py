"""What a person in Xero does with money that came before, or beyond, an invoice."""

from collections.abc import Iterator

from simulators.xero.accounting.allocation_write import enter_allocation
from simulators.xero.accounting.bank_transaction_write import create_bank_transaction
from simulators.xero.accounting.bank_transactions import render_transaction
from simulators.xero.accounting.call import Call
from simulators.xero.accounting.invoice_model import Invoice
from simulators.xero.acting import Act, ActRefused, the_contact, the_invoice, wholly
from simulators.xero.money_acts import account_meant, invoice_now
from simulators.xero.wire import Json


def receive_credit(call: Call, sent: Json) -> Json:
    """Receive an `amount` from a contact as a prepayment or overpayment, as `kind` says."""
    body = {
        "Type": f"RECEIVE-{str(sent.get('kind') or 'overpayment').upper()}",
        "Contact": {"ContactID": the_contact(call, sent.get("contact")).id},
        "BankAccount": {"AccountID": account_meant(call, sent)},
        "Date": sent.get("date"),
        "LineItems": [
            {
                "Description": "Received",
                "Quantity": 1,
                "UnitAmount": sent.get("amount"),
                # Customer deposits; of an overpayment no line names an account.
                "AccountCode": "835",
                "TaxType": "BASEXCLUDED",
            }
        ],
    }
    with wholly(call) as problems:
        transaction = create_bank_transaction(call, body, problems)
    assert transaction is not None
    return render_transaction(call.organisation, transaction)


def allocate_credit(call: Call, sent: Json) -> Json:
    """Set the contact's oldest open credit against an invoice, as much as both allow."""
    invoice = the_invoice(call, sent.get("invoice"))
    credit = next(open_credits(call, invoice), None)
    if credit is None:
        raise ActRefused(f"The contact of invoice {invoice.number} has no credit.")
    body = {
        "Invoice": {"InvoiceID": invoice.id},
        "Amount": min(credit.amount_due, invoice.amount_due),
        "Date": sent.get("date"),
    }
    with wholly(call) as problems:
        enter_allocation(call, body, problems, credit=credit)
    return invoice_now(call, invoice)


def open_credits(call: Call, invoice: Invoice) -> Iterator[Invoice]:
    for table in call.organisation.credits():
        for credit in table.find_all("contact", invoice.contact_id):
            if credit.status == "AUTHORISED":
                yield credit


CREDIT_ACTS: dict[str, Act] = {
    "receive_credit": receive_credit,
    "allocate_credit": allocate_credit,
}
