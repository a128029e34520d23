"""E-mailing invoices: written down with the request, sent by a worker, the outcome shown.

At least once: a worker killed between sending and noting sends again, since an invoice that comes
twice is better than one that never came. What the mail server refuses for good goes to a person.
"""

import datetime as dt
import logging
import random
import smtplib
from collections.abc import Sequence
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any
from uuid import UUID

from anymail.exceptions import AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from kombu.exceptions import OperationalError

from businesses.models import User
from invoices import registry, tasks
from invoices.document.content import content_of
from invoices.document.pdf import pdf_of
from invoices.errors import InvoiceRefused
from invoices.models import EmailStatus, EmailText, Invoice, InvoiceEmail
from pooltrackr.lib.backoff import delay

logger = logging.getLogger(__name__)

# Above what a mail server may take: connecting and each of its answers have EMAIL_TIMEOUT.
LEASE = dt.timedelta(minutes=5)
# Tried for about a day, then it goes to a person.
MOST_TRIES = 12
LONGEST = 3 * 3600
# Its place in the words of a business.
PAY_LINK = "{pay_link}"
# Letters looked at in one round of the clean-up.
LIMIT = 200


def proposal(invoice: Invoice) -> dict[str, Any]:
    """Return what the e-mail form begins with: addresses, subject and message."""
    text = EmailText.objects.filter(business=invoice.business_id).first() or EmailText()
    words = _words(invoice)
    message = _with_link(text.message, link=registry.pay_link_of(invoice))
    return {
        "to": ", ".join(invoice.contact.emails),
        "subject": _filled(text.subject, words),
        "message": _filled(message, words),
    }


def _with_link(message: str, *, link: str) -> str:
    """Put the link to pay where the message has its place, or at the end.

    Without a link the lines that speak of it are left out.
    """
    if not link:
        return "\n".join(line for line in message.split("\n") if PAY_LINK not in line)
    if PAY_LINK in message:
        return message.replace(PAY_LINK, link)
    return f"{message}\n\nPay by card: {link}"


def _words(invoice: Invoice) -> dict[str, str]:
    contact = invoice.contact
    return {
        "number": invoice.number,
        "business": invoice.business.name,
        "contact": contact.name,
        "first_name": contact.first_name or contact.name,
        "date": date_format(invoice.date, "j F Y"),
        "due_date": date_format(invoice.due_date, "j F Y"),
        "total": f"{invoice.total:,.2f} {invoice.currency}",
        "due": f"{invoice.amount_due:,.2f} {invoice.currency}",
    }


def _filled(text: str, words: dict[str, str]) -> str:
    """Put `words` in their places; what is in other brackets stays as it is."""
    for name, value in words.items():
        text = text.replace(f"{{{name}}}", value)
    return text


@transaction.atomic
def send(
    invoice: Invoice, *, to: Sequence[str], subject: str, message: str, by: User | None
) -> InvoiceEmail:
    """Write an e-mail down and have it sent. Raises InvoiceRefused for a draft."""
    if invoice.is_draft:
        raise InvoiceRefused("Issue the invoice first: a draft has no number yet.")
    email = InvoiceEmail.objects.create(
        business_id=invoice.business_id,
        invoice=invoice,
        to=list(to),
        # A header is one line.
        subject=" ".join(subject.split()),
        message=message,
        sent_by=by,
    )
    transaction.on_commit(lambda: _queue(email.pk))
    return email


def due() -> QuerySet[InvoiceEmail]:
    """Return the e-mails that nobody is sending and whose time has come."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    is_time = Q(not_before=None) | Q(not_before__lte=now)
    return InvoiceEmail.objects.filter(free, is_time, status=EmailStatus.WAITING)


def wake() -> int:
    """Queue what a lost message or a killed worker left behind; return how many."""
    ids = list(due().values_list("pk", flat=True)[:LIMIT])
    for pk in ids:
        _queue(pk)
    return len(ids)


def _queue(pk: UUID) -> None:
    try:
        tasks.deliver_email.delay(str(pk))
    except (OperationalError, OSError):
        # The next round queues it.
        logger.info("broker-down task=deliver_email")


def deliver(pk: UUID) -> None:
    """Send one e-mail, if it is still due; called by a worker."""
    until = timezone.now() + LEASE
    if not due().filter(pk=pk).update(lease_until=until, attempts=F("attempts") + 1):
        return
    related = ("invoice__business", "invoice__contact__business", "invoice__pool")
    email = InvoiceEmail.objects.select_related(*related).get(pk=pk)
    held = InvoiceEmail.objects.filter(pk=pk, lease_until=until)
    try:
        message = _message(email)
        message.send()
    except AnymailRecipientsRefused as error:
        held.update(status=EmailStatus.REFUSED, error=str(error), lease_until=None)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        held.update(**_after_refusal(email, error))
    except OSError as error:  # SMTPException is one too
        held.update(**_later(email, error))
    else:
        held.update(
            status=EmailStatus.SENT,
            sent_at=timezone.now(),
            lease_until=None,
            error="",
            message_id=_message_id(message),
        )
    logger.info("invoice-email email=%s attempts=%s", pk, email.attempts)


def _message_id(message: EmailMessage) -> str:
    """Return the mail service's id of what it took; a plain mail server gives none."""
    status = getattr(message, "anymail_status", None)
    given = status.message_id if status else None
    # One for each address, where a service sends them apart.
    ids = given if isinstance(given, set) else {given}
    return next((str(one) for one in ids if one is not None), "")


def came_back(message_id: str, *, reason: str) -> int:
    """Note that an e-mail which had gone out came back; return how many that were."""
    sent = InvoiceEmail.objects.filter(message_id=message_id, status=EmailStatus.SENT)
    return sent.update(status=EmailStatus.BOUNCED, error=reason) if message_id else 0


def _message(email: InvoiceEmail) -> EmailMessage:
    invoice, business = email.invoice, email.invoice.business
    with timezone.override(business.zone):
        pdf = pdf_of(content_of(invoice))
    message = EmailMessage(
        email.subject,
        email.message,
        from_email=_sender(business.name),
        to=email.to,
        reply_to=[business.email] if business.email else None,
    )
    message.attach(f"{slugify(invoice.number) or 'invoice'}.pdf", pdf, "application/pdf")
    return message


def _sender(name: str) -> str:
    """Return our own address under the name of the business: nobody else's passes a mail server."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return str(Address(" ".join(name.split()), addr_spec=address))


def _after_refusal(email: InvoiceEmail, error: OSError) -> dict[str, Any]:
    """A 5xx is for good; a 4xx ("try later", as grey-listing does) is not (RFC 5321, 4.2.1)."""
    code, words = _reason(error)
    if code < 500:
        return _later(email, error)
    return {"status": EmailStatus.REFUSED, "error": words, "lease_until": None}


def _reason(error: OSError) -> tuple[int, str]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        reasons = list(error.recipients.items())
        words = "; ".join(f"{to}: {_text(said)}" for to, (_, said) in reasons)
        return max((code for _, (code, _) in reasons), default=500), words
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, _text(error.smtp_error)
    return 0, "The mail server could not be reached."


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


def _later(email: InvoiceEmail, error: OSError) -> dict[str, Any]:
    _, words = _reason(error)
    if email.attempts >= MOST_TRIES:
        return {"status": EmailStatus.REFUSED, "error": words, "lease_until": None}
    seconds = delay(
        email.attempts,
        base=30,
        maximum=LONGEST,
        jitter=random.random(),  # noqa: S311 - spreads retries, protects nothing
    )
    later = timezone.now() + dt.timedelta(seconds=seconds)
    return {"not_before": later, "error": words, "lease_until": None}
