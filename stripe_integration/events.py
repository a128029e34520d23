"""Events: kept under Stripe's own id, and worked on by reading their object anew.

What an event says is used for ids alone, so late, repeated and swapped events do no harm. An event
that is being worked on is put off for the length of a lease: a killed worker's is taken up again.
"""

import datetime as dt
import logging
import random
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from pooltrackr.lib.backoff import delay
from stripe_integration import accounts, books, checkout, dispatch, log, payouts, settling
from stripe_integration.errors import ErrorClass, StripeRefused
from stripe_integration.models import (
    OPEN_EVENTS,
    AccountStatus,
    CheckoutSession,
    EventStatus,
    StripeAccount,
    StripeEvent,
)
from stripe_integration.sessions import METADATA

logger = logging.getLogger(__name__)

# Above the longest work on an event: two calls with their time-outs.
LEASE = dt.timedelta(minutes=3)
LIMIT = 200
# Stripe lists events of the last 30 days; what was done with is kept as long.
KEEP = dt.timedelta(days=30)


def receive(said: dict[str, Any]) -> StripeEvent | None:
    """Keep the event of a webhook that Stripe signed; None for what cannot be read."""
    try:
        event = _event(said)
    except (KeyError, TypeError, ValueError, AttributeError):
        log.event(logger, "event-unreadable")
        return None
    event.account = _account(str(said.get("account") or ""))
    is_live = bool(said.get("livemode"))
    if event.account is not None and event.account.is_live != is_live:
        # Stripe sends test events of real accounts to the same address.
        event.account = None
    return keep(event)


def keep(event: StripeEvent) -> StripeEvent | None:
    """Store an event that is new, and have it worked on; None for one that was here before."""
    if event.account is None or _handler(event.event_type) is None:
        event.status, event.finished_at = EventStatus.IGNORED, timezone.now()
    with transaction.atomic():
        StripeEvent.objects.bulk_create([event], ignore_conflicts=True)
        stored = StripeEvent.objects.filter(event_id=event.event_id).first()
        if stored is not None and stored.status == EventStatus.RECEIVED:
            dispatch.take_on_commit(stored.pk)
    return stored


def read_event(said: dict[str, Any], *, account: StripeAccount) -> StripeEvent:
    """Return the unsaved row of an event that a poll found."""
    event = _event(said)
    event.account, event.by_poll = account, True
    return event


def _event(said: dict[str, Any]) -> StripeEvent:
    thing = said["data"]["object"]
    is_intent = thing.get("object") == "payment_intent"
    intent = thing.get("id") if is_intent else thing.get("payment_intent")
    return StripeEvent(
        event_id=_id(said["id"]),
        event_type=_id(said["type"]),
        object_id=_id(thing.get("id") or ""),
        payment_intent=_id(intent or ""),
        occurred_at=dt.datetime.fromtimestamp(int(said["created"]), dt.UTC),
    )


def _id(text: Any) -> str:
    if not isinstance(text, str) or len(text) > 100:
        raise ValueError
    return text


def _account(stripe_id: str) -> StripeAccount | None:
    current = StripeAccount.objects.exclude(status=AccountStatus.DISCONNECTED)
    return current.filter(stripe_id=stripe_id).first() if stripe_id else None


# --- working on them ----------------------------------------------------------------------------


def due() -> QuerySet[StripeEvent]:
    return StripeEvent.objects.filter(status__in=OPEN_EVENTS, not_before__lte=timezone.now())


def wake() -> int:
    """Queue what a lost message, a killed worker or a failed try left behind."""
    waiting = list(due().order_by("not_before").values_list("pk", flat=True)[:LIMIT])
    for pk in waiting:
        dispatch.take(pk)
    return len(waiting)


def take(pk: int) -> None:
    """Work on one event, unless somebody else is at it."""
    until = timezone.now() + LEASE
    if not due().filter(pk=pk).update(attempts=F("attempts") + 1, not_before=until):
        return
    event = StripeEvent.objects.select_related("account__business").get(pk=pk)
    handler = _handler(event.event_type)
    if event.account is None or handler is None:
        _finish(event, EventStatus.IGNORED)
        return
    if not event.account.is_active:
        _finish(event, EventStatus.FAILED, "The account is not connected.", wait=3600)
        return
    try:
        is_ours = handler(event.account, event)
    except StripeRefused as error:
        _failed(event, event.account, error)
    else:
        _finish(event, EventStatus.DONE if is_ours else EventStatus.IGNORED)


def _failed(event: StripeEvent, account: StripeAccount, error: StripeRefused) -> None:
    accounts.note(account, error)
    log.event(logger, "event-failed", event=event.pk, code=error.code)
    if error.error_class is ErrorClass.REQUEST:
        _finish(event, EventStatus.IGNORED, error.words)
        return
    jitter = random.random()  # noqa: S311 - spreads retries, protects nothing
    wait = delay(event.attempts, base=10, maximum=3600, jitter=jitter)
    _finish(event, EventStatus.FAILED, error.words or error.meaning, wait=wait)


def _finish(event: StripeEvent, status: EventStatus, message: str = "", *, wait: float = 0) -> None:
    now = timezone.now()
    StripeEvent.objects.filter(pk=event.pk).update(
        status=status,
        message=message,
        not_before=now + dt.timedelta(seconds=wait),
        finished_at=None if status in OPEN_EVENTS else now,
    )


def replay(events: QuerySet[StripeEvent]) -> int:
    """Have events worked on anew, whatever became of them; those of nobody stay as they are."""
    again = events.exclude(account=None)
    pks = list(again.values_list("pk", flat=True))
    again.update(
        status=EventStatus.RECEIVED, not_before=timezone.now(), message="", finished_at=None
    )
    for pk in pks:
        dispatch.take(pk)
    return len(pks)


def forget() -> int:
    """Drop events that were dealt with, a month after they came."""
    old = StripeEvent.objects.filter(received_at__lt=timezone.now() - KEEP)
    deleted, _ = old.exclude(status__in=OPEN_EVENTS).delete()
    return deleted


# --- what each is about -------------------------------------------------------------------------

Handler = Callable[[StripeAccount, StripeEvent], bool]


def _payment(account: StripeAccount, event: StripeEvent) -> bool:
    if not event.payment_intent:
        return False
    is_ours = settling.settle(account, event.payment_intent) is not None
    books.read(account)
    return is_ours


def _balance(account: StripeAccount, event: StripeEvent) -> bool:
    """Something moved the balance: the list of all that did tells what."""
    books.read(account)
    return True


def _payout(account: StripeAccount, event: StripeEvent) -> bool:
    payouts.read(account)
    return _balance(account, event)


def _session(account: StripeAccount, event: StripeEvent) -> bool:
    said = accounts.door_to(account).session(event.object_id)
    key = str((said.get("metadata") or {}).get(METADATA) or "")
    row = settling.row_of(account, key)
    if row is None:
        return False
    _adopt(row, event.object_id)
    checkout.take_session(row, said)
    if row.payment_intent:
        settling.settle(account, row.payment_intent)
    return True


def _adopt(row: CheckoutSession, stripe_id: str) -> None:
    """Remember the page's id where the answer that held it was lost."""
    if not row.stripe_id:
        row.stripe_id = stripe_id
        CheckoutSession.objects.filter(pk=row.pk, stripe_id="").update(stripe_id=stripe_id)


def _account_changed(account: StripeAccount, event: StripeEvent) -> bool:
    """Ask the account: one that is lost is marked by the refusal itself."""
    try:
        accounts.refresh(account)
    except StripeRefused as error:
        if error.error_class is not ErrorClass.ACCESS:
            raise
    return True


# By the beginning of the type, the longest first. Source: docs.stripe.com/api/events/types.
HANDLERS: tuple[tuple[str, Handler], ...] = (
    ("checkout.session.", _session),
    ("payment_intent.succeeded", _payment),
    ("charge.", _payment),
    ("refund.", _payment),
    ("account.", _account_changed),
    ("payout.", _payout),
    ("balance.", _balance),
)


def _handler(event_type: str) -> Handler | None:
    return next((handler for start, handler in HANDLERS if event_type.startswith(start)), None)
