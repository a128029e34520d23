"""Deliveries as Xero makes them: thin events in a signed body."""

import base64
import hashlib
import hmac
import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

KEY = "the-webhook-key-of-the-tests"
TENANT = "6a1b7e6e-0000-4000-8000-000000000001"
RESOURCE = "c0ffee00-0000-4000-8000-000000000001"


def event(**changes: Any) -> dict[str, Any]:
    return {
        "resourceUrl": f"https://api.xero.com/api.xro/2.0/Contacts/{RESOURCE}",
        "resourceId": RESOURCE,
        "eventDateUtc": "2026-11-26T10:00:00.123",
        "eventType": "UPDATE",
        "eventCategory": "CONTACT",
        "tenantId": TENANT,
        "tenantType": "ORGANISATION",
        **changes,
    }


def body_of(*events: dict[str, Any]) -> bytes:
    last = len(events)
    sent = {"events": events, "firstEventSequence": min(1, last), "lastEventSequence": last}
    return json.dumps({**sent, "entropy": "S0m3r4nd0mt3xt"}).encode()


def signature_of(body: bytes, key: str = KEY) -> str:
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


def post(body: bytes, signature: str | None = None) -> HttpResponse:
    return Client(enforce_csrf_checks=True).post(
        "/xero/webhook/",
        body,
        content_type="application/json",
        headers={"x-xero-signature": signature_of(body) if signature is None else signature},
    )
