"""The use cases of invoices. Each is atomic and locks the invoice that it changes.

The invoice's own save comes last in each of them, after its lines and payments, so that whoever
hears its post_save finds everything in place.
"""

from invoices.services.crediting import credit, credit_refund, left_to_credit
from invoices.services.drafting import (
    InvoiceData,
    LineData,
    add_line,
    copy,
    create_draft,
    delete_draft,
    recalculate,
    update,
)
from invoices.services.issuing import issue, void
from invoices.services.moving import Movement, record_movement
from invoices.services.paying import record_payment, reverse_payment
from invoices.services.rates import delete_tax_rate, make_default
from invoices.services.taking import Wanted, WantedLine, take_over

__all__ = [
    "InvoiceData",
    "LineData",
    "Movement",
    "Wanted",
    "WantedLine",
    "add_line",
    "copy",
    "create_draft",
    "credit",
    "credit_refund",
    "delete_draft",
    "delete_tax_rate",
    "issue",
    "left_to_credit",
    "make_default",
    "recalculate",
    "record_movement",
    "record_payment",
    "reverse_payment",
    "take_over",
    "update",
    "void",
]
