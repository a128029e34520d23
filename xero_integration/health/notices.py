"""E-mails about a connection to the owners of its business. Never sent inside a transaction.

At least one for each occasion: `telling_until` is a lease, taken by a conditional UPDATE, and only
what has gone out is noted, in the letter's own field. A worker killed in between leaves the lease
to end, and the next round has the mail sent once more: two are better than none.
"""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from businesses.models import Business, Role
from pooltrackr.lib.http import absolute_url
from xero_integration import dispatch, log
from xero_integration.health import problems, silence
from xero_integration.models import (
    Connection,
    ConnectionStatus,
    Digest,
    OutboxRow,
    OutboxStatus,
)

logger = logging.getLogger(__name__)

# Above what a mail server may take: connecting and each of its answers have EMAIL_TIMEOUT.
LEASE = dt.timedelta(minutes=5)
# "At once" is no letter for each record: what comes within this goes in one.
AT_ONCE = dt.timedelta(minutes=15)
# Of the business's own day: before the office opens.
DAILY_HOUR = 7
# Letters queued in one round.
LIMIT = 500


@dataclass(frozen=True)
class Letter:
    """One kind of e-mail: whom it is due for, the field that notes it, and what it says."""

    due: Callable[[], QuerySet[Connection]]
    noted_in: str
    template: str
    subject: str
    page: str
    context: Callable[[Connection], dict[str, Any]] = lambda connection: {}


def _lost() -> QuerySet[Connection]:
    return Connection.objects.filter(status=ConnectionStatus.NEEDS_RECONNECT, owners_told_at=None)


def _mute() -> QuerySet[Connection]:
    return Connection.objects.active().filter(silent_since__isnull=False, silence_told_at=None)


def _with_news() -> QuerySet[Connection]:
    """Connections where a record came to need a person since the last letter, and it is time."""
    news = OutboxRow.objects.filter(connection=OuterRef("pk"), status=OutboxStatus.PARKED)
    since = Q(digest_sent_at=None) | Exists(news.filter(updated_at__gt=OuterRef("digest_sent_at")))
    now = timezone.now()
    at_once = Q(digest=Digest.AT_ONCE) & _before(now - AT_ONCE)
    return Connection.objects.current().filter(Exists(news), since, at_once | _daily(now))


def _daily(now: dt.datetime) -> Q:
    """Those whose own day has come to the hour, and who had no letter since."""
    due = Q(pk__in=[])
    for zone in Business.objects.order_by().values_list("time_zone", flat=True).distinct():
        local = now.astimezone(Business(time_zone=zone).zone)
        hour = local.replace(hour=DAILY_HOUR, minute=0, second=0, microsecond=0)
        if local >= hour:
            due |= Q(digest=Digest.DAILY, business__time_zone=zone) & _before(hour)
    return due


def _before(moment: dt.datetime) -> Q:
    return Q(digest_sent_at=None) | Q(digest_sent_at__lt=moment)


LETTERS = {
    "lost": Letter(
        _lost,
        "owners_told_at",
        "xero_integration/mail/connection_lost.txt",
        "{business}: reconnect to Xero",
        "xero:home",
    ),
    "silence": Letter(
        _mute,
        "silence_told_at",
        "xero_integration/mail/silence.txt",
        "{business}: invoices do not reach Xero",
        "xero:queue",
        lambda connection: {"words": silence.words(connection)},
    ),
    "digest": Letter(
        _with_news,
        "digest_sent_at",
        "xero_integration/mail/digest.txt",
        "{business}: records for Xero that need you",
        "xero:queue",
        lambda connection: {"causes": problems.causes(connection)},
    ),
}


def untold(name: str) -> QuerySet[Connection]:
    """Return the connections whose owners a letter is due to."""
    free = Q(telling_until=None) | Q(telling_until__lt=timezone.now())
    return LETTERS[name].due().filter(free).select_related("business")


def queue(*names: str) -> int:
    """Queue the letters that are due; return how many."""
    wanted = [(pk, name) for name in names for pk in untold(name).values_list("pk", flat=True)]
    for connection_id, name in wanted[:LIMIT]:
        dispatch.tell_owners_on_commit(connection_id, name)
    return len(wanted[:LIMIT])


def tell_owners(connection_id: int, name: str = "lost") -> None:
    """Write to the owners of the business, if the letter is due and nobody else is writing."""
    letter = LETTERS[name]
    connection = untold(name).filter(pk=connection_id).first()
    began = timezone.now()
    until = began + LEASE
    if connection is None or not untold(name).filter(pk=connection_id).update(telling_until=until):
        return
    # The very lease: a connection that was mended and lost anew meanwhile is told of again.
    held = Connection.objects.filter(pk=connection_id, telling_until=until)
    try:
        with timezone.override(connection.business.zone):
            _write(connection, letter)
    except OSError as error:  # SMTPException is one too
        log.crash(logger, error, connection=connection_id)
        held.update(telling_until=None)
    else:
        # As of when it was read: what came meanwhile is news.
        held.update(**{"telling_until": None, letter.noted_in: began})


def _write(connection: Connection, letter: Letter) -> None:
    business = connection.business
    owners = business.memberships.filter(role=Role.OWNER, user__is_active=True)
    addresses = list(owners.values_list("user__email", flat=True))
    context = {
        "business": business,
        "connection": connection,
        "url": absolute_url(reverse(letter.page, args=[business.slug])),
        "SUPPORT_EMAIL": settings.SUPPORT_EMAIL,
        **letter.context(connection),
    }
    body = render_to_string(letter.template, context)
    EmailMessage(letter.subject.format(business=business.name), body, to=addresses).send()
    log.event(logger, "owners-told", connection=connection.pk, count=len(addresses))
