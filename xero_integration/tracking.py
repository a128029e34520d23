"""Tracking: which option each product category's lines carry, in each of Xero's categories.

Options are chosen from those of the organisation and never made there. A product category is what
tracking follows, as accounts do; Xero has two tracking categories in use at most.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q

from invoices.models import ProductCategory
from xero_integration.models import (
    CategoryTracking,
    Connection,
    XeroTrackingCategory,
    XeroTrackingOption,
)
from xero_integration.parts import text

Json = dict[str, Any]

# By the key of a product category, None for lines without: the options of its lines.
Options = Mapping[int | None, Sequence[XeroTrackingOption]]
# By tracking category and product category: the option, or None where there is to be none.
Choices = Mapping[tuple[XeroTrackingCategory, ProductCategory | None], XeroTrackingOption | None]


def store(connection: Connection, elements: Sequence[Json]) -> None:
    """Write all categories and options, archived ones too, into the mirror."""
    rows = [
        XeroTrackingCategory(
            business_id=connection.business_id,
            connection=connection,
            xero_id=one["TrackingCategoryID"],
            name=text(one, "Name", 100),
            status=text(one, "Status", 20) or "ACTIVE",
        )
        for one in elements
    ]
    XeroTrackingCategory.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["connection", "xero_id"],
        update_fields=["name", "status"],
    )
    listed = [row.xero_id for row in rows]
    connection.tracking_categories.exclude(xero_id__in=listed).update(status="DELETED")
    _store_options(connection, elements)


def _store_options(connection: Connection, elements: Iterable[Json]) -> None:
    known = dict(connection.tracking_categories.values_list("xero_id", "pk"))
    rows = [
        XeroTrackingOption(
            business_id=connection.business_id,
            tracking_id=known[category["TrackingCategoryID"]],
            xero_id=one["TrackingOptionID"],
            name=text(one, "Name", 100),
            status=text(one, "Status", 20) or "ACTIVE",
        )
        for category in elements
        for one in category.get("Options") or []
    ]
    XeroTrackingOption.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["tracking", "xero_id"],
        update_fields=["name", "status"],
    )
    listed = [row.xero_id for row in rows]
    gone = XeroTrackingOption.objects.filter(tracking__connection=connection)
    gone.exclude(xero_id__in=listed).update(status="DELETED")


def trouble(option: XeroTrackingOption) -> str:
    """Say why lines cannot carry `option`, or return an empty text."""
    if option.tracking.status != "ACTIVE":
        return f"The tracking category “{option.tracking}” is archived in Xero."
    if option.status != "ACTIVE":
        return f"The tracking option “{option}” of “{option.tracking}” is archived in Xero."
    return ""


def chosen(connection: Connection) -> Options:
    """Return the options of each product category, in one query."""
    rows = connection.category_tracking.exclude(option=None).select_related("option__tracking")
    found: dict[int | None, list[XeroTrackingOption]] = {}
    for row in rows.order_by("tracking__name", "pk"):
        assert row.option is not None
        found.setdefault(row.category_id, []).append(row.option)
    return found


def offered(connection: Connection) -> list[XeroTrackingCategory]:
    """Return the categories in use, and those of which an option is still chosen."""
    held = connection.category_tracking.exclude(option=None).values("tracking")
    return list(connection.tracking_categories.filter(Q(status="ACTIVE") | Q(pk__in=held)))


def choose(connection: Connection, choices: Choices) -> None:
    for (tracking, category), option in choices.items():
        CategoryTracking.objects.update_or_create(
            tracking=tracking,
            category=category,
            defaults={
                "connection": connection,
                "option": option,
                "business_id": connection.business_id,
            },
        )


def as_sent(option: XeroTrackingOption) -> Json:
    """Return `option` as a line carries it: the ids decide, the names are for the reader."""
    return {
        "TrackingCategoryID": option.tracking.xero_id,
        "TrackingOptionID": option.xero_id,
        "Name": option.tracking.name,
        "Option": option.name,
    }
