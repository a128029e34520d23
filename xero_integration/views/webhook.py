"""The address that Xero's webhooks post to."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from xero_integration import webhooks

# Some thousands of events of 350 bytes each. Asked of the header: nothing longer is even read.
LARGEST_BODY = 2 * 1024 * 1024


@csrf_exempt  # posted by Xero; the signature proves it
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Take a delivery: 200 when Xero signed it, 401 when not, and never a word more.

    The same answers are what Xero's "intent to receive" asks for, which has no events.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
        return HttpResponse(status=413)
    body = request.body
    if not webhooks.is_signed(body, signature=request.headers.get("X-Xero-Signature", "")):
        return HttpResponse(status=401)
    webhooks.receive(body)
    return HttpResponse()
