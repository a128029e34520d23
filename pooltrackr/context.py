"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Give templates the support address and the business in hand (set by businesses.access)."""
    return {
        "SUPPORT_EMAIL": settings.SUPPORT_EMAIL,
        "DEMO": settings.DEMO,
        "business": getattr(request, "business", None),
        "membership": getattr(request, "membership", None),
    }
