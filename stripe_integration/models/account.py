"""StripeAccount: the account of a business at Stripe. StripeConsent: one walk there and back."""

from django.db import models

from businesses.constraints import business_and_id
from businesses.fields import TimeStamped
from businesses.models import Business, User
from pooltrackr.lib.crypto import decrypt, encrypt


class AccountStatus(models.TextChoices):
    ACTIVE = "active", "Connected"
    NEEDS_RECONNECT = "needs_reconnect", "Needs reconnecting"
    DISCONNECTED = "disconnected", "Disconnected"


class Way(models.TextChoices):
    """How Pooltrackr speaks for the account."""

    CONNECT = "connect", "Connected through Stripe"
    KEY = "key", "By a restricted key"


class StripeAccountQuerySet(models.QuerySet["StripeAccount"]):
    def active(self) -> "StripeAccountQuerySet":
        return self.filter(status=AccountStatus.ACTIVE)


class StripeAccount(TimeStamped):
    """One row for each (business, account at Stripe), kept through a disconnect."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="stripe_accounts")
    stripe_id = models.CharField("account at Stripe", max_length=64)
    status = models.CharField(max_length=20, choices=AccountStatus, default=AccountStatus.ACTIVE)
    status_reason = models.TextField(blank=True)
    way = models.CharField(max_length=10, choices=Way, default=Way.CONNECT)
    # Of the way KEY alone; Connect needs the platform's key and the account's id.
    key_encrypted = models.TextField(blank=True, editable=False)
    name = models.CharField(max_length=255, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2.")
    currency = models.CharField(max_length=3, blank=True)
    is_live = models.BooleanField("takes real money", default=False)
    takes_charges = models.BooleanField(default=False)
    offers_payment = models.BooleanField("offer card payment on invoices", default=True)
    takes_parts = models.BooleanField("let customers pay a part", default=False)
    keeps_cards = models.BooleanField("let customers save their card", default=False)
    credits_refunds = models.BooleanField(
        "make a credit note of what is refunded in Stripe", default=True
    )
    connected_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    connected_at = models.DateTimeField()
    disconnected_at = models.DateTimeField(null=True, blank=True)
    # The letter that it was lost: when it went out, and who is writing it just now.
    owners_told_at = models.DateTimeField(null=True, blank=True, editable=False)
    telling_until = models.DateTimeField(null=True, blank=True, editable=False)
    # Disconnected here, and Stripe could not be told yet.
    owes_goodbye = models.BooleanField(default=False, editable=False)
    # Up to where its events have been read, by Stripe's clock.
    events_read_to = models.DateTimeField(null=True, blank=True)
    # Up to where what moved its balance has been taken over, by Stripe's clock.
    books_read_to = models.DateTimeField(null=True, blank=True)
    # What Stripe said that it owes, available and on its way, and when; in its currency.
    owed = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    # The same in other currencies, by their codes: kept apart at Stripe, and booked nowhere.
    owed_elsewhere = models.JSONField(default=dict, blank=True)
    owed_at = models.DateTimeField(null=True, blank=True)
    events_polled_at = models.DateTimeField(null=True, blank=True)

    objects = StripeAccountQuerySet.as_manager()

    class Meta:
        verbose_name = "Stripe account"
        constraints = (
            business_and_id("stripe_account"),
            models.UniqueConstraint(
                fields=["business", "stripe_id"], name="stripe_account_once_in_a_business"
            ),
            models.UniqueConstraint(
                fields=["business"],
                condition=~models.Q(status=AccountStatus.DISCONNECTED),
                name="stripe_account_one_current",
            ),
            # Its events name the account alone: two businesses would both take the money.
            models.UniqueConstraint(
                fields=["stripe_id"],
                condition=~models.Q(status=AccountStatus.DISCONNECTED),
                name="stripe_account_of_one_business",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.stripe_id

    @property
    def key(self) -> str:
        return decrypt(self.key_encrypted)

    @key.setter
    def key(self, value: str) -> None:
        self.key_encrypted = encrypt(value)

    @property
    def is_active(self) -> bool:
        return self.status == AccountStatus.ACTIVE

    @property
    def may_charge(self) -> bool:
        """Whether an invoice of the business can be paid into this account now."""
        return self.is_active and self.takes_charges and self.currency == self.business.currency


class StripeConsent(TimeStamped):
    """The state sent along to Stripe's consent page, bound to its person; kept after its use."""

    business = models.ForeignKey(Business, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "consent"

    def __str__(self) -> str:
        return f"{self.user} for {self.business}"
