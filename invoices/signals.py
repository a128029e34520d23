"""What invoices tell of changes that post no post_save: bulk writes."""

from django.dispatch import Signal

# Sent within the transaction with `business: Business` and `ids: list[UUID]`, sender Invoice.
invoices_changed = Signal()
