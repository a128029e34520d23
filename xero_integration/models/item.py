"""Items of the organisation's price list as last read. Which product is which item says a Link."""

from django.db import models
from django.db.models.functions import Lower

from businesses.constraints import SameBusiness, business_and_id
from businesses.models import Business
from xero_integration.models.connection import Connection


class XeroItem(models.Model):
    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="items")
    xero_id = models.CharField("ItemID", max_length=64)
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=50, blank=True)
    price = models.DecimalField(max_digits=17, decimal_places=4, null=True, blank=True)
    account_code = models.CharField(max_length=10, blank=True)
    tax_type = models.CharField(max_length=50, blank=True)
    is_sold = models.BooleanField(default=True)
    # Selling more than Xero thinks is in stock is refused there.
    is_tracked = models.BooleanField(default=False)
    # Xero archives no item, it deletes them: then it is not listed any more.
    status = models.CharField(max_length=20, default="ACTIVE")

    class Meta:
        verbose_name = "item in Xero"
        verbose_name_plural = "items in Xero"
        ordering = (Lower("code"), "id")
        constraints = (
            business_and_id("xero_item"),
            models.UniqueConstraint(fields=["connection", "xero_id"], name="xero_item_once"),
            SameBusiness(field="connection", name="xero_item_same_business"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()
