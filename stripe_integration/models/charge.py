"""Charge: money that a card paid, what Stripe kept of it, and the payment that it became here."""

from decimal import Decimal

from django.db import models

from businesses.constraints import SameBusiness, business_and_id
from businesses.fields import TimeStamped
from businesses.models import Business
from invoices.models import Invoice, Payment
from pooltrackr.lib.money import ZERO
from stripe_integration.models.account import StripeAccount
from stripe_integration.models.paying import CheckoutSession
from stripe_integration.surcharges.cards import name_of


class Charge(TimeStamped):
    """One successful charge. Amounts are in `currency`; `fee` is empty until Stripe tells it.

    Of `amount`, `applied` went to invoices; what is left and not refunded waits for a person.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="stripe_charges")
    account = models.ForeignKey(
        StripeAccount, models.PROTECT, related_name="charges", db_index=False
    )
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, related_name="stripe_charges", db_index=False
    )
    session = models.ForeignKey(
        CheckoutSession, models.PROTECT, related_name="charges", db_index=False
    )
    stripe_id = models.CharField(max_length=100, unique=True)
    payment_intent = models.CharField(max_length=100)
    charged_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    amount = models.DecimalField("gross", max_digits=14, decimal_places=2)
    fee = models.DecimalField(
        "Stripe's fee", max_digits=14, decimal_places=2, null=True, blank=True
    )
    fee_tax = models.DecimalField("tax within the fee", max_digits=14, decimal_places=2, default=0)
    net = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    balance_transaction = models.CharField(max_length=100, blank=True)
    brand = models.CharField(max_length=30, blank=True)
    funding = models.CharField(max_length=20, blank=True)
    country = models.CharField("card from", max_length=2, blank=True)
    refunded = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    dispute = models.CharField("dispute's status", max_length=40, blank=True)
    dispute_reason = models.CharField(max_length=60, blank=True)
    payment = models.OneToOneField(
        Payment, models.PROTECT, null=True, blank=True, related_name="stripe_charge"
    )
    # Of `applied`: what became a card fee, on the invoice or on one of its own.
    on_charged = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    applied = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    # When it was decided what to do with the money: a second look decides nothing anew.
    booked_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ("-charged_at",)
        constraints = (
            business_and_id("stripe_charge"),
            SameBusiness(field="account", name="stripe_charge_account_same_business"),
            SameBusiness(field="invoice", name="stripe_charge_invoice_same_business"),
            SameBusiness(field="session", name="stripe_charge_session_same_business"),
            SameBusiness(field="payment", name="stripe_charge_payment_same_business"),
        )
        indexes = (
            models.Index(fields=["account", "business"], name="stripe_charge_by_account"),
            models.Index(fields=["invoice", "business"], name="stripe_charge_by_invoice"),
            models.Index(fields=["session", "business"], name="stripe_charge_by_session"),
            models.Index(fields=["payment", "business"], name="stripe_charge_by_payment"),
        )

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} {self.stripe_id}"

    @property
    def unapplied(self) -> Decimal:
        """What no invoice needed and nobody gave back."""
        return max(ZERO, self.amount - self.applied - self.refunded)

    @property
    def card(self) -> str:
        """The card in words, as far as is kept of it: brand, kind and country."""
        where = f"of {self.country}" if self.country else ""
        parts = [name_of(self.brand) or "A card", self.funding, where]
        return " ".join(part for part in parts if part and part != "unknown")

    @property
    def dispute_words(self) -> str:
        words = f"{self.dispute}, {self.dispute_reason}".replace("_", " ")
        return words.strip(", ").capitalize()
