"""Items of Xero's price list: the mirror, and whether a product's item can stand on an invoice.

That a product is an item is a Link like any other; `product_links` makes them. An item's code on a
line is a name and nothing more: price, account and tax are sent as they are here.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from xero_integration.models import Connection, Kind, Link, XeroItem
from xero_integration.reading.parts import text

Json = dict[str, Any]

# What another link, or none, mends: found here, and Xero's own refusals.
CODES = ("item_unusable", "item_invalid", "item_stock")


def store_all(connection: Connection, elements: Iterable[Json]) -> None:
    """Write the whole price list into the mirror; what is not listed was deleted."""
    listed = [row.xero_id for row in store(connection, elements)]
    connection.items.exclude(xero_id__in=listed).update(status="DELETED")


def store(connection: Connection, elements: Iterable[Json]) -> list[XeroItem]:
    """Write some items as Xero sent them into the mirror."""
    rows = [_row(connection, one) for one in elements]
    return XeroItem.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["connection", "xero_id"],
        update_fields=[
            *("code", "name", "price", "account_code", "tax_type"),
            *("is_sold", "is_tracked", "status"),
        ],
    )


def _row(connection: Connection, one: Json) -> XeroItem:
    sales = one.get("SalesDetails") or {}
    price = sales.get("UnitPrice")
    return XeroItem(
        business_id=connection.business_id,
        connection=connection,
        xero_id=one["ItemID"],
        code=text(one, "Code", 30),
        name=text(one, "Name", 50),
        price=None if price is None else Decimal(str(price)),
        account_code=text(sales, "AccountCode", 10),
        tax_type=text(sales, "TaxType", 50),
        is_sold=bool(one.get("IsSold", True)),
        is_tracked=bool(one.get("IsTrackedAsInventory")),
        status="ACTIVE",
    )


def trouble(item: XeroItem | None) -> str:
    """Say why a line cannot carry the code of `item`, or return an empty text."""
    if item is None:
        return "A product's item is not in Xero any more."
    if item.status != "ACTIVE":
        return f"The item “{item}” was deleted in Xero."
    if not item.is_sold:
        return f"The item “{item}” is not sold in Xero: it is for purchases alone."
    return ""


def linked(connection: Connection) -> Mapping[UUID, XeroItem | None]:
    """Return the item of each linked product, None where Xero has it no more; two queries."""
    links = Link.objects.current().filter(connection=connection, kind=Kind.ITEM)
    pairs = dict(links.values_list("object_id", "xero_id"))
    known = {item.xero_id: item for item in connection.items.all()} if pairs else {}
    return {product: known.get(xero_id) for product, xero_id in pairs.items()}
