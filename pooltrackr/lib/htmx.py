"""Answers that serve a whole page or the part of it that htmx asked for."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_part(request: HttpRequest, target: str | None = None) -> bool:
    """Whether htmx asked for a part (of the element with id `target`), not for a page.

    Going back in the browser makes htmx ask for the whole page again.
    """
    htmx = request.htmx  # type: ignore[attr-defined]
    if not htmx or htmx.history_restore_request:
        return False
    return target is None or htmx.target == target


def page(
    request: HttpRequest,
    template: str,
    partial: str,
    context: dict[str, Any],
    *,
    target: str = "table",
    status: int = 200,
) -> HttpResponse:
    """Render `partial` when htmx asked for the element `target`, else the page `template`."""
    chosen = partial if wants_part(request, target) else template
    response = render(request, chosen, context, status=status)
    # A cache must not give the part to somebody who asks for the page.
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def redirect_to(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to `url` after a change, also when the form was sent by htmx."""
    if request.htmx:  # type: ignore[attr-defined]
        response = HttpResponse(status=204)
        response.headers["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)
