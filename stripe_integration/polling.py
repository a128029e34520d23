"""Asking Stripe for what no webhook brought, and taking up what was left behind."""

import datetime as dt
import logging

from django.db.models import Q
from django.utils import timezone

from stripe_integration import (
    accounts,
    books,
    connect,
    dispatch,
    events,
    log,
    notices,
    paying,
    payouts,
    saved_cards,
    sessions,
    settling,
)
from stripe_integration.client import Json
from stripe_integration.errors import StripeRefused
from stripe_integration.models import (
    LIVE,
    Charge,
    CheckoutSession,
    StripeAccount,
)
from stripe_integration.sessions import PayRefused

logger = logging.getLogger(__name__)

# Events show up in lists a little out of order; a repetition meets its row.
OVERLAP = dt.timedelta(minutes=5)
# Stripe lists no older ones.
LONGEST = dt.timedelta(days=30)
# Rows looked at in one round.
LIMIT = 50
# A charge gets its fee within seconds; one that has none after this is asked for.
FEE_WAIT = dt.timedelta(minutes=1)
FEE_GIVE_UP = dt.timedelta(days=7)


def start() -> int:
    """Queue a poll of each account; return how many."""
    active = list(StripeAccount.objects.active().values_list("pk", flat=True))
    for pk in active:
        dispatch.poll(pk)
    return len(active)


def poll(pk: int) -> None:
    """Read the events of one account since the last time, and its open ends."""
    account = StripeAccount.objects.active().select_related("business").filter(pk=pk).first()
    if account is None:
        return
    try:
        _read_events(account)
        _ask_fees(account)
        saved_cards.say_goodbyes(account)
        payouts.read(account)
        books.read(account)
        books.note_balance(account)
    except StripeRefused as error:
        accounts.note(account, error)
        log.event(logger, "poll-failed", account=pk, code=error.code)
        return
    _look_at_pages(account)


def _read_events(account: StripeAccount) -> None:
    now = timezone.now()
    read_to = account.events_read_to or account.connected_at
    since = max(read_to - OVERLAP, now - LONGEST)
    door, after, newest = accounts.door_to(account), "", read_to
    while True:
        page = door.events(since=int(since.timestamp()), after=after)
        for said in page["data"]:
            event = _keep(said, account)
            newest = max(newest, event)
        if not page.get("has_more") or not page["data"]:
            break
        after = page["data"][-1]["id"]
    # Only now: a poll that was killed half-way reads everything again.
    StripeAccount.objects.filter(pk=account.pk).update(events_read_to=newest, events_polled_at=now)


def _keep(said: Json, account: StripeAccount) -> dt.datetime:
    event = events.read_event(said, account=account)
    events.keep(event)
    return event.occurred_at


def _look_at_pages(account: StripeAccount) -> None:
    """Find out what became of pages whose time is over and of which nothing was heard."""
    over = CheckoutSession.objects.filter(
        account=account, status__in=LIVE, expires_at__lt=timezone.now()
    )
    for row in over.select_related("account__business", "invoice", "saved_card").order_by(
        "expires_at"
    )[:LIMIT]:
        try:
            paying.look(row)
        except (PayRefused, StripeRefused):
            return


def _ask_fees(account: StripeAccount) -> None:
    """Read again what was left half done: what was paid without a charge, without fee, unbooked."""
    now = timezone.now()
    for row in sessions.unbooked().filter(account=account).exclude(payment_intent="")[:LIMIT]:
        settling.settle(account, row.payment_intent)
    half = Charge.objects.filter(Q(fee=None) | Q(booked_at=None), account=account)
    for charge in half.filter(
        created_at__lt=now - FEE_WAIT, created_at__gt=now - FEE_GIVE_UP
    ).order_by("updated_at")[:LIMIT]:
        settling.settle(account, charge.payment_intent)


def sweep() -> None:
    """Everything that the beat has looked for."""
    start()
    events.wake()
    connect.say_goodbyes()
    for pk in notices.untold().values_list("pk", flat=True)[:LIMIT]:
        dispatch.tell_owners(pk)
    events.forget()
