"""Branding themes and tracking of the organisation as last read, and what was chosen of them.

Mirror rows are never deleted: what is gone in Xero says so by its status, and so do the choices.
"""

from django.db import models

from businesses.constraints import SameBusiness, business_and_id
from businesses.models import Business
from invoices.models import ProductCategory
from xero_integration.models.connection import Connection


class XeroBrandingTheme(models.Model):
    """How invoices look in Xero. The one with `sort_order` 0 is the organisation's own."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="themes")
    xero_id = models.CharField("BrandingThemeID", max_length=64)
    name = models.CharField(max_length=255)
    sort_order = models.IntegerField(default=0)
    # Xero archives no theme, it deletes them.
    status = models.CharField(max_length=20, default="ACTIVE")

    class Meta:
        verbose_name = "branding theme in Xero"
        verbose_name_plural = "branding themes in Xero"
        ordering = ("sort_order", "name")
        constraints = (
            business_and_id("xero_theme"),
            models.UniqueConstraint(fields=["connection", "xero_id"], name="xero_theme_once"),
            SameBusiness(field="connection", name="xero_theme_same_business"),
        )

    def __str__(self) -> str:
        return self.name


class InvoiceTheme(models.Model):
    """The theme of the invoices that are sent. Without a row: the organisation's own."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="invoice_themes")
    theme = models.ForeignKey(XeroBrandingTheme, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection"], name="invoice_theme_once"),
            SameBusiness(field="connection", name="invoice_theme_connection_same_business"),
            SameBusiness(field="theme", name="invoice_theme_theme_same_business"),
        )

    def __str__(self) -> str:
        return str(self.theme)


class XeroTrackingCategory(models.Model):
    """What lines are tracked by: Xero has two in use at most."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="tracking_categories")
    xero_id = models.CharField("TrackingCategoryID", max_length=64)
    name = models.CharField(max_length=100)
    status = models.CharField(max_length=20, default="ACTIVE")
    # Ours: lines have the option of their pool's suburb, and not of their product category.
    by_area = models.BooleanField("follows the pool's suburb", default=False)

    class Meta:
        verbose_name = "tracking category in Xero"
        verbose_name_plural = "tracking categories in Xero"
        ordering = ("name",)
        constraints = (
            business_and_id("xero_tracking"),
            models.UniqueConstraint(fields=["connection", "xero_id"], name="xero_tracking_once"),
            SameBusiness(field="connection", name="xero_tracking_same_business"),
        )

    def __str__(self) -> str:
        return self.name


class XeroTrackingOption(models.Model):
    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    tracking = models.ForeignKey(XeroTrackingCategory, models.CASCADE, related_name="options")
    xero_id = models.CharField("TrackingOptionID", max_length=64)
    name = models.CharField(max_length=100)
    status = models.CharField(max_length=20, default="ACTIVE")

    class Meta:
        verbose_name = "tracking option in Xero"
        verbose_name_plural = "tracking options in Xero"
        ordering = ("name",)
        constraints = (
            business_and_id("xero_option"),
            models.UniqueConstraint(fields=["tracking", "xero_id"], name="xero_option_once"),
            SameBusiness(field="tracking", name="xero_option_same_business"),
        )

    def __str__(self) -> str:
        return self.name


class CategoryTracking(models.Model):
    """How lines of a product category are tracked; without category: lines that have none.

    One row for each of the organisation's tracking categories. Without `option` a person has
    chosen none, which no proposal overrules.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="category_tracking")
    tracking = models.ForeignKey(XeroTrackingCategory, models.CASCADE, related_name="+")
    category = models.ForeignKey(
        ProductCategory, models.CASCADE, null=True, blank=True, related_name="+"
    )
    option = models.ForeignKey(
        XeroTrackingOption, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tracking", "category"], name="category_tracking_once"),
            models.UniqueConstraint(
                fields=["tracking"],
                condition=models.Q(category=None),
                name="category_tracking_one_for_none",
            ),
            SameBusiness(field="connection", name="category_tracking_connection_same_business"),
            SameBusiness(field="tracking", name="category_tracking_tracking_same_business"),
            SameBusiness(field="category", name="category_tracking_category_same_business"),
            SameBusiness(field="option", name="category_tracking_option_same_business"),
        )

    def __str__(self) -> str:
        return f"{self.category or 'Lines without category'}: {self.option or 'none'}"


class AreaTracking(models.Model):
    """How lines of invoices for pools in one suburb are tracked, where a category follows that.

    `area` is the suburb in small letters; the empty one stands for invoices without a pool there.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="area_tracking")
    tracking = models.ForeignKey(XeroTrackingCategory, models.CASCADE, related_name="+")
    area = models.CharField(max_length=255, blank=True)
    option = models.ForeignKey(
        XeroTrackingOption, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tracking", "area"], name="area_tracking_once"),
            SameBusiness(field="connection", name="area_tracking_connection_same_business"),
            SameBusiness(field="tracking", name="area_tracking_tracking_same_business"),
            SameBusiness(field="option", name="area_tracking_option_same_business"),
        )

    def __str__(self) -> str:
        return f"{self.area or 'Without a suburb'}: {self.option or 'none'}"
