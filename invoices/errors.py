"""What the use cases of invoices refuse to do, in words for the person who asked."""


class InvoiceRefused(Exception):
    """A rule of invoicing forbids this; the message says which and what to do instead."""
