"""E-mails that carry an invoice to its customer, and the words that a business begins them with."""

from django.db import models

from businesses.constraints import SameBusiness, business_and_id
from businesses.fields import PublicKey, TimeStamped
from businesses.models import Business, User
from invoices.models.invoice import Invoice

SUBJECT = "Invoice {number} from {business}"
MESSAGE = """Hello {first_name},

attached is our invoice {number} of {date} for {total}. It is due on {due_date}.

Thank you for your business.
{business}"""


class EmailText(models.Model):
    """The subject and the message that e-mails of a business begin with."""

    business = models.OneToOneField(Business, models.CASCADE, related_name="email_text")
    subject = models.CharField(max_length=200, default=SUBJECT)
    message = models.TextField(max_length=5000, default=MESSAGE)

    def __str__(self) -> str:
        return self.subject


class EmailStatus(models.TextChoices):
    WAITING = "waiting", "On its way"
    SENT = "sent", "Sent"
    REFUSED = "refused", "Refused"
    # Taken by the mail service, and sent back by the customer's side later.
    BOUNCED = "bounced", "Came back"


class InvoiceEmail(PublicKey, TimeStamped):
    """One e-mail with the invoice as a PDF. Written down first, sent by a worker."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="emails", db_index=False)
    to = models.JSONField(default=list, help_text="Addresses.")
    subject = models.CharField(max_length=200)
    message = models.TextField(max_length=5000)
    status = models.CharField(max_length=10, choices=EmailStatus, default=EmailStatus.WAITING)
    error = models.TextField(blank=True, help_text="The mail server's own words.")
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    # Until when a worker is sending it.
    lease_until = models.DateTimeField(null=True, blank=True)
    # The mail service's own, by which it tells what became of it.
    message_id = models.CharField(max_length=255, blank=True, db_index=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            business_and_id("invoice_email"),
            SameBusiness(field="invoice", name="invoice_email_invoice_same_business"),
        )
        indexes = (
            models.Index(fields=["invoice", "business"], name="invoice_email_by_invoice"),
            models.Index(fields=["status", "not_before"], name="invoice_email_due"),
        )

    def __str__(self) -> str:
        return f"{self.subject} to {', '.join(self.to)}"
