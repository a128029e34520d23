"""Connection: one business and one Xero organisation. XeroToken: one Xero user's tokens."""

from django.db import models

from businesses.constraints import business_and_id
from businesses.fields import TimeStamped
from businesses.models import Business, User
from pooltrackr.lib.crypto import decrypt, encrypt


class XeroToken(TimeStamped):
    """The token set of one Xero user (Xero: one per user and app), shared by their organisations.

    Both tokens are encrypted at rest. A refresh is done by whoever holds the lease
    (xero_integration.client.tokens); `generation` rises with every stored pair.
    """

    xero_userid = models.CharField(max_length=64, unique=True)
    access_token_encrypted = models.TextField(blank=True)
    refresh_token_encrypted = models.TextField(blank=True)
    scopes = models.TextField(blank=True)
    expires_at = models.DateTimeField()
    # 60 days after the last refresh; Xero does not tell it, so it is computed and stored.
    refresh_expires_at = models.DateTimeField()
    generation = models.PositiveIntegerField(default=1)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    # Set when Xero answered invalid_grant: only a person's consent brings it back.
    broken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "Xero token"

    def __str__(self) -> str:
        return f"Xero user {self.xero_userid}"

    @property
    def access_token(self) -> str:
        return decrypt(self.access_token_encrypted)

    @access_token.setter
    def access_token(self, value: str) -> None:
        self.access_token_encrypted = encrypt(value)

    @property
    def refresh_token(self) -> str:
        return decrypt(self.refresh_token_encrypted)

    @refresh_token.setter
    def refresh_token(self, value: str) -> None:
        self.refresh_token_encrypted = encrypt(value)


class ConnectionStatus(models.TextChoices):
    ACTIVE = "active", "Connected"
    # Connected anew: Xero is read, and nothing is sent before a person has looked (`review`).
    REVIEW = "review", "To be looked at"
    NEEDS_RECONNECT = "needs_reconnect", "Needs reconnecting"
    DISCONNECTED = "disconnected", "Disconnected"


CALLABLE = (ConnectionStatus.ACTIVE, ConnectionStatus.REVIEW)


class InvoiceStatusInXero(models.TextChoices):
    DRAFT = "DRAFT", "Draft"
    SUBMITTED = "SUBMITTED", "Awaiting approval"
    AUTHORISED = "AUTHORISED", "Approved"


class Digest(models.TextChoices):
    """How soon the owners hear by e-mail of records that need a person."""

    AT_ONCE = "at_once", "At once"
    DAILY = "daily", "Once a day"
    NEVER = "never", "Never"


class EditRule(models.TextChoices):
    """Whose value stands where one field of a contact was changed on both sides."""

    ASK = "ask", "Ask a person"
    OURS = "ours", "Pooltrackr's value"
    THEIRS = "theirs", "Xero's value"


class Consent(TimeStamped):
    """One walk to Xero's consent page and back: the state sent along, bound to its person.

    The row outlives its use, so that a second use is told from a forged one. While the person
    still has to choose between several organisations, `organisations` holds them.
    """

    business = models.ForeignKey(Business, models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=64, unique=True)
    verifier_encrypted = models.TextField("PKCE verifier")
    # The person said to leave the organisation of before, and all its links, behind.
    afresh = models.BooleanField(default=False)
    next_step = models.CharField(max_length=100, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    token = models.ForeignKey(XeroToken, models.SET_NULL, null=True, blank=True, related_name="+")
    organisations = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = "consent"

    def __str__(self) -> str:
        return f"{self.user} for {self.business}"

    @property
    def verifier(self) -> str:
        return decrypt(self.verifier_encrypted)


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def active(self) -> "ConnectionQuerySet":
        return self.filter(status=ConnectionStatus.ACTIVE)

    def callable(self) -> "ConnectionQuerySet":
        """Those that Xero may be asked about: sending is for `active` ones alone."""
        return self.filter(status__in=CALLABLE)

    def current(self) -> "ConnectionQuerySet":
        """Those not disconnected: at most one for each business."""
        return self.exclude(status=ConnectionStatus.DISCONNECTED)


class Connection(TimeStamped):
    """One row for each (business, organisation), kept through a disconnect with its links."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="xero_connections")
    token = models.ForeignKey(
        XeroToken, models.SET_NULL, null=True, blank=True, related_name="connections"
    )
    status = models.CharField(
        max_length=20, choices=ConnectionStatus, default=ConnectionStatus.ACTIVE
    )
    tenant_id = models.CharField("organisation id", max_length=64)
    # The id of Xero's connection, which DELETE /connections/{id} wants; not the tenant id.
    xero_connection_id = models.CharField(max_length=64, blank=True)
    organisation_name = models.CharField(max_length=255)
    short_code = models.CharField(max_length=30, blank=True)
    country_code = models.CharField(max_length=5, blank=True)
    base_currency = models.CharField(max_length=3, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    period_lock_date = models.DateField(null=True, blank=True)
    end_of_year_lock_date = models.DateField(null=True, blank=True)
    connected_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    connected_at = models.DateTimeField()
    disconnected_at = models.DateTimeField(null=True, blank=True)
    # Since when nothing was noted, while what changed meanwhile is still to be looked at.
    review_since = models.DateTimeField(null=True, blank=True)
    last_synced_at = models.DateTimeField(null=True, blank=True)
    status_reason = models.TextField(blank=True)
    # When the owners were written to about the present loss; empty while they still are to be.
    owners_told_at = models.DateTimeField(null=True, blank=True)
    # Until when a worker is writing to them.
    telling_until = models.DateTimeField(null=True, blank=True)

    # The gates of design section 3.2: nothing of a kind is sent before its gate is open.
    contacts_open_at = models.DateTimeField(null=True, blank=True)
    invoices_open_at = models.DateTimeField(null=True, blank=True)
    # Invoices dated before this day stay out of Xero.
    send_from = models.DateField()
    invoice_status = models.CharField(
        "status of invoices in Xero",
        max_length=20,
        choices=InvoiceStatusInXero,
        default=InvoiceStatusInXero.AUTHORISED,
    )
    # SentToContact of what goes there approved or to be approved.
    # Whom a card processor's money is booked with; without one, a contact of its name is made.
    processor_contact = models.CharField("ContactID", max_length=64, blank=True)
    mark_as_sent = models.BooleanField("mark invoices as sent in Xero", default=False)
    # Whether a difference of some cents is mended by a line of its own (`rounding`).
    # Each invoice's PDF goes along; a permission of its own, asked for only then.
    attach_pdf = models.BooleanField("attach the PDF to each invoice in Xero", default=False)
    rounding_line = models.BooleanField("add rounding lines", default=False)
    # Asked by default: either other answer throws away what somebody typed, unseen.
    edit_rule = models.CharField(
        "where both sides changed a field", max_length=10, choices=EditRule, default=EditRule.ASK
    )
    # Whether a contact that is new in Xero, and like none of ours, is made here by itself.
    create_new = models.BooleanField("create contacts that are new in Xero here", default=False)
    # Xero's own limit or an outage: nothing is sent before this moment.
    paused_until = models.DateTimeField(null=True, blank=True)
    paused_reason = models.CharField(max_length=200, blank=True)

    digest = models.CharField(
        "e-mail about records that need you",
        max_length=10,
        choices=Digest,
        default=Digest.DAILY,
        help_text="To the owners; only when something is new.",
    )
    digest_sent_at = models.DateTimeField(null=True, blank=True)
    # Since when invoices are issued and none reaches Xero, and how many (`silence`).
    silent_since = models.DateTimeField(null=True, blank=True)
    silent_count = models.PositiveIntegerField(default=0)
    silence_told_at = models.DateTimeField(null=True, blank=True)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        verbose_name = "Xero connection"
        constraints = (
            business_and_id("connection"),
            models.UniqueConstraint(
                fields=["business", "tenant_id"], name="connection_once_per_organisation"
            ),
            models.UniqueConstraint(
                fields=["business"],
                condition=~models.Q(status="disconnected"),
                name="connection_one_current_per_business",
            ),
            models.UniqueConstraint(
                fields=["tenant_id"],
                condition=~models.Q(status="disconnected"),
                name="connection_one_current_per_organisation",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation_name} ({self.get_status_display()})"

    @property
    def is_active(self) -> bool:
        return self.status == ConnectionStatus.ACTIVE

    @property
    def is_under_review(self) -> bool:
        return self.status == ConnectionStatus.REVIEW

    @property
    def is_callable(self) -> bool:
        return self.status in CALLABLE
