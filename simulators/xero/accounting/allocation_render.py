"""An allocation in the API's JSON, by itself and inside the documents it joins."""

from simulators.xero.accounting.call import Call
from simulators.xero.accounting.invoice_model import Allocation, Invoice
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.series import BANK_CREDITS
from simulators.xero.wire import Json, ms_day, number


def render_allocation(call: Call, allocation: Allocation) -> Json:
    return allocation_of(call.organisation, allocation)


def allocation_of(organisation: Organisation, allocation: Allocation) -> Json:
    invoice = organisation.invoices.get(allocation.invoice_id)
    return {
        "AllocationID": allocation.id,
        "Amount": number(allocation.amount),
        "Date": ms_day(allocation.day),
        "Invoice": {
            "InvoiceID": allocation.invoice_id,
            "InvoiceNumber": invoice.number if invoice else "",
            "LineItems": [],
            "HasErrors": False,
            "IsDiscounted": False,
        },
    }


def applied_credit_notes(organisation: Organisation, invoice: Invoice) -> list[Json]:
    """Return the CreditNotes list of an invoice: what each took off it."""
    return [
        {
            "CreditNoteID": credit.id,
            "CreditNoteNumber": credit.number,
            "Date": ms_day(one.day),
            "AppliedAmount": number(one.amount),
            "LineItems": [],
            "HasErrors": False,
        }
        for one in invoice.allocations
        if (credit := organisation.credit_notes.get(one.credit_id))
    ]


def applied_bank_credits(organisation: Organisation, invoice: Invoice) -> Json:
    """Return the Overpayments and the Prepayments list of an invoice."""
    return {
        f"{series.name}s": [
            {
                series.id_member: one.credit_id,
                "Date": ms_day(one.day),
                "AppliedAmount": number(one.amount),
                "LineItems": [],
            }
            for one in invoice.allocations
            if one.credit_type in series.types
        ]
        for series in BANK_CREDITS
    }
