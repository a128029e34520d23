"""What contacts put on a business's dashboard."""

from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse

from businesses.models import Business
from businesses.registry import Figure, Panel

SHOWN = 6  # as many as stand beside the other panels without scrolling


def figures(business: Business) -> list[Figure]:
    return [
        Figure(
            label="Contacts",
            value=intcomma(business.contacts.active().count()),
            url=reverse("contacts:list", args=[business.slug]),
        ),
        Figure(
            label="Pools",
            value=intcomma(business.pools.active().count()),
            url=reverse("contacts:pool_list", args=[business.slug]),
        ),
    ]


def recent_contacts(business: Business) -> dict[str, Any]:
    """The contacts changed last. Always shown: a new business is told how to begin."""
    recent = business.contacts.active().select_related("business").order_by("-updated_at", "pk")
    return {"contacts": recent[:SHOWN]}


panel = Panel(
    name="contacts",
    template="contacts/_dashboard_panel.html",
    context=recent_contacts,
    order=60,
)
