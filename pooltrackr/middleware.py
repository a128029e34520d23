"""What happens to every response: headers, and what htmx needs to be told."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string

View = Callable[[HttpRequest], HttpResponse]

# Everything from our own files. Inline styles stay off too: widths of progress bars are <progress>.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self' {form_targets}"
)


def content_security_policy(get_response: View) -> View:
    """Send a strict Content-Security-Policy, unless a view has set its own.

    Forms may be answered by a redirect to Xero's log-in page, to Stripe's, or to Stripe's payment
    page, which form-action would block.
    """
    targets = (
        settings.XERO_LOGIN_URL,
        settings.STRIPE_CONNECT_URL,
        settings.STRIPE_CHECKOUT_URL,
    )
    policy = POLICY.format(form_targets=" ".join(dict.fromkeys(targets)))

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware


def htmx_answers(get_response: View) -> View:
    """Show messages after a swap, and the whole log-in page when the session has ended.

    Without the second, htmx would follow the redirect and put the log-in page into a table.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.htmx:  # type: ignore[attr-defined]
            return response
        if _goes_to_login(response):
            return _whole_page_login(request)
        if _is_part(response):
            _append_messages(request, response)
        return response

    return middleware


def _goes_to_login(response: HttpResponse) -> bool:
    target = response.headers.get("Location", "").partition("?")[0]
    return response.status_code == 302 and target == resolve_url(settings.LOGIN_URL)


def _whole_page_login(request: HttpRequest) -> HttpResponse:
    # Back to the page that was open, not to the part of it that was asked for.
    path = request.htmx.current_url_abs_path or resolve_url(  # type: ignore[attr-defined]
        settings.LOGIN_REDIRECT_URL
    )
    target = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': path})}"
    return HttpResponse(status=204, headers={"HX-Redirect": target})


def _is_part(response: HttpResponse) -> bool:
    is_html = response.headers.get("Content-Type", "").startswith("text/html")
    return is_html and not response.streaming and b"<!doctype html>" not in response.content[:200]


def _append_messages(request: HttpRequest, response: HttpResponse) -> None:
    messages = list(get_messages(request))
    if messages:
        text = render_to_string("navigation/messages_swap.html", {"messages": messages})
        response.content += text.encode()
