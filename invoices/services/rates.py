"""Tax rates: which one is the default, and which may go."""

from django.db import transaction
from django.db.models import ProtectedError

from invoices.errors import InvoiceRefused
from invoices.models import TaxRate


@transaction.atomic
def make_default(rate: TaxRate) -> None:
    """Let new lines and products start with `rate`; a business has one such rate at most."""
    rate.business.tax_rates.filter(is_default=True).update(is_default=False)
    rate.is_default = True
    rate.save(update_fields=["is_default"])


def delete_tax_rate(rate: TaxRate) -> None:
    if rate.is_default:
        raise InvoiceRefused(f"{rate} is the default. Make another rate the default first.")
    try:
        rate.delete()
    except ProtectedError as error:
        raise InvoiceRefused(f"{rate} is in use on products or invoices.") from error
