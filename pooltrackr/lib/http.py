"""Addresses as people outside see them."""

from django.conf import settings


def absolute_url(path: str) -> str:
    """Return the full address of `path`. By SITE_URL, never by the Host header of a request."""
    return f"{settings.SITE_URL}{path}"
