"""Holding an invoice still while it is changed."""

from invoices.models import Invoice


def lock(invoice: Invoice) -> None:
    """Lock the row and read it afresh, so that checks and sums rest on what is stored now.

    Call within a transaction. On SQLite the IMMEDIATE transaction itself is the lock.
    """
    invoice.refresh_from_db(from_queryset=Invoice.objects.select_for_update())
