"""Deliveries as Xero makes them: thin events in a signed body."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.test import Client

from xero_integration.models import Connection
from xero_integration.reading.events import take

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


def changed(xero_id: str, kind: str = "CONTACT", **more: Any) -> dict[str, Any]:
    """Return the event of a change just made, with the time it is delivered at."""
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return event(**{"resourceId": xero_id, "eventCategory": kind, "eventDateUtc": now, **more})


def deliver(connection: Connection, *events: dict[str, Any]) -> None:
    """Post events of the connection's organisation and do what the worker does then."""
    of_it = [{**one, "tenantId": connection.tenant_id} for one in events]
    assert post(body_of(*of_it)).status_code == 200
    take(connection.pk)
