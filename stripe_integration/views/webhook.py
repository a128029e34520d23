"""The address that Stripe's webhooks post to."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from stripe_integration import events
from stripe_integration.client import SignatureRefused, verified

# The largest objects of Stripe are some hundred kilobytes; nothing longer is even read.
LARGEST_BODY = 1024 * 1024


@csrf_exempt  # posted by Stripe; the signature proves it
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Take a delivery: 200 when Stripe signed it lately, 400 when not. The work is a task's."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
        return HttpResponse(status=413)
    try:
        said = verified(request.body, signature=request.headers.get("Stripe-Signature", ""))
    except SignatureRefused:
        return HttpResponse(status=400)
    events.receive(said)
    return HttpResponse()
