"""Branding themes: the organisation's, and the one that invoices are sent with.

Without a choice no theme is sent, and Xero takes the contact's or the organisation's own.
"""

from collections.abc import Iterable
from typing import Any

from xero_integration.models import Connection, InvoiceTheme, XeroBrandingTheme
from xero_integration.reading.parts import text

Json = dict[str, Any]


def store(connection: Connection, elements: Iterable[Json]) -> None:
    """Write all themes as Xero listed them into the mirror; what is not listed is gone."""
    rows = [
        XeroBrandingTheme(
            business_id=connection.business_id,
            connection=connection,
            xero_id=one["BrandingThemeID"],
            name=text(one, "Name", 255),
            sort_order=int(one.get("SortOrder") or 0),
            status="ACTIVE",
        )
        for one in elements
    ]
    XeroBrandingTheme.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["connection", "xero_id"],
        update_fields=["name", "sort_order", "status"],
    )
    listed = [row.xero_id for row in rows]
    connection.themes.exclude(xero_id__in=listed).update(status="DELETED")


def trouble(theme: XeroBrandingTheme) -> str:
    """Say why invoices cannot be sent with `theme`, or return an empty text."""
    if theme.status != "ACTIVE":
        return f"The branding theme “{theme}” was deleted in Xero."
    return ""


def chosen(connection: Connection) -> XeroBrandingTheme | None:
    row = connection.invoice_themes.select_related("theme").first()
    return row.theme if row else None


def choose(connection: Connection, theme: XeroBrandingTheme | None) -> None:
    """Send invoices with `theme` from now on; None leaves it to the organisation."""
    if theme is None:
        connection.invoice_themes.all().delete()
        return
    InvoiceTheme.objects.update_or_create(
        connection=connection, defaults={"theme": theme, "business": connection.business}
    )
