"""Link: our object is this object in Xero. One to one, kept through a disconnect."""

from django.db import models

from businesses.constraints import SameBusiness
from businesses.fields import TimeStamped
from businesses.models import Business, User
from xero_integration.models.connection import Connection


class Kind(models.TextChoices):
    """What is kept in step. The order is the order of sending: a contact before its
    invoices, an item before the lines that name it, an invoice before its payments and credits.
    """

    CONTACT = "contact", "Contact"
    ITEM = "item", "Product"
    INVOICE = "invoice", "Invoice"
    PAYMENT = "payment", "Payment"
    CREDIT_NOTE = "credit_note", "Credit note"
    # A credit note set against its invoice; the object is the payment that it is here.
    ALLOCATION = "allocation", "Credit set against an invoice"
    # The object is the invoice itself.
    ATTACHMENT = "attachment", "PDF of an invoice"
    # The money of a credit note given back; the object is the money movement.
    REFUND = "refund", "Refund of a credit note"
    # The object of both is a money movement of invoices/: fees and the like, and payouts.
    MOVEMENT = "movement", "Card money"
    # The same where the account of card payments is no bank account: a bill, and its payment.
    BILL = "bill", "Card money as a bill"
    BILL_PAYMENT = "bill_payment", "Payment of a bill for card money"
    TRANSFER = "transfer", "Payout to the bank"


# What Xero is asked for by its changes: payments come with their invoices.
READ_KINDS = (Kind.CONTACT, Kind.INVOICE)


class LinkStatus(models.TextChoices):
    CURRENT = "current", "Linked"
    # The loser of a merge, or a link that a person took back: history, never used for sending.
    FORMER = "former", "Formerly linked"


class LinkQuerySet(models.QuerySet["Link"]):
    def current(self) -> "LinkQuerySet":
        return self.filter(status=LinkStatus.CURRENT)


class Link(TimeStamped):
    """`object_id` is our UUID, `xero_id` Xero's id as given; both unique within an organisation."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="links")
    kind = models.CharField(max_length=20, choices=Kind)
    object_id = models.UUIDField()
    xero_id = models.CharField("Xero id", max_length=64)
    status = models.CharField(max_length=10, choices=LinkStatus, default=LinkStatus.CURRENT)
    # SHA-256 of the payload last known to stand in Xero: the sweep and echo detection compare it.
    pushed_digest = models.CharField(max_length=64, blank=True)
    pushed_at = models.DateTimeField(null=True, blank=True)
    # The last change of our object that was compared with `pushed_digest`: the sweep asks no more.
    checked_at = models.DateTimeField(null=True, blank=True)
    # What Xero answered that later updates need: an invoice's status, total and line ids.
    remote = models.JSONField(default=dict, blank=True)
    # A contact's fields as each side held them when the two last agreed (`threeway.Agreed`); of an
    # invoice what Xero had of it then (`invoice_sides.content`).
    agreed = models.JSONField(default=dict, blank=True)
    # What linking overwrote, for its undo (`unlinking`).
    before = models.JSONField(default=dict, blank=True)
    linked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "kind", "object_id"],
                condition=models.Q(status="current"),
                name="link_one_per_object",
            ),
            models.UniqueConstraint(
                fields=["connection", "kind", "xero_id"],
                condition=models.Q(status="current"),
                name="link_one_per_xero_id",
            ),
            SameBusiness(field="connection", name="link_connection_same_business"),
        )
        indexes = (
            # Look-ups of current links: SQLite leaves the conditional indexes of the constraints
            # alone when the status is a bound parameter (SQLite: partial indexes, section 3).
            models.Index(fields=["connection", "kind", "object_id"], name="link_by_object"),
            models.Index(fields=["connection", "kind", "xero_id"], name="link_by_xero_id"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.object_id} is {self.xero_id}"
