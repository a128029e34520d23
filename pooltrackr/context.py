"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from businesses.models import Membership
from businesses.registry import Notice, notices_for


def site(request: HttpRequest) -> dict[str, Any]:
    """Give templates the support address and the business in hand (set by businesses.access)."""
    membership: Membership | None = getattr(request, "membership", None)

    def notices() -> list[Notice]:
        # A function: parts of a page, which show none, do not ask for them.
        return notices_for(membership) if membership else []

    return {
        "SUPPORT_EMAIL": settings.SUPPORT_EMAIL,
        "business": getattr(request, "business", None),
        "membership": membership,
        "notices": notices,
    }
