"""Addresses as people outside see them."""

from django.conf import settings
from django.utils.http import url_has_allowed_host_and_scheme


def absolute_url(path: str) -> str:
    """Return the full address of `path`. By SITE_URL, never by the Host header of a request."""
    return f"{settings.SITE_URL}{path}"


def own_path(address: str) -> str:
    """Return `address` if it is a path of ours ("/b/..."), else nothing: ?next= comes from outside.

    A bare word would be taken for a view's name by redirect().
    """
    own = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if own else ""
