"""Which account and tax rate in Xero each line goes to. Chosen by a person, never assumed."""

from django.db import models

from businesses.constraints import SameBusiness
from businesses.models import Business
from invoices.models import MovementKind, PaymentMethod, Product, ProductCategory, TaxRate
from xero_integration.models.connection import Connection
from xero_integration.models.mirror import XeroAccount, XeroTaxRate


class CategoryAccount(models.Model):
    """The sales account of a product category; without category: of lines that have none."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="category_accounts")
    category = models.ForeignKey(
        ProductCategory, models.CASCADE, null=True, blank=True, related_name="+"
    )
    account = models.ForeignKey(XeroAccount, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "category"],
                name="category_account_once",
            ),
            models.UniqueConstraint(
                fields=["connection"],
                condition=models.Q(category=None),
                name="category_account_one_for_none",
            ),
            SameBusiness(field="connection", name="category_account_connection_same_business"),
            SameBusiness(field="category", name="category_account_category_same_business"),
            SameBusiness(field="account", name="category_account_account_same_business"),
        )

    def __str__(self) -> str:
        return f"{self.category or 'Lines without category'}: {self.account}"


class ProductAccount(models.Model):
    """The account of one product where it differs from its category's."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="product_accounts")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    account = models.ForeignKey(XeroAccount, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection", "product"], name="product_account_once"),
            SameBusiness(field="connection", name="product_account_connection_same_business"),
            SameBusiness(field="product", name="product_account_product_same_business"),
            SameBusiness(field="account", name="product_account_account_same_business"),
        )

    def __str__(self) -> str:
        return f"{self.product}: {self.account}"


class PaymentAccount(models.Model):
    """The account that payments of one method go to: a bank account, or one that takes payments."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="payment_accounts")
    method = models.CharField(max_length=20, choices=PaymentMethod)
    account = models.ForeignKey(XeroAccount, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection", "method"], name="payment_account_once"),
            SameBusiness(field="connection", name="payment_account_connection_same_business"),
            SameBusiness(field="account", name="payment_account_account_same_business"),
        )

    def __str__(self) -> str:
        return f"{self.get_method_display()}: {self.account}"


class MovementAccount(models.Model):
    """Where a card processor's fees, disputes and so on are booked, by kind of money movement.

    A row without an account is a choice too: of payouts, to match them in Xero by hand.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="movement_accounts")
    kind = models.CharField(max_length=20, choices=MovementKind)
    account = models.ForeignKey(
        XeroAccount, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # For the tax within an amount, where its processor tells of any.
    xero_tax_rate = models.ForeignKey(
        XeroTaxRate, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection", "kind"], name="movement_account_once"),
            SameBusiness(field="connection", name="movement_account_connection_same_business"),
            SameBusiness(field="account", name="movement_account_account_same_business"),
            SameBusiness(field="xero_tax_rate", name="movement_account_rate_same_business"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.account or 'by hand'}"


class TaxMapping(models.Model):
    """Our tax rate is this one in Xero. Never matched by percent: several of Xero's are 0 %."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="tax_mappings")
    tax_rate = models.ForeignKey(TaxRate, models.CASCADE, related_name="+")
    xero_tax_rate = models.ForeignKey(XeroTaxRate, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection", "tax_rate"], name="tax_mapping_once"),
            SameBusiness(field="connection", name="tax_mapping_connection_same_business"),
            SameBusiness(field="tax_rate", name="tax_mapping_rate_same_business"),
            SameBusiness(field="xero_tax_rate", name="tax_mapping_xero_rate_same_business"),
        )

    def __str__(self) -> str:
        return f"{self.tax_rate}: {self.xero_tax_rate}"
