"""Webhooks: whether a delivery is Xero's, and keeping its events under an id of their own.

Xero waits five seconds for the answer and delivers again until it gets one, so nothing is done
here but storing; xero_integration.reading.events reads what changed.
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
import logging
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from xero_integration import dispatch, log
from xero_integration.models import OPEN_EVENTS, Connection, EventStatus, Kind, XeroEvent

Json = dict[str, Any]

logger = logging.getLogger(__name__)

# Of the categories that Xero knows (CREDITNOTE and more), those that are read.
KINDS = {"CONTACT": Kind.CONTACT, "INVOICE": Kind.INVOICE}
# Rows of one statement.
WRITE_SIZE = 500


def is_signed(body: bytes, *, signature: str) -> bool:
    """Say whether Xero wrote `body`: HMAC-SHA256 over its raw bytes, with the app's webhook key."""
    key = settings.XERO_WEBHOOK_KEY.encode()
    right = base64.b64encode(hmac.digest(key, body, hashlib.sha256))
    return bool(key) and hmac.compare_digest(right, signature.encode())


def receive(body: bytes) -> int:
    """Store the events of a signed delivery and have them looked at; return how many were named.

    Whatever Xero signed is taken: to refuse what cannot be read would only bring it again for a
    day, until Xero switches the webhook off.
    """
    found = {event.uid: event for event in _events(body)}
    if found:
        connections = _connections({event.tenant_id for event in found.values()})
        _store(found.values(), connections)
    log.event(logger, "webhook", events=len(found))
    return len(found)


def _events(body: bytes) -> Iterator[XeroEvent]:
    try:
        sent = json.loads(body)
    except ValueError:
        sent = None
    listed = sent.get("events") if isinstance(sent, dict) else None
    for one in listed if isinstance(listed, list) else ():
        try:
            yield _event(one)
        except (KeyError, TypeError, ValueError, AttributeError):
            log.event(logger, "webhook-unreadable")


def _event(data: Json) -> XeroEvent:
    occurred_at = dt.datetime.fromisoformat(data["eventDateUtc"])
    if occurred_at.tzinfo is None:
        occurred_at = occurred_at.replace(tzinfo=dt.UTC)
    event = XeroEvent(
        # Both are GUIDs; reading them as such refuses anything else.
        tenant_id=str(UUID(data["tenantId"])),
        resource_id=str(UUID(data["resourceId"])),
        category=_word(data["eventCategory"]),
        event_type=_word(data["eventType"]),
        occurred_at=occurred_at,
    )
    event.uid = uid_of(event)
    return event


def _word(text: str) -> str:
    if not text.isalpha() or len(text) > 30:
        raise ValueError
    return text.upper()


def uid_of(event: XeroEvent) -> str:
    """Return the id that the same event has at each delivery: Xero gives it none."""
    parts = [event.tenant_id, event.category, event.resource_id, event.event_type]
    text = "|".join([*parts, event.occurred_at.astimezone(dt.UTC).isoformat()])
    return hashlib.sha256(text.encode()).hexdigest()


def is_cut(moment: dt.datetime) -> bool:
    """Say whether an event's date may be its change's, cut to the second: not known of Xero."""
    return moment.microsecond == 0


def latest(moment: dt.datetime) -> dt.datetime:
    """Return when the change of an event of this date was over for certain."""
    return moment + dt.timedelta(seconds=1) if is_cut(moment) else moment


def _connections(tenant_ids: set[str]) -> dict[str, Connection]:
    current = Connection.objects.current().filter(tenant_id__in=tenant_ids)
    return {one.tenant_id: one for one in current}


def _store(events: Iterable[XeroEvent], connections: dict[str, Connection]) -> None:
    now = timezone.now()
    events = list(events)
    for event in events:
        connection = connections.get(event.tenant_id)
        event.connection = connection
        event.business_id = connection.business_id if connection else None
        reason = _ignored_because(event)
        if reason:
            event.status, event.message, event.finished_at = EventStatus.IGNORED, reason, now
    with transaction.atomic():
        XeroEvent.objects.bulk_create(events, ignore_conflicts=True, batch_size=WRITE_SIZE)
        _open_again([event.uid for event in events if is_cut(event.occurred_at)])
        for connection in connections.values():
            dispatch.take_events_on_commit(connection)


def _open_again(uids: list[str]) -> None:
    """Have events looked at anew: one of the same second may be another change."""
    dealt_with = XeroEvent.objects.filter(uid__in=uids, category__in=KINDS)
    dealt_with.exclude(connection=None).exclude(status__in=OPEN_EVENTS).update(
        status=EventStatus.RECEIVED, not_before=timezone.now(), message="", finished_at=None
    )


def _ignored_because(event: XeroEvent) -> str:
    if event.connection is None:
        return "No business is connected to this organisation."
    if event.category not in KINDS:
        return "Nothing of this kind is kept."
    return ""
