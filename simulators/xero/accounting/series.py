"""The series of documents that are made like invoices.

A credit note has an invoice's members, lines, locks and statuses; what differs is named here. So
have overpayments and prepayments, as far as they have them.
"""

from dataclasses import dataclass, replace

from simulators.xero.accounting import messages
from simulators.xero.accounting.contact_write import text_of
from simulators.xero.accounting.invoice_model import Invoice
from simulators.xero.wire import Json


@dataclass(frozen=True)
class Series:
    types: tuple[str, ...]
    id_member: str
    number_member: str
    prefix: str
    number_taken: str
    needs_due_date: bool

    @property
    def name(self) -> str:
        """Return what one of them is called in the API, such as CreditNote."""
        return self.id_member.removesuffix("ID")

    def read(self, sent: Json) -> Json:
        """Return an element with its id and number where an invoice has them."""
        own = {"InvoiceID": text_of(sent, self.id_member)}
        return {**sent, **own, "InvoiceNumber": sent.get(self.number_member)}


INVOICES = Series(
    types=("ACCREC", "ACCPAY"),
    id_member="InvoiceID",
    number_member="InvoiceNumber",
    prefix="INV-",
    number_taken=messages.INVOICE_NUMBER_TAKEN,
    needs_due_date=True,
)
CREDIT_NOTES = Series(
    types=("ACCRECCREDIT",),
    id_member="CreditNoteID",
    number_member="CreditNoteNumber",
    prefix="CN-",
    number_taken=messages.CREDIT_NOTE_NUMBER_TAKEN,
    needs_due_date=False,
)

OVERPAYMENTS = Series(
    types=("RECEIVE-OVERPAYMENT",),
    id_member="OverpaymentID",
    # They have no numbers: no member can name one.
    number_member="",
    prefix="",
    number_taken="",
    needs_due_date=False,
)
PREPAYMENTS = replace(OVERPAYMENTS, types=("RECEIVE-PREPAYMENT",), id_member="PrepaymentID")
# Credit that a bank transaction makes.
BANK_CREDITS = (OVERPAYMENTS, PREPAYMENTS)


def series_of(document: Invoice) -> Series:
    others = (CREDIT_NOTES, *BANK_CREDITS)
    return next((one for one in others if document.type in one.types), INVOICES)
