"""Taking over what another system has of an issued invoice, line by line."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Self
from uuid import UUID

from django.db import transaction

from invoices.errors import InvoiceRefused
from invoices.models import Invoice, InvoiceLine
from invoices.services.drafting import AMOUNTS, check_sendable, compute
from invoices.services.locking import lock

LINE = ("description", "quantity", "unit_price", "discount_percent")


@dataclass(frozen=True, kw_only=True)
class WantedLine:
    """What a line becomes; product and tax rate stay."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Self:
        """Return it from texts: `description`, `quantity`, `price` and `discount` (percent)."""
        return cls(
            description=values["description"],
            quantity=Decimal(values["quantity"]),
            unit_price=Decimal(values["price"]),
            discount_percent=Decimal(values["discount"] or 0),
        )


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What an issued invoice becomes; `lines` by the keys of ours."""

    date: dt.date
    due_date: dt.date
    reference: str
    lines: Mapping[UUID, WantedLine]


@transaction.atomic
def take_over(invoice: Invoice, *, wanted: Wanted) -> Invoice:
    """Bring an issued invoice to what `wanted` says. Raises InvoiceRefused for any other.

    With money on it only words and the due date may change, as everywhere else.
    """
    lock(invoice)
    if not invoice.is_issued:
        raise InvoiceRefused(f"{invoice} is not an issued invoice.")
    before = (invoice.total, invoice.tax_total, invoice.date)
    invoice.date, invoice.due_date = wanted.date, wanted.due_date
    invoice.reference = wanted.reference
    lines = list(invoice.lines.select_related("tax_rate"))
    for line in lines:
        _fill(line, wanted.lines[line.pk])
    compute(invoice, lines)
    if invoice.amount_paid and before != (invoice.total, invoice.tax_total, invoice.date):
        raise InvoiceRefused(f"{invoice} has payments, so its amounts and its date stand.")
    InvoiceLine.objects.bulk_update(lines, (*LINE, *AMOUNTS))
    check_sendable(invoice)
    invoice.save()
    return invoice


def _fill(line: InvoiceLine, wanted: WantedLine) -> None:
    for name in LINE:
        setattr(line, name, getattr(wanted, name))
