"""Tracking: which option lines carry in each of Xero's categories.

Options are chosen from those of the organisation and never made there. A tracking category follows
the product category of a line, as accounts do, or the suburb of the invoice's pool; Xero has two
tracking categories in use at most.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from businesses.models import Business
from invoices.models import Invoice, ProductCategory
from xero_integration.models import (
    AreaTracking,
    CategoryTracking,
    Connection,
    XeroTrackingCategory,
    XeroTrackingOption,
)
from xero_integration.reading.parts import text

Json = dict[str, Any]

# By the key of a product category, None for lines without: the options of its lines.
Options = Mapping[int | None, Sequence[XeroTrackingOption]]
# By suburb in small letters, empty for invoices without a pool in one: the options of the lines.
AreaOptions = Mapping[str, Sequence[XeroTrackingOption]]


@dataclass(frozen=True)
class Area:
    """A suburb in which the business has pools; without a name: none."""

    name: str

    @property
    def key(self) -> str:
        return self.name.casefold()


# A product category, None for lines without; or a suburb.
Followed = ProductCategory | Area | None
# By tracking category and what it follows: the option, or None where there is to be none.
Choices = Mapping[tuple[XeroTrackingCategory, Followed], XeroTrackingOption | None]


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
    rows = rows.filter(tracking__by_area=False)
    found: dict[int | None, list[XeroTrackingOption]] = {}
    for row in rows.order_by("tracking__name", "pk"):
        assert row.option is not None
        found.setdefault(row.category_id, []).append(row.option)
    return found


def chosen_areas(connection: Connection) -> AreaOptions:
    """Return the options of each suburb, in one query."""
    rows = connection.area_tracking.exclude(option=None).select_related("option__tracking")
    found: dict[str, list[XeroTrackingOption]] = {}
    for row in rows.filter(tracking__by_area=True).order_by("tracking__name", "pk"):
        assert row.option is not None
        found.setdefault(row.area, []).append(row.option)
    return found


def areas(business: Business) -> list[Area]:
    """Return the suburbs of the business's pools, each once however it is written, and none."""
    cities = business.pools.filter(archived_at=None).values_list("city", flat=True)
    named = {Area(city.strip()).key: Area(city.strip()) for city in cities.distinct() if city}
    return [*(named[key] for key in sorted(named) if key), Area("")]


def area_of(invoice: Invoice) -> str:
    """Return the key of the suburb that an invoice's pool is in; its pool is loaded with it."""
    return invoice.pool.city.strip().casefold() if invoice.pool else ""


def offered(connection: Connection) -> list[XeroTrackingCategory]:
    """Return the categories in use, and those of which an option is still chosen."""
    held = connection.category_tracking.exclude(option=None).values("tracking")
    by_area = connection.area_tracking.exclude(option=None).values("tracking")
    wanted = Q(status="ACTIVE") | Q(pk__in=held) | Q(pk__in=by_area)
    return list(connection.tracking_categories.filter(wanted))


def choose(connection: Connection, choices: Choices) -> None:
    for (tracking, followed), option in choices.items():
        values = {
            "connection": connection,
            "option": option,
            "business_id": connection.business_id,
        }
        if isinstance(followed, Area):
            AreaTracking.objects.update_or_create(
                tracking=tracking, area=followed.key, defaults=values
            )
        else:
            CategoryTracking.objects.update_or_create(
                tracking=tracking, category=followed, defaults=values
            )


def follow(tracking: XeroTrackingCategory, *, by_area: bool) -> None:
    """Let a tracking category follow suburbs, or product categories; each keeps its choices."""
    XeroTrackingCategory.objects.filter(pk=tracking.pk).update(by_area=by_area)


def as_sent(option: XeroTrackingOption) -> Json:
    """Return `option` as a line carries it: the ids decide, the names are for the reader."""
    return {
        "TrackingCategoryID": option.tracking.xero_id,
        "TrackingOptionID": option.xero_id,
        "Name": option.tracking.name,
        "Option": option.name,
    }
