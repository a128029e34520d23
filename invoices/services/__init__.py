"""The use cases of invoices. Each is atomic and locks the invoice that it changes.

The invoice's own save comes last in each of them, after its lines and payments, so that whoever
hears its post_save finds everything in place.
"""

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
from invoices.services.paying import record_payment, reverse_payment
from invoices.services.rates import delete_tax_rate, make_default

__all__ = [
    "InvoiceData",
    "LineData",
    "add_line",
    "copy",
    "create_draft",
    "delete_draft",
    "delete_tax_rate",
    "issue",
    "make_default",
    "recalculate",
    "record_payment",
    "reverse_payment",
    "update",
    "void",
]
