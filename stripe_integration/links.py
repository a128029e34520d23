"""The link by which the customer of an invoice pays it: signed, expiring, for that one alone."""

import base64
import binascii
import uuid

from django.conf import settings
from django.core import signing
from django.urls import reverse

from invoices.models import Invoice

SALT = "stripe-pay-link"


class LinkRefused(Exception):
    """Not one of ours, changed on its way, or of an invoice that is no more."""


class LinkExpired(LinkRefused):
    """One of ours, too old. `invoice` is whose it was."""

    def __init__(self, invoice: Invoice) -> None:
        self.invoice = invoice
        super().__init__()


def link_to(invoice: Invoice) -> str:
    """Return a new link; each lives STRIPE_LINK_LIFE from now."""
    return f"{settings.SITE_URL}{reverse('stripe:pay', args=[token_of(invoice)])}"


def token_of(invoice: Invoice) -> str:
    # Short, so that its code on paper is coarse enough for an old telephone.
    short = base64.urlsafe_b64encode(invoice.pk.bytes).rstrip(b"=").decode()
    return signing.TimestampSigner(salt=SALT).sign(short)


def invoice_of(token: str) -> Invoice:
    """Return the invoice of a token. Raises LinkRefused, or LinkExpired for an old one."""
    signer = signing.TimestampSigner(salt=SALT)
    try:
        invoice = _find(signer.unsign(token))
        signer.unsign(token, max_age=settings.STRIPE_LINK_LIFE)
    except signing.SignatureExpired:
        raise LinkExpired(invoice) from None
    except signing.BadSignature:
        raise LinkRefused from None
    return invoice


def _find(short: str) -> Invoice:
    try:
        key = uuid.UUID(bytes=base64.urlsafe_b64decode(f"{short}=="))
    except (ValueError, binascii.Error):
        raise LinkRefused from None
    invoices = Invoice.objects.select_related("business", "contact", "contact__business")
    found = invoices.filter(pk=key).first()
    if found is None or found.is_draft:
        raise LinkRefused
    return found
