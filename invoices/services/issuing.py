"""Issuing and voiding: the number is given here, once, without a gap."""

from django.db import transaction
from django.db.models import F

from businesses.models import Business, User
from invoices.errors import InvoiceRefused
from invoices.models import Invoice, InvoiceSequence
from invoices.services.drafting import check_sendable
from invoices.services.locking import lock


@transaction.atomic
def issue(invoice: Invoice, *, by: User | None) -> Invoice:
    """Give a draft its number and make it final. From here on it is sent to Xero.

    Raises InvoiceRefused, with words for a person, where that is not possible; then no number is
    taken. A second call is refused, so that a double click issues once.
    """
    lock(invoice)
    check_sendable(invoice)
    if invoice.contact.is_archived:
        raise InvoiceRefused(
            f"{invoice.contact} is archived. Restore the contact, or choose another one."
        )
    # Checked before a number is taken, so that a refused second issue takes none.
    if not invoice.is_draft:
        raise InvoiceRefused(f"{invoice} has already been issued.")
    invoice.issue(number=_take_number(invoice.business), by=by)
    invoice.save()
    return invoice


@transaction.atomic
def void(invoice: Invoice, *, by: User | None) -> Invoice:
    """Cancel an issued invoice that has no payments; its number is not used again.

    Raises InvoiceRefused for any other. Cannot be undone, as in Xero.
    """
    lock(invoice)
    invoice.void(by=by)
    invoice.save()
    return invoice


def _take_number(business: Business) -> str:
    """Return the next free number of `business`; a rollback gives it back.

    The conditional UPDATE holds the sequence's row until the transaction ends: of two issues at
    once the second waits, sees that the number has moved on, and takes the next.
    """
    while True:
        sequence = InvoiceSequence.objects.get(business=business)
        taken = InvoiceSequence.objects.filter(
            pk=sequence.pk, next_number=sequence.next_number
        ).update(next_number=F("next_number") + 1)
        number = str(sequence)
        # Somebody may have set the sequence back, or chosen a prefix used before.
        if taken and not business.invoices.filter(number=number).exists():
            return number
