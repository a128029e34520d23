"""Contacts, invoices, accounts and tax rates of Xero as last read. Never edited by hand."""

from decimal import Decimal
from typing import Any

from django.db import models

from businesses.constraints import SameBusiness, business_and_id
from businesses.models import Business
from contacts.search import matching, search_key
from xero_integration.models.connection import Connection

# Xero's 13 account types by class (facts: settings resources); only revenue takes sales.
REVENUE = "REVENUE"
EXPENSE = "EXPENSE"
# The account type that payments may always go to; others need EnablePaymentsToAccount.
BANK = "BANK"
ASSET = "CURRENT"


class XeroContactQuerySet(models.QuerySet["XeroContact"]):
    def usable(self) -> "XeroContactQuerySet":
        """Those that documents may be made for (Xero refuses archived contacts)."""
        return self.filter(status="ACTIVE")

    def search(self, query: str) -> "XeroContactQuerySet":
        return self.filter(matching(query)) if query.strip() else self


class XeroContact(models.Model):
    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="xero_contacts")
    xero_id = models.CharField("ContactID", max_length=64)
    name = models.CharField(max_length=255)
    first_name = models.CharField(max_length=255, blank=True)
    last_name = models.CharField(max_length=255, blank=True)
    email = models.CharField(max_length=255, blank=True)
    phone = models.CharField(max_length=100, blank=True)
    mobile = models.CharField(max_length=100, blank=True)
    postal_line1 = models.CharField(max_length=500, blank=True)
    postal_line2 = models.CharField(max_length=500, blank=True)
    postal_city = models.CharField(max_length=255, blank=True)
    postal_region = models.CharField(max_length=255, blank=True)
    postal_code = models.CharField(max_length=50, blank=True)
    postal_country = models.CharField(max_length=50, blank=True)
    street_line1 = models.CharField(max_length=500, blank=True)
    street_line2 = models.CharField(max_length=500, blank=True)
    street_city = models.CharField(max_length=255, blank=True)
    street_region = models.CharField(max_length=255, blank=True)
    street_code = models.CharField(max_length=50, blank=True)
    street_country = models.CharField(max_length=50, blank=True)
    tax_number = models.CharField(max_length=50, blank=True)
    account_number = models.CharField(max_length=50, blank=True)
    contact_number = models.CharField(max_length=50, blank=True)
    status = models.CharField(max_length=20, default="ACTIVE")
    merged_to = models.CharField("MergedToContactID", max_length=64, blank=True)
    is_customer = models.BooleanField(default=False)
    is_supplier = models.BooleanField(default=False)
    updated_at = models.DateTimeField("updated in Xero", null=True, blank=True)
    # When this row was last seen in Xero: a full read drops what it did not see.
    read_at = models.DateTimeField(null=True, blank=True)
    # The wizard's create step: make this one here. Suppliers alone are not proposed.
    create_here = models.BooleanField(default=True)
    # A person has said that it is not wanted here: it is not proposed again (`inbox`).
    ignored_at = models.DateTimeField(null=True, blank=True)
    # Contacts of ours that may be the same, the most probable first, and when they were looked for:
    # a list of {"contact": id, "score": float, "reasons": [str]}.
    alike = models.JSONField(default=list, blank=True)
    compared_at = models.DateTimeField(null=True, blank=True)
    search_key = models.TextField(blank=True)

    objects = XeroContactQuerySet.as_manager()

    class Meta:
        verbose_name = "contact in Xero"
        verbose_name_plural = "contacts in Xero"
        ordering = ("name", "id")
        constraints = (
            business_and_id("xero_contact"),
            models.UniqueConstraint(fields=["connection", "xero_id"], name="xero_contact_once"),
            SameBusiness(field="connection", name="xero_contact_same_business"),
        )
        indexes = (models.Index(fields=["connection", "status", "name"], name="xero_contact_list"),)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.refresh_search_key()
        super().save(*args, **kwargs)

    def refresh_search_key(self) -> None:
        self.search_key = search_key(
            [
                *(self.name, self.first_name, self.last_name, self.email),
                *(self.postal_line1, self.postal_city, self.postal_code),
                *(self.street_line1, self.street_city, self.street_code),
                *(self.account_number, self.tax_number),
            ],
            phones=[self.phone, self.mobile, self.tax_number],
        )


class XeroInvoice(models.Model):
    """A sales invoice or a bill, as Xero had it when it was last read.

    `lines` is what is compared of each line (`pull`); None where Xero did not tell them.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="xero_invoices")
    xero_id = models.CharField("InvoiceID", max_length=64)
    number = models.CharField(max_length=255, blank=True)
    reference = models.CharField(max_length=255, blank=True)
    # Of Xero's contact, which the mirror may not have read yet: no foreign key.
    contact_xero_id = models.CharField("ContactID", max_length=64, blank=True)
    type = models.CharField(max_length=20)
    status = models.CharField(max_length=20)
    date = models.DateField(null=True, blank=True)
    due_date = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    sub_total = models.DecimalField(max_digits=17, decimal_places=2, default=0)
    total_tax = models.DecimalField(max_digits=17, decimal_places=2, default=0)
    total = models.DecimalField(max_digits=17, decimal_places=2, default=0)
    amount_due = models.DecimalField(max_digits=17, decimal_places=2, default=0)
    amount_paid = models.DecimalField(max_digits=17, decimal_places=2, default=0)
    amount_credited = models.DecimalField(max_digits=17, decimal_places=2, default=0)
    lines = models.JSONField(null=True, blank=True)
    # Account and tracking of each line (`coding`).
    codes = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField("updated in Xero", null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    # What is set against it, as just read: not kept. The amount by Xero's id of each.
    money: dict[str, Decimal] | None = None

    class Meta:
        verbose_name = "invoice in Xero"
        verbose_name_plural = "invoices in Xero"
        ordering = ("-date", "-id")
        constraints = (
            models.UniqueConstraint(fields=["connection", "xero_id"], name="xero_invoice_once"),
            SameBusiness(field="connection", name="xero_invoice_same_business"),
        )

    def __str__(self) -> str:
        return self.number or self.xero_id

    @property
    def paid(self) -> Decimal:
        """What Xero counts as settled: money and credit alike."""
        return self.amount_paid + self.amount_credited


class XeroAccountQuerySet(models.QuerySet["XeroAccount"]):
    def for_sales(self) -> "XeroAccountQuerySet":
        """Accounts that a sales line may post to: active, revenue, not Xero's own."""
        return self.filter(status="ACTIVE", account_class=REVENUE, system_account="")


class XeroAccount(models.Model):
    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="accounts")
    xero_id = models.CharField("AccountID", max_length=64)
    code = models.CharField(max_length=10, blank=True)
    name = models.CharField(max_length=150)
    type = models.CharField(max_length=20)
    account_class = models.CharField("class", max_length=20, blank=True)
    status = models.CharField(max_length=20)
    tax_type = models.CharField(max_length=50, blank=True)
    system_account = models.CharField(max_length=50, blank=True)
    enable_payments = models.BooleanField(default=False)

    objects = XeroAccountQuerySet.as_manager()

    class Meta:
        verbose_name = "account in Xero"
        verbose_name_plural = "accounts in Xero"
        ordering = ("code", "name")
        constraints = (
            business_and_id("xero_account"),
            models.UniqueConstraint(fields=["connection", "xero_id"], name="xero_account_once"),
            SameBusiness(field="connection", name="xero_account_same_business"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()


class XeroTaxRate(models.Model):
    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="xero_tax_rates")
    tax_type = models.CharField(max_length=50)
    name = models.CharField(max_length=100)
    percent = models.DecimalField("effective rate %", max_digits=9, decimal_places=4, default=0)
    status = models.CharField(max_length=20)
    can_apply_to_revenue = models.BooleanField(default=False)

    class Meta:
        verbose_name = "tax rate in Xero"
        verbose_name_plural = "tax rates in Xero"
        ordering = ("name",)
        constraints = (
            business_and_id("xero_tax_rate"),
            models.UniqueConstraint(fields=["connection", "tax_type"], name="xero_tax_rate_once"),
            SameBusiness(field="connection", name="xero_tax_rate_same_business"),
        )

    def __str__(self) -> str:
        return self.name
