"""SavedCard: a card that a customer let the business keep at Stripe for later invoices."""

from django.db import models

from businesses.constraints import SameBusiness, business_and_id
from businesses.fields import TimeStamped
from businesses.models import Business
from contacts.models import Contact
from stripe_integration.models.account import StripeAccount
from stripe_integration.surcharges.cards import name_of


class SavedCardQuerySet(models.QuerySet["SavedCard"]):
    def kept(self) -> "SavedCardQuerySet":
        return self.filter(forgotten_at=None)


class SavedCard(TimeStamped):
    """Stripe has the card; here is what tells one from another for a person."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="saved_cards")
    account = models.ForeignKey(
        StripeAccount, models.PROTECT, related_name="saved_cards", db_index=False
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="saved_cards", db_index=False)
    customer = models.CharField("customer at Stripe", max_length=100)
    method = models.CharField("payment method at Stripe", max_length=100, unique=True)
    brand = models.CharField(max_length=30, blank=True)
    funding = models.CharField(max_length=20, blank=True)
    country = models.CharField("card from", max_length=2, blank=True)
    last4 = models.CharField("last four digits", max_length=4, blank=True)
    exp_month = models.PositiveSmallIntegerField("expires in month", null=True)
    exp_year = models.PositiveSmallIntegerField("expires in year", null=True)
    agreed_at = models.DateTimeField("the customer agreed")
    forgotten_at = models.DateTimeField(null=True, blank=True)
    # Forgotten here, and Stripe could not be told yet.
    owes_goodbye = models.BooleanField(default=False, editable=False)

    objects = SavedCardQuerySet.as_manager()

    class Meta:
        ordering = ("-agreed_at",)
        constraints = (
            business_and_id("saved_card"),
            SameBusiness(field="account", name="saved_card_account_same_business"),
            SameBusiness(field="contact", name="saved_card_contact_same_business"),
        )
        indexes = (
            models.Index(fields=["account", "business"], name="saved_card_by_account"),
            models.Index(fields=["contact", "business"], name="saved_card_by_contact"),
        )

    def __str__(self) -> str:
        return f"{name_of(self.brand) or 'Card'} ending in {self.last4}"

    @property
    def expires(self) -> str:
        return f"{self.exp_month:02d}/{self.exp_year}" if self.exp_month and self.exp_year else ""
