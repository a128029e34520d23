"""Response headers that every page carries."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

View = Callable[[HttpRequest], HttpResponse]

# Everything from our own files. Inline styles stay off too: widths of progress bars are <progress>.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self' {form_targets}"
)


def content_security_policy(get_response: View) -> View:
    """Send a strict Content-Security-Policy, unless a view has set its own.

    Forms may be answered by a redirect to Xero's log-in page, which form-action would block.
    """
    policy = POLICY.format(form_targets=settings.XERO_LOGIN_URL)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware
